/** What a key may be narrowed down to, within its role: reading or changing what an area has. Quotes are read by bids:read. */
export const SCOPES = [
  'organisations:read',
  'organisations:write',
  'keys:read',
  'keys:write',
  'markets:read',
  'markets:write',
  'bids:read',
  'bids:write',
  'allocations:read',
  'allocations:write',
  'accounts:read',
  'accounts:write',
] as const;

/** One of them. */
export type Scope = (typeof SCOPES)[number];
