import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** A cable between a program and a server that can be cut and mended. */
export interface FaultProxy {
  /** The server's address by way of this cable. */
  readonly url: string;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function layCable(serverUrl: string): Promise<FaultProxy> {
  const far = new URL(serverUrl);
  const ends = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    join(near, connect(Number(far.port), far.hostname), ends);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const drop = (): void => ends.forEach((end) => end.destroy());
  return {
    url: url.href,
    cut: () => {
      isCut = true;
      drop();
    },
    mend: () => void (isCut = false),
    close: () => {
      drop();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function join(near: Socket, far: Socket, ends: Set<Socket>): void {
  for (const [one, other] of [
    [near, far],
    [far, near],
  ]) {
    ends.add(one);
    one.pipe(other);
    one.once('close', () => {
      ends.delete(one);
      other.destroy();
    });
    one.on('error', () => one.destroy());
  }
}
