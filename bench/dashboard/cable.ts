import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that can be cut and mended. */
export interface Cable {
  readonly url: string;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Lays it. @param to the address of the server */
export async function layCable(to: string): Promise<Cable> {
  const far = new URL(to);
  const ends = new Set<Socket>();
  let isCut = false;
  const join = (one: Socket, other: Socket): void => {
    ends.add(one);
    one.on('close', () => {
      ends.delete(one);
      other.destroy();
    });
    one.on('error', () => other.destroy());
    one.pipe(other);
  };
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const onward = connect(Number(far.port), far.hostname);
    join(near, onward);
    join(onward, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const drop = (): void => {
    for (const end of ends) end.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
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
