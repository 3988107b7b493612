/** Traces over api, queue and worker (OpenTelemetry). Off unless started; spans then cost next to nothing. */
export { beginRequest, type RequestSpan, type RequestStart } from './http-spans.js';
export { startTracing, type Tracing, type TracingOptions } from './start-tracing.js';
export { traced, traceNow, type SpanOptions, type TraceCarrier } from './traced.js';
