import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FAMILIES, faultLine, parseInstance, type Family, type Instance } from '#lab';
import { hasShared, shared } from './repository.js';

/** The exact menu of the one job of an instance, in credits: `menu[d]` for finishing at most d slots after arrival, null where impossible. */
export interface ExactMenu {
  readonly kind: string;
  readonly seed: number;
  readonly menu: readonly (number | null)[];
  /** How long the solver took for the whole menu, where it was measured. */
  readonly ms?: number;
}

export interface Case extends ExactMenu {
  readonly instance: Instance;
}

/** Reads exact menus, one JSON object a line; none where the file is missing. */
export function readMenus(file: string): readonly ExactMenu[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line) as ExactMenu);
}

/** The published exact menus, if they are there. */
export const sharedMenus = (): readonly ExactMenu[] => (hasShared ? readMenus(join(shared, 'data', 'oracle-exact.jsonl')) : []);

const ownFamily = (kind: string): kind is Family => kind in FAMILIES;

/** The instances of one kind by seed: `own-uneven` is the laboratory's family `uneven`, `uneven` the published generator's. */
export async function generatorOf(kind: string): Promise<(seed: number) => unknown> {
  const family = kind.replace(/^own-/, '');
  if (family !== kind && ownFamily(family)) return FAMILIES[family];
  const module = (await import(pathToFileURL(join(shared, 'tools', 'instances.mjs')).href)) as {
    instance: (kind: string, seed: number) => unknown;
  };
  return (seed) => module.instance(kind, seed);
}

/** An instance made by a generator, read as any other file would be. */
export function instanceOf(source: unknown): Instance {
  const parsed = parseInstance(source);
  if (parsed.kind === 'faults') throw new Error(`a generated instance has faults:\n${parsed.faults.map(faultLine).join('\n')}`);
  return parsed.instance;
}
