import type { BidBodyWire } from '#contracts';
import { canonicalJson } from '#units';

/** A bid's body as canonicalJson writes it, whatever stands beside its fields: they are known, so nothing is sorted. */
export function bidText({ chunks, epochs, label, parameterMB, ps, throughput, valuation, worker }: BidBodyWire): string {
  const named = label === undefined ? '' : `"label":${JSON.stringify(label)},`;
  return (
    `{"chunks":${canonicalJson(chunks)},"epochs":${epochs},${named}"parameterMB":${parameterMB},"ps":${canonicalJson(ps)},` +
    `"throughput":${throughput},"valuation":${canonicalJson(valuation)},"worker":${canonicalJson(worker)}}`
  );
}
