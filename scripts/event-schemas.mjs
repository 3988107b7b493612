// Writes the JSON Schema of every type of event into docs/events, from the table of libs/contracts: `npm run events`. A test holds the two together.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventKinds, eventSchema } from '#contracts';

const folder = fileURLToPath(new URL('../docs/events', import.meta.url));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const kind of eventKinds) writeFileSync(join(folder, `${kind}.schema.json`), `${JSON.stringify(eventSchema(kind), null, 2)}\n`);
process.stdout.write(`${folder}: ${eventKinds.length} files\n`);
