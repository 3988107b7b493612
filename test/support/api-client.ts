import {
  HEADERS_ANYWHERE,
  headersOf,
  headersOfProblems,
  type Operation,
  type OperationId,
  operationIds,
  operationOf,
  problem,
  problemCodesOf,
  PROBLEMS,
} from '#contracts';
import request, { type Test } from 'supertest';

/** An answer, already checked against the contract of its operation. */
export interface Answer<Body = Json> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Body;
}

/** Bodies are checked against their schemas before a test sees them; tests then read the fields that they know. */
export type Json = ReturnType<typeof JSON.parse>;

export interface Call {
  readonly key?: string | undefined;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const VERBS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;
export type Method = keyof typeof VERBS;

/** Leaves the body as it came: a contract is checked on what was sent. */
const asText: Parameters<Test['parse']>[0] = (response, done) => {
  const parts: Buffer[] = [];
  response.on('data', (part: Buffer | string) => parts.push(Buffer.from(part)));
  response.on('end', () => done(null, Buffer.concat(parts).toString('utf8')));
};

/** Calls the API as a client would, and fails on any answer that the contract doesn't know. */
export class ApiClient {
  constructor(readonly url: string) {}

  get = (path: string, call: Call = {}): Promise<Answer> => this.send('GET', path, call);
  post = (path: string, call: Call = {}): Promise<Answer> => this.send('POST', path, call);
  put = (path: string, call: Call = {}): Promise<Answer> => this.send('PUT', path, call);
  patch = (path: string, call: Call = {}): Promise<Answer> => this.send('PATCH', path, call);
  delete = (path: string, call: Call = {}): Promise<Answer> => this.send('DELETE', path, call);

  async send(method: Method, path: string, { key, body, text, headers }: Call): Promise<Answer> {
    const calling = request(this.url)[VERBS[method]](path).buffer(true).parse(asText).redirects(0);
    if (key) calling.set('authorization', `Bearer ${key}`);
    const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
    if (payload !== undefined) calling.set('content-type', 'application/json').send(payload);
    const { status, headers: answered, body: received } = await calling.set(headers ?? {});
    const isJson = String(answered['content-type'] ?? '').includes('json');
    const answer = { status, headers: answered, body: isJson ? JSON.parse(received) : received };
    checkAnswer(method, path.split('?')[0], answer);
    return answer;
  }
}

/** Every operation whose path matches, with the path's ids. */
export function operationAt(method: string, path: string): OperationId | undefined {
  const matches = operationIds.filter(
    (id) => operationOf(id).method === method && new RegExp(`^${operationOf(id).path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  return matches.sort((a, b) => operationOf(a).path.split('{').length - operationOf(b).path.split('{').length)[0];
}

/** The form of a message, which HTTP itself describes. */
const OF_THE_FORM = new Set(['content-type', 'content-length', 'transfer-encoding', 'date', 'connection', 'keep-alive']);

/** @throws where an answer has a header that the contract doesn't declare for its operation and status. */
function checkHeaders(id: OperationId | undefined, { status, headers, body }: Answer, where: string): void {
  const code = String(body?.type).replace('urn:eris:problem:', '');
  const ofProblem = code in PROBLEMS ? headersOfProblems([code as keyof typeof PROBLEMS]) : [];
  const declared: readonly string[] = id ? headersOf(operationOf(id), status) : [...HEADERS_ANYWHERE, ...ofProblem];
  const known = new Set(declared.map((name) => name.toLowerCase()));
  const strange = Object.keys(headers).filter((name) => !known.has(name) && !OF_THE_FORM.has(name));
  if (strange.length > 0) throw new Error(`${where} answered ${status} with headers that are not in its contract: ${strange.join(', ')}`);
}

/** @throws where status, media type or body are not what the contract says. */
function checkAnswer(method: string, path: string, answer: Answer): void {
  const id = operationAt(method, path);
  checkHeaders(id, answer, `${method} ${path}`);
  if (answer.status >= 400) return checkProblem(id && operationOf(id), answer, `${method} ${path}`);
  if (!id) throw new Error(`${method} ${path} answered ${answer.status} and is not in the contract`);
  const response = operationOf(id).responses[answer.status];
  if (!response) throw new Error(`${id} answered ${answer.status}, which is not in its contract`);
  if (!response.schema) return;
  const parsed = response.schema.safeParse(answer.body);
  if (!parsed.success)
    throw new Error(`${id} answered ${JSON.stringify(answer.body).slice(0, 600)}, against its contract: ${parsed.error.message}`);
}

function checkProblem(operation: Operation | undefined, answer: Answer, where: string): void {
  const said = JSON.stringify(answer.body);
  const parsed = problem.safeParse(answer.body);
  if (!parsed.success) throw new Error(`${where} answered ${answer.status} ${said}, not a problem: ${parsed.error.message}`);
  const type = String(answer.headers['content-type']);
  if (!type.startsWith('application/problem+json')) throw new Error(`${where}: a problem of type ${type}`);
  const code = parsed.data.type.replace('urn:eris:problem:', '') as keyof typeof PROBLEMS;
  if (PROBLEMS[code]?.status !== answer.status) throw new Error(`${where}: ${code} came with ${answer.status}`);
  const anywhere = ['route_unknown', 'method_not_allowed', 'malformed_request', 'uri_too_long', 'stopping'];
  if (operation && !anywhere.includes(code) && !problemCodesOf(operation).includes(code))
    throw new Error(`${where} answered ${code}, which is not in its contract: ${said}`);
}
