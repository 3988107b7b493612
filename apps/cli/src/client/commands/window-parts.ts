import type { Command } from 'commander';
import type { AnswerOf } from '#sdk';
import { BadInput } from '../../terminal.js';
import { type Client, type ClientFlags, withMarket } from '../client.js';
import { type Column, factsOf, tableOf } from '../text.js';

type Preview = AnswerOf<'previewWindow'>;
type Hit = Preview['hits'][number];
type Occurrence = NonNullable<Preview['occurrences']>[number];

const HITS: readonly Column<Hit>[] = [
  { head: 'bid', of: ({ bidId }) => bidId, isNumber: true },
  { head: 'organisation', of: ({ organisationId }) => organisationId, isNumber: true },
  { head: 'outcome', of: ({ outcome }) => outcome },
  { head: 'sold for', of: ({ promised }) => String(promised), isNumber: true },
  { head: 'done in', of: ({ completion }) => (completion === null ? '-' : String(completion)), isNumber: true },
  { head: 'comes back', of: ({ returned }) => returned, isNumber: true },
];

const OCCURRENCES: readonly Column<Occurrence>[] = [
  { head: 'occurs', of: ({ occurs }) => occurs },
  { head: 'slots', of: ({ from, to }) => `${from} to ${to - 1}` },
];

/** Of what a window is. */
export interface PlaceFlags extends ClientFlags {
  readonly site?: string;
  readonly bandwidth?: boolean;
  readonly note?: string;
}

/** Adds the options that say of what a window is. */
export const withPlace = (command: Command): Command =>
  withMarket(command)
    .option('--site <id>', 'of a site; without it, and without --bandwidth, of the whole market')
    .option('--bandwidth', 'of the bandwidth between sites')
    .option('--note <text>', 'what it is for');

/** Of what a window is, as its flags say it. @throws BadInput where they contradict each other. */
export function placeOf(flags: ClientFlags): object {
  const { site, bandwidth = false, note } = flags as PlaceFlags;
  if (site !== undefined && bandwidth) throw new BadInput(['--bandwidth: a window is of a site or of the bandwidth, not of both']);
  const scope = site !== undefined ? 'site' : bandwidth ? 'bandwidth' : 'market';
  return { scope, ...(site !== undefined && { siteId: site }), ...(note !== undefined && { note }) };
}

/** Tells what would be done, and by which command it is. */
export function tellPreview(client: Client, would: Preview, command: string): void {
  const facts: readonly (readonly [string, string])[] = [
    ['digest', would.digest],
    ['in slot', String(would.slot)],
    ['comes back', would.returned],
  ];
  const occurrences = would.occurrences ? `${tableOf(client.screen, OCCURRENCES, would.occurrences)}\n` : '';
  client.tell(would, () => `${factsOf(client.screen, facts)}\n${occurrences}${tableOf(client.screen, HITS, would.hits)}`);
  client.note(`nothing was done; eris windows ${command} … --digest ${would.digest} does it if it does that`);
}
