import { at, invariant, micros, type Micros, type Milli } from '#units';

/** What a codec reads, or what is wrong with it: `path` leads there. */
export class UnreadableEntry extends Error {
  override readonly name = 'UnreadableEntry';
  constructor(
    readonly path: string,
    readonly detail: string,
  ) {
    super(`${path} ${detail}`);
  }
}

/** How a value is kept in JSON: numbers that may outgrow a double are digits in text. */
export interface Codec<Value> {
  write(value: Value): unknown;
  /** @throws UnreadableEntry where it is no such value. */
  read(json: unknown, path: string): Value;
}

const fail = (path: string, detail: string, json: unknown): never => {
  throw new UnreadableEntry(path, `${detail}, and is ${String(JSON.stringify(json)).slice(0, 100)}`);
};

const same = <Value>(value: Value): Value => value;
const DIGITS = /^(?:0|[1-9]\d{0,18})$/;

/** A text as it is. */
export const text: Codec<string> = {
  write: same,
  read: (json, path) => (typeof json === 'string' ? json : fail(path, 'must be text', json)),
};

/** A whole number, zero or more, that a double holds exactly: slots, milli-units. */
export const whole: Codec<number> = {
  write: same,
  read: (json, path) => (Number.isSafeInteger(json) && Number(json) >= 0 ? Number(json) : fail(path, 'must be a whole number', json)),
};

/** An id, as decimal text. */
export const id: Codec<bigint> = {
  write: (value) => value.toString(),
  read: (json, path) => (typeof json === 'string' && DIGITS.test(json) ? BigInt(json) : fail(path, 'must be an id', json)),
};

/** Yes or no. */
export const flag: Codec<boolean> = {
  write: same,
  read: (json, path) => (typeof json === 'boolean' ? json : fail(path, 'must be true or false', json)),
};

/** Micro-credits, zero or more. */
export const amount: Codec<Micros> = {
  write: (value) => value.toString(),
  read: (json, path) => micros(id.read(json, path)),
};

/** A finite number. */
export const number: Codec<number> = {
  write: same,
  read: (json, path) => (typeof json === 'number' && Number.isFinite(json) ? json : fail(path, 'must be a number', json)),
};

const ANY_DIGITS = /^(?:0|[1-9]\d*)$/;

/** Micro-credits, zero or more, that nobody pays: they may be beyond what an account can hold. */
export const price: Codec<Micros> = {
  write: (value) => value.toString(),
  read: (json, path) =>
    typeof json === 'string' && ANY_DIGITS.test(json) ? micros(BigInt(json)) : fail(path, 'must be micro-credits', json),
};

/** One of some words. */
export const oneOf = <const Value extends string>(...values: readonly Value[]): Codec<Value> => ({
  write: same,
  read: (json, path) => values.find((value) => value === json) ?? fail(path, `must be one of ${values.join(', ')}`, json),
});

/** A value, or null. */
export const orNull = <Value>(value: Codec<Value>): Codec<Value | null> => ({
  write: (given) => (given === null ? null : value.write(given)),
  read: (json, path) => (json === null ? null : value.read(json, path)),
});

/** A field that entries lack which were written before there was one: they mean that value. */
export const orElse = <Value>(value: Codec<Value>, meant: Value): Codec<Value> => ({
  write: (given) => value.write(given),
  read: (json, path) => (json === undefined ? meant : value.read(json, path)),
});

/** A field that is written only where there is something to say. */
export const maybe = <Value>(value: Codec<Value>): Codec<Value | undefined> => ({
  write: (given) => (given === undefined ? undefined : value.write(given)),
  read: (json, path) => (json === undefined ? undefined : value.read(json, path)),
});

/** Values in their order. */
export const listOf = <Value>(value: Codec<Value>): Codec<readonly Value[]> => ({
  write: (values) => values.map((each) => value.write(each)),
  read: (json, path) =>
    Array.isArray(json) ? json.map((each, index) => value.read(each, `${path}[${index}]`)) : fail(path, 'must be a list', json),
});

/** Values by name. */
export const byName = <Value>(value: Codec<Value>): Codec<Readonly<Record<string, Value>>> => ({
  write: (values) => Object.fromEntries(Object.entries(values).map(([name, each]) => [name, value.write(each)])),
  read: (json, path) =>
    Object.fromEntries(Object.entries(objectIn(json, path)).map(([name, each]) => [name, value.read(each, `${path}.${name}`)])),
});

/** Milli-units by the name of what they are of. */
export const quantities = byName(whole as Codec<Milli>);

/** What the fields of an object are, by their names. */
export type Fields<Codecs extends Readonly<Record<string, Codec<unknown>>>> = {
  readonly [Name in keyof Codecs]: Codecs[Name] extends Codec<infer Value> ? Value : never;
};

/** An object of exactly these fields. */
export function fields<const Codecs extends Readonly<Record<string, Codec<unknown>>>>(codecs: Codecs): Codec<Fields<Codecs>> {
  const entries = Object.entries(codecs).map(([name, codec]) => ({ name, codec, step: `.${name}` }));
  invariant(entries.length > 0, 'a payload says something');
  return {
    write: (value) => {
      const json: Record<string, unknown> = {};
      for (const { name, codec } of entries) {
        const written = codec.write(value[name]);
        if (written !== undefined) json[name] = written;
      }
      return json;
    },
    read: (json, path) => {
      const given = objectIn(json, path);
      const value: Record<string, unknown> = {};
      try {
        for (const name of Object.keys(given)) if (!Object.hasOwn(codecs, name)) fail(`.${name}`, 'is no field of it', given[name]);
        for (const { name, codec, step } of entries) {
          const read = codec.read(given[name], step);
          if (read !== undefined) value[name] = read;
        }
      } catch (cause) {
        throw below(path, cause);
      }
      return value as Fields<Codecs>;
    },
  };
}

/** Paths are put together only where something is wrong: most entries are read on somebody's way to an answer. */
const below = (path: string, cause: unknown): unknown =>
  cause instanceof UnreadableEntry ? new UnreadableEntry(`${path}${cause.path}`, cause.detail) : cause;

/** One of several kinds of objects, each of exactly its fields beside its `kind`. */
export function variants<const Kinds extends Readonly<Record<string, Codec<object>>>>(kinds: Kinds): Codec<Variants<Kinds>> {
  const kind = oneOf(...Object.keys(kinds));
  return {
    write: ({ kind: is, ...rest }) => ({ kind: is, ...(at(kinds, is).write(rest) as object) }),
    read: (json, path) => {
      const { kind: named, ...rest } = objectIn(json, path);
      const is = kind.read(named, `${path}.kind`);
      return { kind: is, ...at(kinds, is).read(rest, path) } as Variants<Kinds>;
    },
  };
}

/** What an object of one of these kinds is. */
export type Variants<Kinds extends Readonly<Record<string, Codec<object>>>> = {
  [Kind in keyof Kinds & string]: { readonly kind: Kind } & (Kinds[Kind] extends Codec<infer Value> ? Value : never);
}[keyof Kinds & string];

function objectIn(json: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return fail(path, 'must be an object', json);
  return json as Readonly<Record<string, unknown>>;
}
