import { type Fault, LIMITS, operationIds, operationOf } from '#contracts';
import { at } from '#units';

const MESSAGE = 'must be UTF-8, percent-encoded';

/** Whether text of an address is what percent-encoding makes of UTF-8. */
export function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** What cannot be decoded in an address's query, a fault for each parameter. Nothing is to be read as text that stands for what could not be read. */
export function queryFaults(url: string): readonly Fault[] {
  const mark = url.indexOf('?');
  if (mark < 0 || !url.includes('%', mark)) return [];
  const faults: Fault[] = [];
  for (const pair of url.slice(mark + 1).split('&')) {
    if (isDecodable(pair)) continue;
    const name = at(pair.split('=', 1), 0);
    faults.push({ path: `query.${isDecodable(name) ? decodeURIComponent(name) : name}`, message: MESSAGE });
    if (faults.length === LIMITS.faults) break;
  }
  return faults;
}

const PATHS = operationIds.map((id) => operationOf(id).path.split('/'));

/** What cannot be decoded in a path: a fault for each parameter, by the name that it has in the operation whose path this is. */
export function pathFaults(path: string): readonly Fault[] {
  const parts = path.split('/');
  const names = PATHS.find(
    (known) => known.length === parts.length && known.every((name, index) => name.startsWith('{') || name === parts[index]),
  );
  const faults: Fault[] = [];
  parts.forEach((part, index) => {
    if (!isDecodable(part)) faults.push({ path: `path.${names ? at(names, index).slice(1, -1) : part}`, message: MESSAGE });
  });
  return faults.slice(0, LIMITS.faults);
}
