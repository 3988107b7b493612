import type { Command } from 'commander';
import { Eris } from '#sdk';
import { BadInput, type HostTerminal, readText } from '../../terminal.js';
import { type ClientFlags, profileOf, reporting, serving, withMarket, withServer } from '../client.js';
import { profileFile, type Profile, readProfile, removeProfile, writeProfile } from '../profile.js';
import { factsOf, shown } from '../text.js';

interface LoginFlags extends ClientFlags {
  readonly keyFile?: string;
}

/** `eris login`, `eris logout`, `eris whoami`. */
export function registerLogin(program: Command, terminal: HostTerminal): void {
  withMarket(program.command('login'))
    .description('keep an address and a key for the commands that talk to a server')
    .option('--key-file <file>', 'read the key from a file; - is standard input. Without it: ERIS_KEY, else it is asked for, unseen')
    .addHelpText(
      'after',
      '\nExamples:\n  $ eris login --key-file .eris/admin-key\n  $ eris login --url https://eris.example --market testbed',
    )
    .action((flags: LoginFlags) => reporting(terminal, flags, () => login(terminal, flags)));
  program
    .command('logout')
    .description('forget the key that login has kept')
    .option('--json', 'nothing but JSON on standard output')
    .action((flags: ClientFlags) =>
      reporting(terminal, flags, async () => {
        const had = await removeProfile(profileFile(terminal.env));
        terminal.out(
          flags.json
            ? `${JSON.stringify({ loggedOut: had })}\n`
            : `${had ? 'logged out; the key is still valid: eris keys revoke ends it' : 'was not logged in'}\n`,
        );
      }),
    );
  withServer(program.command('whoami'))
    .description('say where and as whom commands are run')
    .action(
      serving(terminal, async (client) => {
        const { url } = client.profile;
        const who = await whoIs(client.eris);
        client.tell({ url, ...who }, () => factsOf(client.screen, [['server', url], ...Object.entries(who)]));
      }),
    );
}

async function login(terminal: HostTerminal, flags: LoginFlags): Promise<void> {
  const { url } = await profileOf(terminal, flags);
  const key = await keyOf(terminal, flags);
  const who = await whoIs(new Eris({ url, key }));
  const file = profileFile(terminal.env);
  const before = await readProfile(file).catch(() => undefined); // what is no profile is written anew
  const market = flags.market ?? (before?.url === url ? before.market : undefined);
  const profile: Profile = { url, key, ...(market !== undefined && { market }) };
  await writeProfile(file, profile);
  const { role, organisation } = who;
  terminal.out(
    flags.json
      ? `${JSON.stringify({ url, ...who, file })}\n`
      : `logged in at ${url} as ${role} of ${shown(organisation)}; kept in ${file}\n`,
  );
}

async function keyOf(terminal: HostTerminal, { keyFile, url }: LoginFlags): Promise<string> {
  const text =
    keyFile === undefined
      ? (terminal.env.ERIS_KEY ?? (await terminal.readSecret(`key for ${url ?? 'the server'}: `)))
      : await readText(keyFile);
  if (text === undefined) throw new BadInput(['no key: --key-file FILE, --key-file - with the key on standard input, or ERIS_KEY']);
  const key = text.trim();
  if (!/^[\x21-\x7e]{8,200}$/.test(key)) throw new BadInput(['that is no key: it has 8 to 200 printable characters and no spaces']);
  return key;
}

/** Who holds the key. @throws ProblemError where it is not valid. */
export async function whoIs(eris: Eris): Promise<Record<'role' | 'organisation' | 'organisationId' | 'keyId', string>> {
  const { organisation, key } = await eris.call('whoami');
  return { role: key.role, organisation: organisation.name, organisationId: organisation.id, keyId: key.id };
}
