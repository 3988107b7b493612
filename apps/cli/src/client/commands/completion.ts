import type { Command } from 'commander';
import { Eris } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { profileOf } from '../client.js';
import { shown } from '../text.js';

/** What a shell runs: it hands the words so far to `eris __complete`, which says how the last one may go on. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_eris() {
  local IFS=$'\\n'
  COMPREPLY=($(eris __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  [[ \${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o filenames -F _eris eris
`,
  zsh: `#compdef eris
_eris() {
  local -a found
  found=("\${(@f)$(eris __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ -n "$found[1]" ]] && compadd -- $found || _files
}
compdef _eris eris
`,
  fish: `function __eris_complete
  set -l words (commandline -opc) (commandline -ct)
  eris __complete -- $words[2..-1] 2>/dev/null
end
complete -c eris -a '(__eris_complete)'
`,
};

type Listed = 'bids' | 'accepted' | 'accounts' | 'organisations' | 'keys' | 'sites' | 'windows' | 'markets';

/** Ids of which kind an option takes. */
const ID_OPTIONS: Readonly<Record<string, Listed>> = { '--market': 'markets', '--site': 'sites', '--account': 'accounts' };

/** Ids of which kind an argument takes, by command and place. */
const ID_ARGUMENTS: Readonly<Record<string, Listed>> = {
  why: 'bids',
  bids: 'bids',
  receipt: 'bids',
  allocation: 'accepted',
  'allocation prices': 'accepted',
  'allocation cancel': 'accepted',
  'allocation change': 'accepted',
  'windows close': 'windows',
  deposit: 'accounts',
  'keys create': 'organisations',
  'keys revoke': 'keys',
  'sites capacity': 'sites',
};
const ASK_MS_MAX = 1_500;
const IDS_MAX = 50;

/** `eris completion`, and what its scripts call. */
export function registerCompletion(program: Command, terminal: HostTerminal): void {
  program
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .description('what makes a shell complete commands, options and ids')
    .addHelpText(
      'after',
      '\nExamples:\n  $ source <(eris completion bash)\n  $ eris completion fish > ~/.config/fish/completions/eris.fish',
    )
    .action((shell: string) => {
      const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
      if (script === undefined) throw new BadInput([`${shell}: there is completion for ${Object.keys(SCRIPTS).join(', ')}`]);
      terminal.out(script);
    });
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const found = await completions(program, terminal, words);
      terminal.out(found.map((each) => `${shown(each)}\n`).join(''));
    });
}

/** How the last of the words may go on. */
async function completions(program: Command, terminal: HostTerminal, words: readonly string[]): Promise<string[]> {
  const last = words.at(-1) ?? '';
  const { command, path, rest } = commandOf(program, words.slice(0, -1));
  const before = words.at(-2);
  const starts = (each: string): boolean => each.startsWith(last);
  const market = words.at(words.lastIndexOf('--market') + 1);
  const from = { terminal, market: words.includes('--market') ? market : undefined };
  const option = before === undefined ? undefined : ID_OPTIONS[before];
  if (option !== undefined) return (await ids(from, option)).filter(starts);
  if (last.startsWith('-')) return [...command.options.flatMap(({ long }) => long ?? []), '--help'].filter(starts);
  const names = command.commands.map((each) => each.name()).filter((name) => !name.startsWith('__'));
  const kind = ID_ARGUMENTS[path];
  const own = kind !== undefined && rest === 0 ? await ids(from, kind) : [];
  return [...names, ...own].filter(starts);
}

/** The command that words lead to, and how many of its arguments they hold. */
function commandOf(program: Command, words: readonly string[]): { command: Command; path: string; rest: number } {
  let [command, rest] = [program, 0];
  const path: string[] = [];
  for (const word of words) {
    const inner = rest === 0 ? command.commands.find((each) => each.name() === word) : undefined;
    if (inner) path.push(word);
    else if (!word.startsWith('-')) rest += 1;
    command = inner ?? command;
  }
  return { command, path: path.join(' '), rest };
}

/** Where is asked, and about which market: as the words say, else as login kept it. */
interface Asking {
  readonly terminal: HostTerminal;
  readonly market: string | undefined;
}

/** Ids from the API: none where it does not answer at once, since nobody waits for a completion. */
async function ids({ terminal, market }: Asking, kind: Listed): Promise<string[]> {
  try {
    const { url, key, market: kept } = await profileOf(terminal, {});
    const eris = new Eris({ url, ...(key !== undefined && { key }), retry: { triesMax: 1 }, timeoutMs: ASK_MS_MAX });
    return (await listed(eris, kind, market ?? kept)).slice(0, IDS_MAX);
  } catch {
    return []; // a completion that cannot be had says nothing
  }
}

async function listed(eris: Eris, kind: Listed, named: string | undefined): Promise<string[]> {
  const query = { limit: IDS_MAX };
  const idsIn = ({ items }: { readonly items: readonly { readonly id: string }[] }): string[] => items.map(({ id }) => id);
  if (kind === 'markets') return idsIn(await eris.call('listMarkets', { query }));
  if (kind === 'accounts') return idsIn(await eris.call('listAccounts', { query }));
  if (kind === 'organisations') return idsIn(await eris.call('listOrganisations', { query }));
  if (kind === 'keys') return idsIn(await eris.call('listKeys', { query }));
  const { items: markets } = await eris.call('listMarkets', { query });
  const market = named === undefined ? markets[0] : markets.find(({ id, name }) => id === named || name === named);
  if (!market) return [];
  const params = { marketId: market.id };
  if (kind === 'windows') return idsIn(await eris.call('listWindows', { params, query }));
  if (kind === 'sites') return idsIn(await eris.call('listSites', { params, query }));
  return idsIn(await eris.call('listBids', { params, query: { ...query, ...(kind === 'accepted' && { status: 'accepted' as const }) } }));
}
