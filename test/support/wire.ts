import { connect } from 'node:net';

/** Sends bytes on a connection of its own. @returns what came back until the connection was closed, or for so long, ms; a character for each byte. */
export function exchange(url: string, text: string, forMs = 10_000): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(text, 'latin1'));
    const timer = setTimeout(() => socket.destroy(), forMs);
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

/** A request as it goes over the wire: its line without the version, headers, body. */
export const requestText = (line: string, headers: readonly string[] = [], body = ''): string =>
  [`${line} HTTP/1.1`, 'Host: eris', ...headers, '', body].join('\r\n');
