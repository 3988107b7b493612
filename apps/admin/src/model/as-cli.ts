import { OPERATIONS } from '#sdk';
import { type Call, pathOf, quoted } from './as-code.js';

type Maker = (call: Call) => string;
type Body = Readonly<Record<string, unknown>>;

const param =
  (name: string): Maker =>
  ({ params = {} }) =>
    quoted(params[name] ?? '');
const flag = (name: string, value: string | number | boolean | undefined): string =>
  value === undefined || value === '' ? '' : ` --${name} ${quoted(String(value))}`;
const inMarket: Maker = (call) => ` --market ${param('marketId')(call)}`;
const bodyOf = ({ body }: Call): Body => (body ?? {}) as Body;
const textOf = (call: Call, field: string): string => {
  const value = bodyOf(call)[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};
/** The body as a file on standard input. */
const fed = (call: Call, command: string): string => `echo ${quoted(JSON.stringify(call.body ?? {}))} | ${command}`;
/** Volumes as the command line takes them: gpu=4,cpu=24. */
const volumesOf = (call: Call): string =>
  Object.entries((bodyOf(call).capacity ?? {}) as Readonly<Record<string, number>>)
    .map(([name, units]) => `${name}=${units}`)
    .join(',');

const VERBS: { readonly [Status in string]?: string } = { paused: 'pause', open: 'resume', closed: 'close' };

/** The commands that do what an operation does. */
const COMMANDS: { readonly [Id in Call['operation']]?: Maker } = {
  listMarkets: () => 'eris markets',
  getMarket: (call) => `eris markets show${inMarket(call)}`,
  createMarket: (call) => fed(call, 'eris markets create -'),
  changeMarket: (call) => {
    const verb = VERBS[textOf(call, 'status')];
    return verb === undefined
      ? `eris markets oracle${inMarket(call)} ${quoted(textOf(call, 'oracle'))}`
      : `eris markets ${verb}${inMarket(call)}`;
  },
  listSites: (call) => `eris sites${inMarket(call)}`,
  addSite: (call) => `eris sites add${inMarket(call)} ${quoted(textOf(call, 'name'))} --capacity ${quoted(volumesOf(call))}`,
  changeCapacity: (call) => `eris sites capacity${inMarket(call)} ${param('siteId')(call)} ${quoted(volumesOf(call))}`,
  readPrices: (call) => `eris prices${inMarket(call)}`,
  listPriceHistory: (call) =>
    `eris prices --history${inMarket(call)}${flag('slot', call.query?.slot)}${flag('resource', call.query?.resource)}${flag('site', call.query?.siteId)}${flag('since', call.query?.since)}`,
  listLevels: (call) => `eris levels${inMarket(call)}`,
  quoteBid: (call) => fed(call, `eris quote${inMarket(call)} -`),
  placeBid: (call) => fed(call, `eris bid${inMarket(call)} -`),
  listBids: (call) => `eris bids${inMarket(call)}${flag('status', call.query?.status)}${flag('label', call.query?.label)}`,
  getBid: (call) => `eris bids ${param('bidId')(call)}`,
  explainBid: (call) => `eris why ${param('bidId')(call)}`,
  readReceipt: (call) => `eris receipt ${param('bidId')(call)}`,
  getAllocation: (call) => `eris allocation ${param('bidId')(call)}`,
  listAccounts: () => 'eris wallet',
  explainPayment: (call) => `eris allocation prices ${param('bidId')(call)}`,
  listWindows: (call) => `eris windows${inMarket(call)}`,
  closeWindow: (call) => `eris windows close${inMarket(call)} ${param('windowId')(call)}`,
  revokeKey: (call) => `eris keys revoke ${param('keyId')(call)}`,
  listEntries: (call) => `eris statement --account ${param('accountId')(call)}`,
  deposit: (call) => `eris deposit ${param('accountId')(call)} ${quoted(textOf(call, 'amount'))}`,
  listOrganisations: () => 'eris organisations',
  createOrganisation: (call) => `eris organisations create ${quoted(textOf(call, 'name'))}`,
  listKeys: () => 'eris keys',
  createKey: (call) =>
    `eris keys create ${param('organisationId')(call)} --role ${textOf(call, 'role')}${flag('label', textOf(call, 'label'))}`,
  streamEvents: (call) => `eris watch${inMarket(call)}`,
};

/** The call as a command of the command line; where it has no command for it, by the one that takes any operation. */
export function asCli(call: Call): string {
  const make = COMMANDS[call.operation];
  if (make) return make(call);
  const queries = Object.entries(call.query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [` --query ${quoted(`${name}=${value}`)}`],
  );
  const command = `eris api ${OPERATIONS[call.operation].method.toUpperCase()} ${quoted(pathOf(call))}${queries.join('')}`;
  return call.body === undefined ? command : fed(call, `${command} --body -`);
}
