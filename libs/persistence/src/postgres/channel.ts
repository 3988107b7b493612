/**
 * Channel on which a market's log is announced: `<market>:<sequence>`, and `:decided` where a worker has decided bids, once per batch. A hint;
 * readers also poll. Channels are a database's; each schema has its own, as its markets have numbers of their own.
 */
const CHANNEL = 'eris_market';
const SCHEMA_USUAL = 'public';

/** The channel of the session's schema, as SQL. */
export const MARKET_CHANNEL = `(CASE current_schema() WHEN '${SCHEMA_USUAL}' THEN '${CHANNEL}' ELSE '${CHANNEL}.' || current_schema() END)`;

/** The channel of a schema, as LISTEN takes it. */
export const channelOf = (schema: string): string => `"${schema === SCHEMA_USUAL ? CHANNEL : `${CHANNEL}.${schema}`}"`;
