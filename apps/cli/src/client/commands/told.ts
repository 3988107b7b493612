import type { Client } from '../client.js';
import { factsOf } from '../text.js';

/** Tells a thing of the API field by field. */
export function told(client: Client, thing: object): void {
  client.tell(thing, () =>
    factsOf(
      client.screen,
      Object.entries(thing).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    ),
  );
}
