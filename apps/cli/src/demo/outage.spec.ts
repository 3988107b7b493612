import { paperWorkload } from '#lab';
import { BadInput } from '../terminal.js';
import { outageWishOf } from './outage.js';

const instance = paperWorkload({ kind: 'testbed', jobs: 1, seed: 1 });

describe('the outage that a demo is asked for', () => {
  it('is a site and a slot', () => {
    expect(outageWishOf('site-3@20', instance)).toEqual({ site: 'site-3', slot: 20 });
    expect(outageWishOf('site-9@0', instance)).toEqual({ site: 'site-9', slot: 0 });
  });

  it.each([
    ['site-3', /not a site and a slot/],
    ['@20', /not a site and a slot/],
    ['site-3@', /not a site and a slot/],
    ['site-3@-1', /not a site and a slot/],
    ['site-3@2.5', /not a site and a slot/],
    ['site-3@99999999', /not a site and a slot/],
    ['site-10@20', /site-10 is not a site of the testbed \(site-1, /],
    ['site-3@50', /50 is not a slot from 0 to 49/],
  ])('%s is told in one line', (text, message) => {
    expect(() => outageWishOf(text, instance)).toThrow(BadInput);
    try {
      outageWishOf(text, instance);
    } catch (fault) {
      expect((fault as BadInput).lines).toEqual([expect.stringMatching(message)]);
    }
  });
});
