import { hash } from 'node:crypto';

/** SHA-256 of what was asked for: the operation's target and the body as canonicalJson writes it. */
export const requestHash = (target: string, canonicalBody: string): Buffer => hash('sha256', `${target}\n${canonicalBody}`, 'buffer');
