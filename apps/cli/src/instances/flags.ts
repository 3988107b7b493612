/** The oracles that `eris simulate` knows. */
export const ORACLES = ['default', 'paper', 'exact'] as const;

/** What `eris simulate` was told. */
export interface SimulateFlags {
  readonly instance: string;
  readonly policy: string;
  readonly oracle: (typeof ORACLES)[number];
  readonly exactSeconds: string;
  readonly warmUp: string;
  readonly out: string;
  readonly json?: boolean;
}

/** What `eris validate` was told. */
export interface ValidateFlags {
  readonly instance: string;
  readonly result: string;
  readonly json?: boolean;
}
