import type { ReadStream } from 'node:tty';

const [END_OF_TEXT, END_OF_TRANSMISSION, BACKSPACE, DELETE] = ['\u0003', '\u0004', '\b', '\u007f'];

/** Asks for a line on a terminal without showing it. @returns undefined where there is no terminal, or the question was left. */
export async function readSecret(input: ReadStream, ask: () => void): Promise<string | undefined> {
  if (!input.isTTY) return undefined;
  ask();
  input.setRawMode(true).setEncoding('utf8').resume();
  try {
    return await lineOf(input);
  } finally {
    input.setRawMode(false).pause();
  }
}

function lineOf(input: ReadStream): Promise<string | undefined> {
  return new Promise((resolve) => {
    let line = '';
    const end = (text: string | undefined): void => {
      input.removeListener('data', read);
      resolve(text);
    };
    const read = (text: string): void => {
      for (const character of text) {
        if (character === '\r' || character === '\n') return end(line);
        if (character === END_OF_TEXT || character === END_OF_TRANSMISSION) return end(undefined);
        if (character === BACKSPACE || character === DELETE) line = line.slice(0, -1);
        else line += character;
      }
    };
    input.on('data', read);
  });
}
