import { invariant } from '#units';

/** Something that runs, or is held, from the start of a process to its end. */
export interface Service {
  /** No other one of the process has it; it is also the `part` of what it reports. */
  readonly name: string;
  /** Begins. What it has taken when it fails it gives back by itself. */
  start(): void | Promise<void>;
  /** Ends, and gives back what it holds. */
  stop(): void | Promise<void>;
}

/** Something that is held already, such as connections, and is given back at the end. */
export const resource = (name: string, stop: Service['stop']): Service => ({ name, start: () => undefined, stop });

/** Services that start in order and are told to stop at the same moment: none of them needs another one to end. */
export const together = (name: string, services: readonly Service[]): Service => {
  const list = new ServiceList(services);
  return { name, start: () => list.start(), stop: () => list.stopAtOnce() };
};

/** The services of a process: they start in the order of the list and stop in reverse. Where one fails to start, those before it are stopped again. */
export class ServiceList {
  private readonly started: Service[] = [];
  private starting: Promise<void> = Promise.resolve();
  private stopping?: Promise<void>;

  constructor(private readonly services: readonly Service[]) {
    const names = services.map(({ name }) => name);
    invariant(new Set(names).size === names.length, `each service has a name of its own: ${names.join(', ')}`);
  }

  /** @throws what the service that failed has thrown. */
  start(): Promise<void> {
    return (this.starting = this.startInOrder());
  }

  /** Stops what was started, the last one first, whatever fails; a second call waits for the first. @throws the first failure, once all have stopped. */
  stop(): Promise<void> {
    return (this.stopping ??= this.afterStart(() => this.stopInReverse()));
  }

  /** The same, all at once. */
  stopAtOnce(): Promise<void> {
    return (this.stopping ??= this.afterStart(async () => {
      const ends = await Promise.allSettled(this.started.splice(0).map(async (service) => service.stop()));
      throwFirst(ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : [])));
    }));
  }

  private async startInOrder(): Promise<void> {
    for (const service of this.services) {
      if (this.stopping) return;
      try {
        await service.start();
      } catch (cause) {
        await this.stopInReverse().catch(() => undefined); // why it did not start is what matters
        throw cause;
      }
      this.started.push(service);
    }
  }

  private async afterStart(stop: () => Promise<void>): Promise<void> {
    await this.starting.catch(() => undefined); // whoever started it was told
    await stop();
  }

  private async stopInReverse(): Promise<void> {
    const failures: unknown[] = [];
    for (let service = this.started.pop(); service; service = this.started.pop()) {
      try {
        await service.stop();
      } catch (cause) {
        failures.push(cause);
      }
    }
    throwFirst(failures);
  }
}

function throwFirst(failures: readonly unknown[]): void {
  if (failures.length > 0) throw failures[0];
}
