import { HEARTBEATS } from '#log';

/** How often heartbeats are expected by the terms of the market `m`, seconds. */
export const EVERY_SECONDS = `coalesce((m.terms #>> '{heartbeats,everySeconds}')::int, ${HEARTBEATS.everySeconds})`;
/** How many of them may be missed. */
export const MISSED_MAX = `coalesce((m.terms #>> '{heartbeats,missedMax}')::int, ${HEARTBEATS.missedMax})`;
/** Whether a site that was heard last by `b` in the market `m` is silent. */
export const IS_SILENT = `b.at < clock_timestamp() - ${EVERY_SECONDS} * ${MISSED_MAX} * interval '1 s'`;
