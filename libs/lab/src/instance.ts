import type { Valuation } from '#mechanism';

/** What an instance may hold at most; a larger one is refused with the path of what is too large. */
export const INSTANCE_LIMITS = {
  sites: 2_000,
  slots: 10_000,
  jobs: 100_000,
  resources: 16,
  chunksPerSite: 1_000_000,
  epochs: 1_000_000,
  /** Sites x slots x resources: what a book of the instance keeps in memory. */
  cells: 50_000_000,
  /** Any quantity or amount of credits. */
  amount: 1_000_000_000,
  faults: 100,
} as const;

/** Amounts per resource name. */
export type Amounts = Readonly<Record<string, number>>;

/** A site of an instance. */
export interface InstanceSite {
  readonly id: string;
  readonly capacity: Amounts;
}

/** A job of an instance with its valuation and arrival. */
export interface InstanceJob {
  readonly id: string;
  readonly model?: string | undefined;
  /** First slot in which the job may run. */
  readonly arrival: number;
  readonly valuation: Valuation;
  readonly chunks: readonly number[];
  readonly epochs: number;
  /** Chunk-epochs one worker does in one slot. */
  readonly throughput: number;
  readonly parameterMB: number;
  readonly worker: Amounts;
  readonly ps: Amounts;
}

/** How prices are posted (libs/mechanism, PriceRule), amounts in credits. Without a kind it is the paper's rule. */
export type InstancePrices =
  | { readonly kind?: 'paper' | undefined; readonly gamma: Amounts; readonly unit: number; readonly reserve: number }
  | { readonly kind: 'flat'; readonly level: number; readonly levels?: Amounts | undefined };

/** The file format eris-instance/1: a market over fixed slots and the jobs that bid for it, in order. Volumes in MB and units, money in credits. */
export interface Instance {
  readonly format: 'eris-instance/1';
  readonly name: string;
  readonly slots: number;
  readonly slotMinutes: number;
  readonly chunkMB: number;
  readonly bandwidthMB: number;
  readonly resources: readonly string[];
  readonly prices: InstancePrices;
  readonly sites: readonly InstanceSite[];
  /** What is used before the first job: per slot, and per slot and site. */
  readonly occupancy?: { readonly bandwidthMB: readonly number[]; readonly sites: readonly (readonly Amounts[])[] } | undefined;
  readonly jobs: readonly InstanceJob[];
}

/** Something wrong with a file, and where: `path` is a JSON path such as `$.jobs[2].chunks[0]`. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** One line: the path and what is wrong there. */
export const faultLine = ({ path, message }: Fault): string => `${path}: ${message}`;
