import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { type AnswerOf, type BodyOf, newIdempotencyKey, ProblemError, UnreachableError } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { type Client, type ClientFlags, serving, withMarket } from '../client.js';
import { bidsTable } from '../bids-table.js';
import { CLIENT_EXIT } from '../exit-codes.js';
import { type BidRow, bidsOf } from '../input.js';
import { factsOf, shown } from '../text.js';

type Bid = AnswerOf<'getBid'>;
type Result = AnswerOf<'placeBids'>['results'][number];

interface BidFlags extends ClientFlags {
  readonly quote?: string;
  readonly continues?: string;
  readonly wait?: boolean | string;
  readonly idempotencyKey?: string;
}

/** As many bids as a request takes. */
const AT_ONCE = 1_000;
const WAIT_SECONDS = 60;
/** The server waits no longer. */
const ASK_SECONDS_MAX = 30;
const POLL_MS = 500;

/** `eris bid`: places one bid or many. */
export function registerBid(program: Command, terminal: HostTerminal): void {
  withMarket(program.command('bid'))
    .argument('<file>', 'a bid as JSON, or many: a list, or an object on each line; - is standard input')
    .description('place bids; each is decided at once and for good')
    .option('--quote <id>', 'pay what that quote said, or be refused with the new quote')
    .option('--continues <bid>', 'an allocation of yours that they go on with: a link, and nothing else')
    .option('--wait [seconds]', `wait for the decision, at most ${WAIT_SECONDS} seconds where nothing is said`)
    .option('--idempotency-key <key>', 'what makes it the same bid when it is sent again; made anew where nothing is said')
    .addHelpText(
      'after',
      '\nExamples:\n  $ eris bid job.json --wait\n  $ eris bid job.json --quote q12-7-3200000-0f3a94c1d2e5b6a798c0d1e2\n  $ cat jobs.jsonl | eris bid - --idempotency-key monday --json\n\n' +
        'Exit codes: 0 placed (with --wait: accepted), 3 refused, 6 prices have moved since the quote, 7 not decided in time; all of them: docs/cli.md.',
    )
    .action(
      serving(terminal, async (client, file: string) => {
        const flags = client.flags as BidFlags;
        const waitSeconds = secondsOf(flags.wait);
        const { continues } = flags;
        const read = await bidsOf(file);
        const rows = continues === undefined ? read : read.map(({ at, body }) => ({ at, body: { ...body, continues } }));
        const [row] = rows;
        const isMany = rows.length > 1;
        if (isMany && flags.quote !== undefined) throw new BadInput([`--quote: is for one bid; ${file} holds ${rows.length}`]);
        const key = flags.idempotencyKey ?? newIdempotencyKey();
        await keeping(client, key, () =>
          isMany || !row ? placeMany(client, rows, { key, waitSeconds }) : placeOne(client, row, { key, waitSeconds, quote: flags.quote }),
        );
      }),
    );
}

function secondsOf(wait: BidFlags['wait']): number | undefined {
  if (wait === undefined || wait === false) return undefined;
  if (wait === true) return WAIT_SECONDS;
  if (!/^\d{1,6}$/.test(wait)) throw new BadInput([`--wait: ${wait} is no number of seconds`]);
  return Number(wait);
}

/** Where nobody knows what became of a request, says how to make the same one again. */
export async function keeping(client: Client, key: string, place: () => Promise<void>): Promise<void> {
  try {
    await place();
  } catch (error) {
    const isOpen = error instanceof UnreachableError || (error instanceof ProblemError && error.retryAfterMs !== undefined);
    if (isOpen) client.note(`to send the very same again, without effect where it was stored: --idempotency-key ${key}`);
    throw error;
  }
}

interface Placing {
  readonly key: string;
  readonly waitSeconds: number | undefined;
}

async function placeOne(
  client: Client,
  { body }: BidRow,
  { key, waitSeconds, quote }: Placing & { readonly quote: string | undefined },
): Promise<void> {
  const { id } = await client.market();
  const ask = Math.min(waitSeconds ?? 0, ASK_SECONDS_MAX);
  const placed = await client.eris.call('placeBid', {
    params: { marketId: id },
    body: body as BodyOf<'placeBid'>,
    idempotencyKey: key,
    ...(waitSeconds !== undefined && { waitSeconds: ask }),
    ...(quote !== undefined && { quoteId: quote }),
  });
  const decided = 'decision' in placed || waitSeconds === undefined ? placed : await decisionOf(client, placed.id, waitSeconds - ask);
  tellPlaced(client, decided, waitSeconds !== undefined);
}

