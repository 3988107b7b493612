/** Bodies up to so many bytes cannot hold more than any body may. */
export const PLAIN_BYTES = 2_048;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_FIELDS = 0x7b;
const CLOSE_FIELDS = 0x7d;

/** How much a JSON text makes when it is parsed. */
export interface JsonExtent {
  /** Lists, objects, and what follows a comma: no text holds more values than that and one. */
  readonly values: number;
  readonly depth: number;
}

/** Counts a JSON text's values and depth without making them, for a fraction of what making them costs. Of other text it says something. */
export function jsonExtent(text: Uint8Array): JsonExtent {
  let values = 1,
    depth = 0,
    deepest = 0,
    isInText = false;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at];
    if (isInText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isInText = false;
    } else if (byte === QUOTE) isInText = true;
    else if (byte === COMMA) values += 1;
    else if (byte === OPEN_LIST || byte === OPEN_FIELDS) {
      values += 1;
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (byte === CLOSE_LIST || byte === CLOSE_FIELDS) depth -= 1;
  }
  return { values, depth: deepest };
}
