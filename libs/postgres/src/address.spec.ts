import { addressOf, placeOf, readAddress, withDatabase, withPassword } from './address.js';

const faultsOf = (text: string): string => {
  const read = readAddress(text);
  return read.kind === 'faults' ? read.faults.join('\n') : '';
};

describe('an address', () => {
  it('is read whole', () => {
    expect(
      addressOf('postgresql://eris:p%40ss%2Fw@db.example:6000/a%20name?schema=tenant&sslmode=require&application_name=x&connect_timeout=3'),
    ).toEqual({
      host: 'db.example',
      port: 6000,
      user: 'eris',
      password: 'p@ss/w',
      database: 'a name',
      schema: 'tenant',
      tls: { mode: 'verify-full', isDirect: false },
      isChannelBound: false,
      applicationName: 'x',
      connectMs: 3000,
    });
  });

  it('has what is not said, but not from the environment', () => {
    process.env.PGHOST = 'elsewhere'; // a test may: what is read must not
    expect(addressOf('postgres://eris@/name')).toMatchObject({
      host: 'localhost',
      port: 5432,
      user: 'eris',
      password: '',
      database: 'name',
      schema: 'public',
    });
    expect(addressOf('postgres://eris@[::1]:7000')).toMatchObject({ host: '::1', port: 7000, database: 'eris' });
    expect(addressOf('postgres://eris@/name?host=/run/postgresql')).toMatchObject({ host: '/run/postgresql' });
    delete process.env.PGHOST;
  });

  it.each([
    'postgres://eris:s3cret/w0rd@db/eris',
    'postgres://eris:s3cr@t/w0rd@db/eris',
    'postgres://eris:s3cr?t@db/eris',
    'postgres://eris:s3cr#t@db/eris',
    'postgres://eris:s3cr%t@db/eris',
    'postgres://eris:12/s3cret@db/eris',
    'postgres://eris:12?s3cret@db/eris',
  ])('is refused where a password is not escaped, without a piece of it', (text) => {
    const faults = faultsOf(text);
    expect(faults).toContain('must be escaped');
    expect(faults).not.toMatch(/s3c|w0rd/);
  });

  it.each([
    ['connection_limit=5', 'ERIS_DATABASE_CONNECTIONS'],
    ['pgbouncer=true', 'pooler'],
    ['statement_cache_size=0', 'pooler'],
    ['pool_timeout=3', 'leave it out'],
    ['sslmode=prefer', 'sslmode=prefer'],
    ['sslmode=always', 'must be one of'],
    ['sslmode=verify-ca', 'sslrootcert'],
    ['sslaccept=accept_invalid_certs', 'sslmode=no-verify'],
    ['options=-c%20search_path%3Dx', 'schema=NAME'],
    ['options=-c%20TimeZone%3DAsia/Kolkata', 'timezone'],
    ['options=--statement-timeout%3D5', 'statement_timeout'],
    ['schema=pg_catalog', 'must be a name'],
    ['schema=a;b', 'must be a name'],
    ['channel_binding=require', 'prefer'],
    ['client_encoding=latin1', 'UTF8'],
    ['target_session_attrs=read-only', 'Eris writes'],
    ['nonsense=1', 'nonsense'],
    ['schema=a&schema=b', 'more than once'],
    ['sslmode=disable&sslmode=require', 'more than once'],
    ['host=a&host=a', 'more than once'],
  ])('does not ignore %s', (parameter, remedy) => {
    expect(faultsOf(`postgres://eris@db/eris?${parameter}`)).toContain(remedy);
    expect(faultsOf(`postgres://eris@db/eris?${parameter}`)).toContain(parameter.split('=')[0]);
  });

  it.each([
    ['sslmode=disable', { mode: 'disable' }],
    ['sslmode=no-verify', { mode: 'no-verify' }],
    ['sslmode=require&uselibpqcompat=true', { mode: 'no-verify' }],
    ['sslmode=verify-ca&sslrootcert=/ca.pem', { mode: 'verify-ca', rootCertFile: '/ca.pem' }],
    ['sslrootcert=/ca.pem', { mode: 'verify-full', rootCertFile: '/ca.pem' }],
    ['ssl=true', { mode: 'verify-full' }],
  ])('honours %s', (parameters, tls) => {
    expect(addressOf(`postgres://eris@db/eris?${parameters}`).tls).toEqual({ isDirect: false, ...tls });
  });

  it.each(['mysql://db/eris', 'db/eris', 'postgres:/db', ''])('is one: %j', (text) =>
    expect(faultsOf(text)).toContain('must be an address such as postgresql://host/name'),
  );

  it('is shown without user and password', () => {
    expect(placeOf('postgres://eris:secret@db/name')).toBe('db:5432/name');
    expect(placeOf('postgres://eris:secret@db/name?schema=tenant')).toBe('db:5432/name, schema tenant');
  });

  it('takes a password as it is, where it has none', () => {
    expect(addressOf(withPassword('postgres://eris@db:1/name?schema=x', 'p@s/s:w?#%\'" ')).password).toBe('p@s/s:w?#%\'" ');
    expect(addressOf(withPassword('postgres://eris:known@db/name', 'other')).password).toBe('known');
    expect(addressOf(withDatabase('postgres://eris:pw@db/name?schema=x', 'other one'))).toMatchObject({
      database: 'other one',
      schema: 'x',
    });
  });
});
