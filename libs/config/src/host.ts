import { createServer } from 'node:net';
import { type Config, configError, HOST_DEFAULT } from './config.js';

/**
 * Looks whether the host of a configuration can be listened on. HOST is a variable that others set for something else (conda's compilers, shells): one
 * that is no address of this machine is left aside with a warning. ERIS_HOST is meant for us.
 * @param warn is told in one line.
 * @throws ConfigError where ERIS_HOST is no address of this machine.
 */
export async function settleHost(config: Config, warn: (line: string) => void): Promise<Config> {
  const { host, hostFrom } = config;
  if (hostFrom === 'default') return config;
  const fault = await faultOf(host);
  if (fault === undefined) return config;
  if (hostFrom === 'ERIS_HOST')
    throw configError([
      `ERIS_HOST must be an address of this machine, and ${host} is none (${fault}); 127.0.0.1 is for this machine only, 0.0.0.0 for all`,
    ]);
  warn(
    `HOST=${host} is no address of this machine (${fault}) and is left aside: ${HOST_DEFAULT} it is. Set ERIS_HOST to choose another, or unset HOST.`,
  );
  return Object.freeze({ ...config, host: HOST_DEFAULT, hostFrom: 'default' as const });
}

/** Why nobody can listen there; undefined where one can. */
function faultOf(host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (cause: NodeJS.ErrnoException) => resolve(cause.code ?? cause.message));
    probe.listen({ host, port: 0 }, () => probe.close(() => resolve(undefined)));
  });
}
