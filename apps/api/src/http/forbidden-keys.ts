import { type Fault, LIMITS, pathOf } from '#contracts';

type Steps = readonly PropertyKey[];

const PROTO = 'must not be there: no object of a body may have a field named __proto__';
const PROTOTYPE = 'must not be there: no object of a body may have a constructor with a prototype';

/** Where a body, as JSON.parse gave it, has keys by which objects of the language are changed; at most LIMITS.faults of them. */
export function forbiddenKeys(body: unknown): readonly Fault[] {
  const faults: Fault[] = [];
  look(body, [], faults);
  return faults;
}

/** No deeper than LIMITS.bodyDepth, which bodies were held against before. */
function look(value: unknown, steps: Steps, faults: Fault[]): void {
  if (typeof value !== 'object' || value === null || faults.length >= LIMITS.faults) return;
  if (Array.isArray(value)) return value.forEach((item, at) => look(item, [...steps, at], faults));
  if (Object.hasOwn(value, '__proto__')) faults.push({ path: pathOf('$', [...steps, '__proto__']), message: PROTO });
  if (hasPrototype(value)) faults.push({ path: pathOf('$', [...steps, 'constructor', 'prototype']), message: PROTOTYPE });
  for (const [name, inner] of Object.entries(value)) look(inner, [...steps, name], faults);
}

function hasPrototype(fields: object): boolean {
  const given: unknown = Object.hasOwn(fields, 'constructor') ? fields.constructor : undefined;
  return typeof given === 'object' && given !== null && Object.hasOwn(given, 'prototype');
}
