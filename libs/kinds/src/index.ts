/** Kinds of jobs: what a kind is, the list of them, and each in a folder of its own. */
export type {
  BidBody,
  BidContext,
  BodyFault,
  Elsewhere,
  JobKind,
  JobReading,
  KindBid,
  KindWire,
  OnFailure,
  PlanClaim,
  PlanCodec,
  Violation,
} from './kind.js';
export type { QuotedTerms } from './quoted-terms.js';
export type { ReplacedTerms } from './replaced-terms.js';
export { type BidReading, createKinds, FAULTS_MAX, type Kinds, type KnownKinds } from './kinds.js';
export { standardKinds } from './list.js';
export * from './training/index.js';
