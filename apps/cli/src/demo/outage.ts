import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from '#lab';
import { type AnswerOf, type ItemOf, ProblemError } from '#sdk';
import { BadInput } from '../terminal.js';
import type { Allocation } from './replay.js';
import type { Stage } from './stage.js';

/** The outage that a demo was asked for: which of the instance's sites fails, and in which slot. */
export interface OutageWish {
  readonly site: string;
  readonly slot: number;
}

type Preview = AnswerOf<'previewWindow'>;
type Window = ItemOf<'listWindows'>;

/** An outage, and what came of it. */
export interface Outage {
  readonly wish: OutageWish;
  readonly siteId: string;
  /** What was said just before that it would do. */
  readonly preview: Preview;
  /** What it did. */
  readonly window: Window;
  /** Those whom it hit, right after they were dealt with: in the order of the preview. */
  readonly after: readonly Allocation[];
}

const POLL_MS = 20;
const SETTLED_WITHIN_MS = 60_000;
const TRIES_MAX = 10;
const WISH = /^(.+)@(\d{1,6})$/;

/** Reads `site-3@20`. @throws BadInput where that is no site of the instance, or none of its slots. */
export function outageWishOf(text: string, { sites, slots }: Instance): OutageWish {
  const [, site, slotText] = WISH.exec(text) ?? [];
  if (site === undefined) throw new BadInput([`--outage: ${text} is not a site and a slot, such as ${sites[0]?.id ?? 'site-1'}@20`]);
  if (!sites.some(({ id }) => id === site))
    throw new BadInput([`--outage: ${site} is not a site of the testbed (${sites.map(({ id }) => id).join(', ')})`]);
  const slot = Number(slotText);
  if (slot >= slots) throw new BadInput([`--outage: ${slot} is not a slot from 0 to ${slots - 1}`]);
  return { site, slot };
}

/**
 * Takes a site off sale for good, as its operator would: asks what that would do, opens the window on the condition that it does that, and waits until all whom it
 * hits were dealt with. @throws Error where that takes a minute.
 */
export async function strike(stage: Stage, wish: OutageWish, { sites }: Instance, clock: { nowMs(): number }): Promise<Outage> {
  const { operator, marketId } = stage;
  const siteId = stage.siteIds[sites.findIndex(({ id }) => id === wish.site)] ?? '';
  const { preview, windowId } = await openAsPreviewed(stage, { kind: 'outage', scope: 'site', siteId });
  const endMs = clock.nowMs() + SETTLED_WITHIN_MS;
  for (;;) {
    const window = (await operator.all('listWindows', { params: { marketId } })).find(({ id }) => id === windowId);
    if (window?.settled) {
      const after = await Promise.all(preview.hits.map(({ bidId }) => operator.call('getAllocation', { params: { bidId } })));
      return { wish, siteId, preview, window, after };
    }
    if (clock.nowMs() > endMs)
      throw new Error(`window ${windowId} was not settled within ${SETTLED_WITHIN_MS / 1000} s: is the worker running?`);
    await sleep(POLL_MS);
  }
}

/** Prices that are learnt meanwhile may change what the preview said: then it is asked for again. */
async function openAsPreviewed(
  { operator, marketId }: Stage,
  body: { readonly kind: 'outage'; readonly scope: 'site'; readonly siteId: string },
): Promise<{ readonly preview: Preview; readonly windowId: string }> {
  const params = { marketId };
  for (let triesLeft = TRIES_MAX; ; triesLeft--) {
    const preview = await operator.call('previewWindow', { params, body });
    try {
      const { id } = await operator.call('openWindow', { params, body, headers: { 'If-Match': preview.digest } });
      return { preview, windowId: id };
    } catch (cause) {
      if (!(cause instanceof ProblemError) || cause.code !== 'preview_outdated' || triesLeft === 1) throw cause;
    }
  }
}
