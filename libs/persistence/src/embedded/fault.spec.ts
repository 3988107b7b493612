import { explained } from './fault.js';

const failure = (code: string, path: string): Error => Object.assign(new Error(code), { code, path, syscall: 'open' });

it.each(['/data/eris', '/data/eris/postgres/PG_VERSION', '/data', '/'])('advises another folder where it helps: %s', async (path) => {
  const { message } = (await explained(failure('ENOSPC', path), '/data/eris')) as Error;
  expect(message).toBe(
    `${path} cannot be used (open: ENOSPC): the disk is full. Make room, or set ERIS_DATA_DIR to a folder on another disk.`,
  );
});

it.each([
  ['EACCES', '/usr/lib/postgres'],
  ['ENOSPC', '/tmp/socket'],
  ['EROFS', '/data/eris-other'],
])('advises no other folder where that changes nothing: %s of %s', async (code, path) => {
  const { message } = (await explained(failure(code, path), '/data/eris')) as Error;
  expect(message).toBe(`${path} cannot be used (open: ${code}): see what is the matter with it.`);
});
