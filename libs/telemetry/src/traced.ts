import { context, type Attributes, type Link, propagation, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';

/** A trace as it travels with a message: W3C `traceparent` and `tracestate`. */
export type TraceCarrier = Readonly<Record<string, string>>;

/** What a span tells of itself. */
export interface SpanOptions {
  readonly attributes?: Attributes;
  /** What the span goes on from; what runs now where it is not said. An empty one begins a trace. */
  readonly parent?: TraceCarrier;
  /** Others that it is about. */
  readonly links?: readonly TraceCarrier[];
}

const TRACER = 'eris';

/** Runs work as a span; an error that it throws is noted and thrown on. Where traces are off this is the work and little else. */
export function traced<T>(name: string, { attributes, parent, links = [] }: SpanOptions, work: () => Promise<T>): Promise<T> {
  const from = parent ? contextOf(parent) : context.active();
  return trace
    .getTracer(TRACER)
    .startActiveSpan(name, { ...(attributes && { attributes }), links: links.flatMap(linkOf) }, from, async (span) => {
      try {
        return await work();
      } catch (cause) {
        span.recordException(cause instanceof Error ? cause : String(cause));
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw cause;
      } finally {
        span.end();
      }
    });
}

/** What runs now, to be gone on from elsewhere; undefined where nothing is traced. */
export function traceNow(): TraceCarrier | undefined {
  if (!trace.getActiveSpan()) return undefined;
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return 'traceparent' in carrier ? carrier : undefined;
}

const contextOf = (carrier: TraceCarrier) => propagation.extract(ROOT_CONTEXT, carrier);

function linkOf(carrier: TraceCarrier): Link[] {
  const spanContext = trace.getSpanContext(contextOf(carrier));
  return spanContext ? [{ context: spanContext }] : [];
}
