import type { Command } from 'commander';
import { type OperationId, OPERATIONS } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { type Client, type ClientFlags, serving, withServer } from '../client.js';
import { jsonOf } from '../input.js';

interface ApiFlags extends ClientFlags {
  readonly body?: string;
  readonly query?: readonly string[];
  readonly header?: readonly string[];
}

/** What was asked for, as an operation of the API. */
export interface Asked {
  readonly id: OperationId;
  readonly params: Readonly<Record<string, string>>;
}

/** `eris api`: any operation by method and path. */
export function registerApi(program: Command, terminal: HostTerminal): void {
  const many = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
  withServer(program.command('api'))
    .argument('<method>', 'GET, POST, PUT, PATCH or DELETE')
    .argument('<path>', 'as in /openapi.json, with ids: /v1/markets/1/sites')
    .option('--body <file>', 'JSON; - is standard input')
    .option('--query <name=value>', 'may be given more than once', many)
    .option('--header <name: value>', 'may be given more than once', many)
    .description('call any operation of the API with the address and the key of the other commands')
    .addHelpText(
      'after',
      '\nExamples:\n  $ eris api GET /v1/markets\n  $ eris api GET /v1/markets/1/bids --query status=accepted --query limit=5\n  $ eris api POST /v1/organisations --body acme.json',
    )
    .action(serving(terminal, (client, method: string, path: string) => ask(client, operationAt(method, path))));
}

async function ask(client: Client, { id, params }: Asked): Promise<void> {
  const { body, query = [], header = [] } = client.flags as ApiFlags;
  const pairs = (list: readonly string[], by: string): Record<string, string> => Object.fromEntries(list.map((each) => pairIn(each, by)));
  if (id === 'streamEvents') {
    const { after } = pairs(query, '=');
    for await (const event of client.eris.events(params.marketId ?? '', after === undefined ? {} : { after }))
      client.terminal.out(`${JSON.stringify(event)}\n`);
    return;
  }
  const input = { params, query: pairs(query, '='), headers: pairs(header, ':'), ...(body !== undefined && { body: await jsonOf(body) }) };
  const call = client.eris.call.bind(client.eris) as unknown as (id: OperationId, input: unknown) => Promise<unknown>;
  const answer = await call(id, input);
  if (answer === undefined || answer === '') return;
  client.terminal.out(typeof answer === 'string' ? answer : `${JSON.stringify(answer, undefined, client.flags.json ? 0 : 2)}\n`);
}

function pairIn(text: string, by: string): [string, string] {
  const at = text.indexOf(by);
  if (at < 1) throw new BadInput([`"${text}" is not of the form name${by}value`]);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** The operation that method and path name. @throws BadInput where there is none. */
export function operationAt(method: string, path: string): Asked {
  const wanted = path.split('?')[0]?.split('/') ?? [];
  for (const [id, operation] of Object.entries(OPERATIONS)) {
    const parts = operation.path.split('/');
    if (operation.method !== method.toLowerCase() || parts.length !== wanted.length) continue;
    const params: Record<string, string> = {};
    const fits = parts.every((part, at) => {
      const [, name] = /^\{(\w+)\}$/.exec(part) ?? [];
      if (name === undefined) return part === wanted[at];
      params[name] = wanted[at] ?? '';
      return params[name] !== '';
    });
    if (fits && (Object.keys(params).length === 0 || Object.values(params).every((value) => /^\d+$/.test(value))))
      return { id: id as OperationId, params };
  }
  if (path.includes('?')) throw new BadInput(['the query goes into --query name=value']);
  throw new BadInput([`there is no ${method.toUpperCase()} ${path}: eris api GET /openapi.json lists what there is`]);
}