/** Tells a bid that was placed, with its decision where that came in time. */
export function tellPlaced(client: Client, placed: AnswerOf<'placeBid'>, hasWaited: boolean): void {
  if ('decision' in placed) tellDecision(client, placed);
  else tellQueued(client, placed, hasWaited);
}

/** Asks for a bid until it is decided or the time is over. */
async function decisionOf({ eris, terminal }: Client, bidId: string, seconds: number): Promise<Bid | { id: string; status: 'queued' }> {
  const endMs = terminal.clock.nowMs() + seconds * 1000;
  for (;;) {
    const bid = await eris.call('getBid', { params: { bidId } });
    if (bid.decision) return bid;
    if (terminal.clock.nowMs() >= endMs) return { id: bid.id, status: 'queued' };
    await sleep(POLL_MS);
  }
}

function tellQueued(client: Client, bid: { readonly id: string; readonly status: string }, hasWaited: boolean): void {
  client.tell(bid, () => `bid ${bid.id} is queued; eris bids ${bid.id} tells what became of it\n`);
  if (hasWaited) process.exitCode = CLIENT_EXIT.tryAgain;
}

/** Tells a decided bid, and makes a refusal an exit code. */
export function tellDecision(client: Client, bid: Bid): void {
  client.tell(bid, () => decisionText(client, bid));
  if (bid.status === 'refused') process.exitCode = CLIENT_EXIT.refused;
}

function decisionText({ screen }: Client, { id, status, label, decision }: Bid): string {
  const reason = decision?.reason;
  const facts: [string, string][] = [
    ['bid', `${id}${label === null ? '' : ` (${label})`}: ${status}`],
    ...(decision && status === 'accepted' ? acceptedFacts(decision) : []),
    ...(reason ? ([['why', `${reason.code}: ${reason.detail}`]] as [string, string][]) : []),
  ];
  const next = status === 'accepted' ? `eris allocation ${id} shows its schedule and its payment` : `eris why ${id} says what would pass`;
  return `${factsOf(screen, facts)}${status === 'queued' ? '' : `${next}\n`}`;
}

const acceptedFacts = ({ payment, value, completion }: NonNullable<Bid['decision']>): [string, string][] => [
  ['pays', `${payment}${value === null ? '' : ` of ${value} that it is worth`}`],
  ['completes', `in slot ${completion}`],
];

async function placeMany(client: Client, rows: readonly BidRow[], { key, waitSeconds }: Placing): Promise<void> {
  const { id: marketId } = await client.market();
  const results: Result[] = [];
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const bids = rows.slice(from, from + AT_ONCE).map(({ body }, index) => ({ idempotencyKey: `${key}-${from + index + 1}`, ...body }));
    const answer = await client.eris.call('placeBids', { params: { marketId }, body: { bids } as unknown as BodyOf<'placeBids'> });
    results.push(...answer.results);
  }
  const faults = results.flatMap((result, index) => ('problem' in result ? [`${rows[index]?.at ?? ''}: ${result.problem.detail}`] : []));
  if (faults.length > 0) process.exitCode = CLIENT_EXIT.badInput;
  if (waitSeconds === undefined) {
    client.tell({ results }, () => `${results.length - faults.length} of ${results.length} bids are queued; eris bids lists them\n`);
  } else await tellDecided(client, results, waitSeconds);
  for (const fault of faults) client.note(shown(fault));
}

/** Waits for all of them and lists them; a refusal among them, or one that is still open, is told by the exit code. */
async function tellDecided(client: Client, results: readonly Result[], waitSeconds: number): Promise<void> {
  const endMs = client.terminal.clock.nowMs() + waitSeconds * 1000;
  const items: Bid[] = [];
  for (const result of results) {
    if ('problem' in result) continue;
    const left = Math.max(0, (endMs - client.terminal.clock.nowMs()) / 1000);
    const decided = await decisionOf(client, result.id, left);
    items.push('decision' in decided ? decided : await client.eris.call('getBid', { params: { bidId: result.id } }));
  }
  client.tell({ items, nextCursor: null }, () => bidsTable(client.screen, items));
  const code = items.some(({ status }) => status === 'queued')
    ? CLIENT_EXIT.tryAgain
    : items.some(({ status }) => status === 'refused')
      ? CLIENT_EXIT.refused
      : undefined;
  process.exitCode ??= code;
}
