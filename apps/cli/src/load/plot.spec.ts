import { escaped, svgOf } from './plot.js';

describe('svgOf', () => {
  const line = { name: 'a < b', className: 'one', points: [[0, 0] as const, [10, 40] as const] };

  it('draws lines within its frame, with marks at round numbers', () => {
    const svg = svgOf({
      title: 'T',
      xLabel: 'x',
      yLabel: 'y',
      lines: [line],
      xMarks: [
        [0, '0'],
        [10, '10'],
      ],
    });
    expect(svg).toContain('d="M64.0 254.0L744.0 78.0"'); // 40 of 50
    expect(svg).toContain('>50</text>');
    expect(svg).toContain('a &lt; b');
  });

  it('stands empty data', () => {
    expect(svgOf({ title: 'T', xLabel: 'x', yLabel: 'y', lines: [{ ...line, points: [] }], xMarks: [] })).not.toMatch(/NaN|Infinity/);
  });
});

it('escapes what markup would take for its own', () => {
  expect(escaped('<a href="x">&')).toBe('&lt;a href=&quot;x&quot;&gt;&amp;');
});
