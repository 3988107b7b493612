import { isUtf8 } from 'node:buffer';

/** Bytes as text, or why they are none. */
type ReadText = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'fault'; readonly fault: string };

const SAVE_AS = 'save it as UTF-8 (with or without a byte order mark)';

/** Reads UTF-8; the mark that some editors put before it is left out. */
export function textOf(bytes: Uint8Array): ReadText {
  if (isUtf16(bytes)) return { kind: 'fault', fault: `is UTF-16, which is not read: ${SAVE_AS}` };
  if (!isUtf8(bytes)) return { kind: 'fault', fault: `is not UTF-8: ${SAVE_AS}` };
  return { kind: 'text', text: new TextDecoder('utf-8').decode(bytes) };
}

/** By its mark; without one by its first letter: JSON begins with ASCII, of which every second byte is zero then. */
function isUtf16([first, second]: Uint8Array): boolean {
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return isMarked || (second !== undefined && (first === 0) !== (second === 0));
}
