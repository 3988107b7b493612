import { isPlainName, name } from './text.js';

const kept = (text: string): string | undefined => name.safeParse(text).data;

describe('a name', () => {
  it.each([
    'testbed',
    'a b',
    'Zürich',
    '東京',
    'データ　センター',
    'Ελλάδα',
    'نام',
    'ภาษาไทย',
    '🏔️ site',
    '👩‍🔬',
    '👍🏽',
    '❤️',
    '#️⃣',
    'می‌خواهم',
    'क्‍ष',
    "O'Brien & Söhne",
    '№ 5',
  ])('may be %s', (text) => {
    expect(kept(text)).toBe(text.normalize('NFC'));
  });

  it.each([
    ['  padded \t', 'padded'],
    ['e\u0301', '\u00e9'],
    ['\u00a0name\u3000', 'name'],
  ])('loses blanks around it, and is written one way: %j', (text, expected) => {
    expect(kept(text)).toBe(expected);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['a blank', ' '],
    ['blanks', '\u00a0\u2003\u3000'],
    ['a blank pattern of braille', '\u2800'],
    ['a filler without width', '\u3164'],
    ['only an accent', '\u0301'],
    ['an override of direction', 'abc\u202egnp.exe'],
    ['an isolate', 'a\u2067b\u2069'],
    ['a mark of direction', 'a\u200fb'],
    ['a space without width', 'pay\u200bpal'],
    ['a byte order mark inside', 'a\ufeffb'],
    ['a joiner among Latin letters', 'pay\u200dpal'],
    ['a joiner at the end', 'abc\u200d'],
    ['a soft hyphen', 'a\u00adb'],
    ['a variation without a picture', 'a\ufe0fb'],
    ['tags', 'a\u{e0041}'],
    ['a tab', 'a\tb'],
    ['a line', 'a\nb'],
    ['a separator of lines', 'a\u2028b'],
    ['NUL', 'a\u0000b'],
    ['a C1 control', 'a\u0085b'],
    ['half of a pair', 'a\ud800'],
    ['a private character', 'a\ue000'],
    ['an unassigned one', 'a\u{0378}'],
    ['a noncharacter', 'a\uffff'],
    ['201 characters', 'x'.repeat(201)],
  ])('may not be %s', (_what, text) => {
    expect(kept(text)).toBeUndefined();
    expect(isPlainName(text)).toBe(false);
  });

  it('is told how long it may be', () => {
    expect(name.safeParse('x'.repeat(201)).error?.issues[0].message).toBe('must have at most 200 characters');
    expect(name.safeParse(' ').error?.issues[0].message).toBe('must not be empty');
    expect(name.safeParse('a\u202eb').error?.issues[0].message).toContain('direction of writing');
  });
});
