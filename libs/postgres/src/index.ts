/** Connections to Postgres: where it is, how every session is set, and what its failures mean. */
export { AddressError, addressOf, placeOf, readAddress, withDatabase, withPassword, type DatabaseAddress } from './address.js';
export { explainTrouble } from './explain.js';
export { createProbe, sharesSessions } from './pooling.js';
export { createSession, SessionClient, sessionConfig, SessionError, type SessionConfig, type SessionOptions } from './session.js';
export { codesOf, isConflict, isDatabaseTrouble, troubleOf, type Trouble } from './trouble.js';
