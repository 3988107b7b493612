import type { Pool } from 'undici';
import { operationOf, type AnswerOf, type OperationId, type Problem } from '#contracts';

export interface ApiRequest {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The API said no. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
}

/** The API as one holder of a key sees it: operations by name, answers with their types. */
export class ApiClient {
  constructor(
    private readonly pool: Pool,
    private readonly key: string,
  ) {}

  /** @throws ApiFault with the problem's text for any answer that is not a success. */
  async call<Id extends OperationId>(id: Id, { params = {}, query = {}, headers = {}, body }: ApiRequest = {}): Promise<AnswerOf<Id>> {
    const { method, path } = operationOf(id);
    const search = new URLSearchParams(query).toString();
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const answer = await this.pool.request({
      method,
      path: search ? `${filled}?${search}` : filled,
      headers: { authorization: `Bearer ${this.key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new ApiFault(`${method} ${filled}: ${answer.statusCode} ${problemText(text)}`);
    return (text === '' ? undefined : JSON.parse(text)) as AnswerOf<Id>;
  }
}

function problemText(text: string): string {
  try {
    const { title, detail, remedy, errors = [] } = JSON.parse(text) as Problem;
    return [title, detail, remedy, ...errors.map(({ path, message }) => `${path} ${message}`)].join('; ');
  } catch {
    return text.slice(0, 200); // not ours: something between us and the API has answered
  }
}
