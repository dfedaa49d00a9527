// Gathers spans and sends them to an OpenTelemetry collector, as JSON over HTTP.
import type { Log } from "./log.ts";
import { pause } from "./pause.ts";
import type { Post } from "./ports.ts";
import { toOtlp, type Attributes, type Span } from "./rules/trace.ts";

export interface TracingConfig {
  /** Where spans are sent. */
  url: string;
  headers: Record<string, string>;
  serviceName: string;
  /** The share of traces that begin here and are sampled. */
  ratio: number;
}

export interface Tracer {
  ratio: number;
  record: (span: Span) => void;
  /** Sends what was recorded. */
  flush: () => Promise<void>;
}

export interface TracerOptions {
  post: Post;
  log: Log;
  now: () => number;
  /** Attributes of the process, besides the service's name. */
  resource: () => Attributes;
  /** Calls `flush` soon; not called again before that has ended. */
  schedule: (flush: () => Promise<void>) => void;
}

const maxSpansOfExport = 512;
/** Spans beyond are dropped: a collector that is down must cost no memory. */
const maxSpans = 4_096;
const timeoutMs = 5_000;
/** Between two log lines about exports that fail. */
const quietMs = 60_000;

/** Null without a collector. */
export function openTracer(config: TracingConfig | undefined, options: TracerOptions): Tracer | null {
  return config === undefined ? null : createTracer(config, options);
}

function createTracer(config: TracingConfig, options: TracerOptions): Tracer {
  const { post, log, now, resource, schedule } = options;
  let spans: Span[] = [];
  let isScheduled = false;
  let quietUntil = 0;

  async function send(batch: readonly Span[]): Promise<void> {
    const body = toOtlp({ "service.name": config.serviceName, ...resource() }, batch);
    const headers = { "content-type": "application/json", "user-agent": "Belfry", ...config.headers };
    const problem = await post({ url: config.url, headers, body, timeout: timeoutMs }).then(
      ({ status }) => (status >= 200 && status < 300 ? undefined : `answered ${status}`),
      (error: unknown) => String(error),
    );
    if (problem === undefined || now() < quietUntil) return;
    quietUntil = now() + quietMs;
    log.warn("spans could not be sent to the collector and are dropped", {
      host: new URL(config.url).host,
      reason: problem,
    });
  }

  async function flush(): Promise<void> {
    while (spans.length > 0) {
      const batch = spans.slice(0, maxSpansOfExport);
      spans = spans.slice(maxSpansOfExport);
      await send(batch);
    }
    isScheduled = false;
  }

  return {
    ratio: config.ratio,
    flush,
    record: (span) => {
      if (spans.length >= maxSpans) return;
      spans.push(span);
      if (isScheduled) return;
      isScheduled = true;
      schedule(flush);
    },
  };
}

/** Spans of one invocation on Workers, whose end waits for it. */
export const scheduleBy =
  (defer: (task: () => Promise<unknown>) => void): TracerOptions["schedule"] =>
  (flush) =>
    defer(async () => {
      await pause();
      await flush();
    });
