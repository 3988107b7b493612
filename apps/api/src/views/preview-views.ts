import type { AnswerOf, BodyOf } from '#contracts';
import type { WindowImpact } from '#market';
import { canonicalJson, formatMicros } from '#units';
import { ProblemError } from '../http/problem-error.js';
import { requestHash } from '../http/request-hash.js';

type Body = BodyOf<'previewWindow'>;
type Told = AnswerOf<'previewWindow'>;

const DIGEST_LENGTH = 32;

/** What a window would do, as the API tells it; the digest is of the window and of all that it would do. */
export function previewView({ slot, hits, returned }: WindowImpact, { note: _, siteId, ...body }: Body): Told {
  const told = {
    slot,
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
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const digest = ifMatch.trim().replace(/^"(.*)"$/, '$1');
  if (!/^[0-9a-f]{32}$/.test(digest))
    throw new ProblemError('invalid_header', { errors: [{ path: 'If-Match', message: 'must be the digest of one preview' }] });
  return (impact) => previewView(impact, body).digest === digest;
}

/** Ends a request whose window would do something else than its preview said. */
export function previewProblem(impact: WindowImpact, body: Body): never {
  throw new ProblemError('preview_outdated', { preview: previewView(impact, body) });
}
