import type { AnswerOf, BodyOf } from '#contracts';
import type { Occurrence, RecurringImpact, WindowImpact } from '#market';
import { canonicalJson, formatMicros } from '#units';
import { ProblemError } from '../http/problem-error.js';
import { requestHash } from '../http/request-hash.js';

type Body = BodyOf<'previewWindow'>;
type RecurringBody = BodyOf<'previewRecurring'>;
type Told = AnswerOf<'previewWindow'>;

const DIGEST_LENGTH = 32;

/** What a window would do, as the API tells it; the digest is of the window and of all that it would do. */
export const previewView = (impact: WindowImpact, body: Body): Told => toldOf(impact, body);

/** What recurring maintenance would do, as the API tells it: all of its occurrences near at hand have one digest. */
export const recurringPreviewView = ({ impact, occurrences }: RecurringImpact, body: RecurringBody): Told =>
  toldOf(impact, body, occurrences.map(occurrenceView));

/** An occurrence as the API tells it. */
export const occurrenceView = ({ occursMs, from, to }: Occurrence): NonNullable<Told['occurrences']>[number] => ({
  occurs: new Date(occursMs).toISOString(),
  from,
  to,
});

function toldOf(
  { slot, hits, returned }: WindowImpact,
  { note: _, siteId, ...body }: Body | RecurringBody,
  occurrences?: NonNullable<Told['occurrences']>,
): Told {
  const told = {
    slot,
    ...(occurrences && { occurrences }),
    hits: hits.map(({ bidId, organisationId, returned: back, ...hit }) => ({
      bidId: bidId.toString(),
      organisationId: organisationId.toString(),
      ...hit,
      returned: formatMicros(back),
    })),
    returned: formatMicros(returned),
  };
  const window = { ...body, siteId: siteId?.toString() };
  const digest = requestHash('window preview', canonicalJson({ window, told })).toString('hex').slice(0, DIGEST_LENGTH);
  return { digest, ...told };
}

/** What a window is expected to do, by the digest of a preview; undefined where anything is. @throws ProblemError where it is no digest. */
export function expectedBy(ifMatch: string | undefined, body: Body): ((impact: WindowImpact) => boolean) | undefined {
  return digestOf(ifMatch, (impact: WindowImpact) => previewView(impact, body));
}

/** The same of recurring maintenance. */
export const recurringExpectedBy = (ifMatch: string | undefined, body: RecurringBody) =>
  digestOf(ifMatch, (would: RecurringImpact) => recurringPreviewView(would, body));

/** The same of a window that is not told in the request; `*` is anything. */
export function loweringExpectedBy(ifMatch: string | undefined): ((impact: WindowImpact, window: Body) => boolean) | undefined {
  if (ifMatch === undefined) return undefined;
  const isExpected = digestOf(ifMatch, (told: Told) => told);
  return isExpected ? (impact, window) => isExpected(previewView(impact, window)) : () => true;
}

/** Ends a request that would take back what is sold, without saying that this is known: with what that would do. */
export function soldProblem({
  detail,
  impact,
  window,
}: {
  readonly detail: string;
  readonly impact: WindowImpact;
  readonly window: Body;
}): never {
  throw new ProblemError('capacity_sold', { detail, preview: previewView(impact, window) });
}

function digestOf<Would>(ifMatch: string | undefined, viewOf: (would: Would) => Told): ((would: Would) => boolean) | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const digest = ifMatch.trim().replace(/^"(.*)"$/, '$1');
  if (!/^[0-9a-f]{32}$/.test(digest))
    throw new ProblemError('invalid_header', { errors: [{ path: 'If-Match', message: 'must be the digest of one preview' }] });
  return (would) => viewOf(would).digest === digest;
}

/** Ends a request that would do something else than its preview said. */
export function previewProblem(preview: Told): never {
  throw new ProblemError('preview_outdated', { preview });
}
