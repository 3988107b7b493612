import { asCli } from './as-cli.js';
import { asCurl, asSdk } from './as-code.js';

const url = 'http://127.0.0.1:3000';

describe('a call', () => {
  it('is written as a command of the shell that quotes what it must', () => {
    const text = asCurl({ operation: 'deposit', params: { accountId: '7' }, body: { amount: "it's" } }, url);
    expect(text).toContain('http://127.0.0.1:3000/v1/accounts/7/deposits');
    expect(text).toContain('idempotency-key: $(uuidgen)');
    expect(text).toContain(`-d '{"amount":"it'\\''s"}'`);
  });

  it('leaves out what is not asked for', () => {
    const call = { operation: 'listBids', params: { marketId: '1' }, query: { status: 'queued', label: undefined } } as const;
    expect(asCurl(call, url)).toContain(`'http://127.0.0.1:3000/v1/markets/1/bids?status=queued'`);
    expect(asCli(call)).toBe('eris bids --market 1 --status queued');
  });

  it('is written for the command line, also where that has no command of its own', () => {
    const change = { operation: 'changeMarket', params: { marketId: '1' } } as const;
    expect(asCli({ ...change, body: { status: 'paused' } })).toBe('eris markets pause --market 1');
    expect(asCli({ operation: 'revokeKey', params: { keyId: '4' } })).toBe('eris keys revoke 4');
    expect(asCli({ operation: 'readDensity', params: { bidId: '4' } })).toBe('eris api GET /v1/bids/4/density');
  });

  it('is written as the SDK makes it', () => {
    const text = asSdk({ operation: 'advanceClock', params: { marketId: '1' }, body: { slot: 3 } }, url);
    expect(text).toContain("await eris.call('advanceClock', {");
    expect(text).toContain("marketId: '1'");
    expect(text).toContain('slot: 3');
  });
});
