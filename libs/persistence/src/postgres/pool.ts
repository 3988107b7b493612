import { sessionConfig } from '#postgres';
import pg, { type Pool } from 'pg';

const INT8: number = pg.types.builtins.INT8;
/** Array of INT8: pg's list of types has no name for it. */
const INT8_ARRAY = 1016;
const TEXT_ARRAY = 1009;
const CONNECTIONS_DEFAULT = 10;
/**
 * Statements are prepared once per connection, often when their tables are still empty, and a plan from then reads the whole table ever
 * after: every statement here has its index. None of them is worth compiling.
 */
const PLANNING = { enable_seqscan: 'off', jit: 'off' };
/** Else each of the first five uses of a statement on a connection is planned anew, and that of a page of the log takes longer to plan than to run. */
const PLANNED_ONCE = { ...PLANNING, plan_cache_mode: 'force_generic_plan' };

/** How a pool of connections is made. */
export interface PoolOptions {
  /** The most connections; 10 where it is not said. */
  readonly max?: number;
  /** For who asks few statements, often, whose values do not matter to how they are best planned. */
  readonly isPlannedOnce?: boolean;
  /** Told of a connection that the server ended while nothing was asked of it. The pool has already let go of it; the next statement gets a new one. */
  readonly onLost?: (error: Error) => void;
}

/**
 * Opens a pool of connections; none is made before the first statement. Integers of 64 bits are read as bigint, in arrays too.
 * @param url a `postgresql://` address.
 * @throws AddressError where it is none, or asks for what Eris cannot do.
 */
export function createPool(url: string, { max = CONNECTIONS_DEFAULT, isPlannedOnce = false, onLost }: PoolOptions = {}): Pool {
  const pool = new pg.Pool({
    ...sessionConfig(url, { application: 'eris', settings: isPlannedOnce ? PLANNED_ONCE : PLANNING }),
    max,
    types: { getTypeParser },
  });
  pool.on('error', (error) => onLost?.(error));
  return pool;
}

type Parser = (text: string) => unknown;

const parseTextArray = pg.types.getTypeParser(TEXT_ARRAY as number) as (text: string) => unknown[];
const parseBigints: Parser = (text) => bigintsOf(parseTextArray(text));
const bigintsOf = (values: readonly unknown[]): unknown[] =>
  values.map((value) => (Array.isArray(value) ? bigintsOf(value) : typeof value === 'string' ? BigInt(value) : null));

function getTypeParser(oid: number, format?: 'text' | 'binary'): Parser {
  if (oid === INT8) return BigInt;
  if (oid === INT8_ARRAY) return parseBigints;
  return pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text') as Parser;
}
