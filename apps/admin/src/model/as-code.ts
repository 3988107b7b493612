import { OPERATIONS, type OperationId } from '#sdk';

/** A call of the API, as a page makes it. */
export interface Call {
  readonly operation: OperationId;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
}

/** Where a key stands in commands that are shown. */
const KEY = '$ERIS_KEY';

/** The path of a call with its ids. */
export const pathOf = ({ operation, params = {} }: Call): string =>
  OPERATIONS[operation].path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));

/** The call as a command of the shell. @param url where the API is */
export function asCurl(call: Call, url: string): string {
  const { method, isKeyed } = OPERATIONS[call.operation];
  const flags = [
    ...(method === 'get' ? [] : [`-X ${method.toUpperCase()}`]),
    `-H "authorization: Bearer ${KEY}"`,
    ...(isKeyed ? [`-H "idempotency-key: $(uuidgen)"`] : []),
    ...(call.body === undefined ? [] : [`-H 'content-type: application/json'`, `-d ${quoted(JSON.stringify(call.body))}`]),
  ];
  return [`curl -sS ${quoted(url + pathOf(call) + queryText(call.query ?? {}))}`, ...flags].join(' \\\n  ');
}

/** The call as a program makes it with the SDK. */
export function asSdk({ operation, params, query, body }: Call, url: string): string {
  const given = query && Object.values(query).some((value) => value !== undefined) ? query : undefined;
  const parts = { ...(params && { params }), ...(given && { query: given }), ...(body === undefined ? {} : { body }) };
  const input = Object.keys(parts).length === 0 ? '' : `, ${literal(parts)}`;
  const client = `const eris = new Eris({ url: '${url}', key });`;
  return `import { Eris } from '#sdk';\n\n${client}\nconst answer = await eris.call('${operation}'${input});`;
}

const queryText = (query: NonNullable<Call['query']>): string => {
  const pairs = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]));
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
};

/** Text as one word of the shell. */
export const quoted = (text: string): string => (/^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** A value as TypeScript writes it: names without quotes where they need none. */
function literal(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .replaceAll(/^(\s*)"([A-Za-z_]\w*)":/gm, '$1$2:')
    .replaceAll(/"((?:[^"\\']|\\.)*)"/g, "'$1'");
}
