/** Where traces go, and whose they are. */
export interface TracingOptions {
  /** The collector's address without a path, as in OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  /** The name of the service: `eris-api`, `eris-worker`. */
  readonly service: string;
}

/** Traces that are sent until it is stopped. */
export interface Tracing {
  /** Sends what is left; a collector that is away is not waited for. */
  stop(): Promise<void>;
}

/** How long the last spans may take, ms. */
const STOP_MS_MAX = 2_000;

/** Begins to make traces in this process and to send them over OTLP. What this takes is loaded only here. */
export async function startTracing({ url, service }: TracingOptions): Promise<Tracing> {
  const [{ BatchSpanProcessor, NodeTracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const exporter = new OTLPTraceExporter({ url: new URL('/v1/traces', url).href, timeoutMillis: STOP_MS_MAX });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor(exporter, { exportTimeoutMillis: STOP_MS_MAX })],
  });
  provider.register();
  return { stop: () => provider.shutdown() };
}
