import { ORACLE_VERSIONS } from '#mechanism';
import { oracleVersion } from './markets.js';

describe('oracleVersion', () => {
  it('names the versions that there are', () => expect(oracleVersion.options).toEqual(ORACLE_VERSIONS));
});
