import type { FastifyInstance } from 'fastify';
import { FRONT_PATH } from '../http/unrouted.js';

/** What stands at the front door: what this is, and where to go. It needs nothing but itself. */
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Eris: a market for edge learning</title>
<style>
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }
pre { overflow-x: auto; padding: .75rem 1rem; border: 1px solid; border-radius: .4rem; }
dt { font-weight: 600; margin-top: .6rem; }
dd { margin: 0; }
</style>
</head>
<body>
<main>
<h1>Eris</h1>
<p>This is an auction market. It sells GPUs, CPUs, memory and bandwidth of edge sites, slot by slot, to jobs that train models on the data of several sites. A job bids what finishing is
worth to it, and is answered at once and for good: accepted, with a schedule and a price that makes the truth the best bid, or refused, with the reason and what would pass.</p>
<h2>Where to go</h2>
<dl>
<dt><a href="/admin">Dashboard</a></dt><dd>Watch and run markets; see your bids, prices and money. Sign in with a key.</dd>
<dt><a href="/docs">API</a></dt><dd>Every operation, to read and to try; <a href="/openapi.json">the same for programs</a>, and <a href="/events.schema.json">what events hold</a>.</dd>
<dt>Command line</dt><dd>In the folder of Eris, as the operator of this server:</dd>
</dl>
<pre><code>npx eris login --key-file .eris/admin-key
npx eris sandbox
npx eris bid job.json --wait</code></pre>
<p>No key yet? The operator of this server makes one for you. <code>docs/getting-started.md</code> of the source begins at the beginning.</p>
</main>
</body>
</html>
`;

/** Serves the page at the front door. */
export function openFrontDoor(server: FastifyInstance): void {
  server.get(FRONT_PATH, (_request, reply) => reply.type('text/html; charset=utf-8').send(PAGE));
}
