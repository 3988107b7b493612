import { context, propagation, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

/** A request as it begins. */
export interface RequestStart {
  readonly method: string;
  /** The route's pattern, not the path: no ids. */
  readonly route: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The span of a request: what is done for it runs inside. */
export interface RequestSpan {
  within(work: () => void): void;
  end(status: number): void;
}

/** Begins a request's span, in the trace that its headers name. */
export function beginRequest({ method, route, headers }: RequestStart): RequestSpan {
  const from = propagation.extract(ROOT_CONTEXT, headers);
  const attributes = { 'http.request.method': method, 'http.route': route };
  const span: Span = trace.getTracer('eris').startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, from);
  const inside = trace.setSpan(from, span);
  return {
    within: (work) => context.with(inside, work),
    end: (status) => {
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}
