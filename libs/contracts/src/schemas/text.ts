import { z } from 'zod';
import { LIMITS } from '../limits.js';

/** Scripts whose letters are joined or kept apart by the two joiners, which have no width. */
const JOINED = ['Arabic', 'Bengali', 'Devanagari', 'Gujarati', 'Gurmukhi', 'Kannada', 'Khmer', 'Malayalam', 'Mongolian', 'Myanmar']
  .concat(['Oriya', 'Sinhala', 'Syriac', 'Tamil', 'Telugu', 'Tibetan'])
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const PICTURE = String.raw`\p{Extended_Pictographic}\p{Emoji_Modifier}`;
/** A joiner within a word of such a script, or within a picture made of several; the sign that asks for a picture in colours. */
const IN_PLACE = String.raw`(?<=[${JOINED}])[\u200C\u200D](?=[${JOINED}])|(?<=[${PICTURE}\uFE0F])\u200D(?=[${PICTURE}])|(?<=[\p{Emoji}])\uFE0F`;
/**
 * Characters that make a text look like another one, or change how the text around it is read: controls, overrides and isolates of the direction of
 * writing, what has no width, breaks of lines, halves of surrogate pairs, and what Unicode has given no meaning.
 */
const DECEIVING = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}`;
const HONEST = new RegExp(`^(?:${IN_PLACE}|[^${DECEIVING}])*$`, 'u');
const DECEPTION =
  'must not have control characters, characters without width, or characters that change the direction of writing or have no meaning';
/** Something to be seen. U+2800 is a blank among the patterns of braille. */
const VISIBLE = /(?!\u2800)[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * A name, or a label: what people tell things apart by. Blanks around it are taken off, and equal letters are written one way (NFC), so that two
 * names that look alike are the same.
 */
export const name = z
  .string('must be text')
  .trim()
  .normalize('NFC')
  .min(1, { error: 'must not be empty', abort: true })
  .max(LIMITS.nameLength, { error: `must have at most ${LIMITS.nameLength} characters`, abort: true })
  .regex(HONEST, { error: DECEPTION, abort: true })
  .regex(VISIBLE, 'must have a visible character');
/** A text by which people know a thing of theirs. */
export const label = name;

/** Printable ASCII that neither begins nor ends with a blank: nearly all names. */
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;

/** Whether a text is a name as it is. */
export const isPlainName = (text: string): boolean =>
  text.length > 0 && text.length <= LIMITS.nameLength && (PLAIN.test(text) || isHonest(text));

const isHonest = (text: string): boolean =>
  text === text.trim() && text === text.normalize('NFC') && HONEST.test(text) && VISIBLE.test(text);
