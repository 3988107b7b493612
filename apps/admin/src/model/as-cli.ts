import { type Call, quoted } from './as-code.js';

type Maker = (call: Call) => string;

const param =
  (name: string): Maker =>
  ({ params = {} }) =>
    quoted(params[name] ?? '');
const flag = (name: string, value: string | number | boolean | undefined): string =>
  value === undefined || value === '' ? '' : ` --${name} ${quoted(String(value))}`;
const slotOf = ({ body }: Call): string => String((body as { readonly slot?: number } | undefined)?.slot ?? '');
const fromStdin =
  (command: string): Maker =>
  (call) =>
    `echo ${quoted(JSON.stringify(call.body ?? {}))} | ${command} -`;
const market = param('marketId');

/** How the command line does what an operation does; operations that it has no command for are not listed. */
const COMMANDS: { readonly [Id in Call['operation']]?: Maker } = {
  listMarkets: () => 'eris markets',
  getMarket: (call) => `eris markets ${market(call)}`,
  listSites: (call) => `eris sites ${market(call)}`,
  readPrices: (call) => `eris prices ${market(call)}${flag('from', call.query?.from)}${flag('to', call.query?.to)}`,
  quoteBid: (call) => fromStdin(`eris quote ${market(call)}`)(call),
  placeBid: (call) => fromStdin(`eris bid ${market(call)}`)(call),
  listBids: (call) => `eris bids ${market(call)}${flag('status', call.query?.status)}${flag('label', call.query?.label)}`,
  getBid: (call) => `eris why ${param('bidId')(call)}`,
  getAllocation: (call) => `eris allocation ${param('bidId')(call)}`,
  listAccounts: () => 'eris wallet',
  listEntries: (call) => `eris statement ${param('accountId')(call)}`,
  listOrganisations: () => 'eris organisations',
  listKeys: () => 'eris keys',
  advanceClock: (call) => `eris clock ${market(call)} ${slotOf(call)}`,
  streamEvents: (call) => `eris watch ${market(call)}`,
};

/** The call as a command of the command line; undefined where there is none. */
export const asCli = (call: Call): string | undefined => COMMANDS[call.operation]?.(call);
