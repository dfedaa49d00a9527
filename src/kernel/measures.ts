// What one process counts in memory, for Prometheus: requests, batches of the database, delays of the event loop. Counting
// costs no write and ends with the process; each series names the instance.
import type { BatchReport } from "../../db/client.ts";
import type { Family, Sample } from "./rules/metrics.ts";

export interface Request {
  method: string;
  /** The route's pattern, like `/api/v2/users/{user}`. */
  route: string;
  status: number;
  milliseconds: number;
}

export interface Measures {
  requestStarted: () => void;
  requestEnded: (request: Request) => void;
  batchEnded: (batch: BatchReport) => void;
  eventLoopDelayed: (milliseconds: number) => void;
  families: () => Family[];
}

/** Coder's, for the metric of that name. */
const requestBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 10, 30];
const batchBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const delayBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** `instance` tells processes apart; `readProcess` returns what the runtime knows about its own. */
export function createMeasures(instance: () => string, readProcess: () => Family[]): Measures {
  const requests = createSeries<number>("code", "method", "path");
  const latencies = createSeries<LiveHistogram>("method", "path");
  const batches = createSeries<LiveHistogram>("mode");
  const failures = createSeries<number>("mode", "code");
  const delays = createHistogram(delayBuckets);
  let inFlight = 0;
  const families = () => [
    counter("coderd_api_requests_processed_total", requests),
    histogram("coderd_api_request_latencies_seconds", latencies.list()),
    gauge("belfry_http_requests_in_flight", inFlight),
    histogram("belfry_database_batch_duration_seconds", batches.list()),
    counter("belfry_database_batch_failures_total", failures),
    histogram("belfry_event_loop_delay_seconds", [{ labels: {}, value: delays }]),
    ...readProcess(),
  ];
  return {
    requestStarted: () => {
      inFlight += 1;
    },
    requestEnded: ({ method: given, route, status, milliseconds }) => {
      inFlight -= 1;
      const method = knownMethods.has(given) ? given : "OTHER";
      requests.change([String(status), method, route], (count = 0) => count + 1);
      latencies.change([method, route], (found = createHistogram(requestBuckets)) => found.add(milliseconds));
    },
    batchEnded: ({ mode, ms, failure }) => {
      batches.change([mode], (found = createHistogram(batchBuckets)) => found.add(ms));
      if (failure !== undefined) failures.change([mode, failure], (count = 0) => count + 1);
    },
    eventLoopDelayed: (milliseconds) => {
      delays.add(milliseconds);
    },
    families: () => {
      const own = { instance_id: instance() };
      return families().map(({ samples, ...family }) => ({
        ...family,
        samples: samples.map((sample) => ({ ...sample, labels: { ...sample.labels, ...own } })),
      }));
    },
  };
}

const helps = {
  coderd_api_requests_processed_total: "Requests answered, by status code, method and route.",
  coderd_api_request_latencies_seconds: "Seconds from the arrival of a request to the head of its response.",
  belfry_http_requests_in_flight: "Requests that are being answered.",
  belfry_database_batch_duration_seconds: "Seconds that a batch of statements took; each retry is a batch.",
  belfry_database_batch_failures_total: "Batches that failed, by the database's code.",
  belfry_event_loop_delay_seconds: "Seconds by which a timer was late, sampled ten times a second.",
};

/** A client can send any word as a method: others are one series. */
const knownMethods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

interface Labelled<T> {
  labels: Record<string, string>;
  value: T;
}

/** Values by labels. */
function createSeries<T>(...names: string[]) {
  const found = new Map<string, Labelled<T>>();
  return {
    change: (texts: readonly string[], next: (value?: T) => T) => {
      const key = texts.join(" ");
      const one = found.get(key);
      if (one !== undefined) one.value = next(one.value);
      else {
        const labels = Object.fromEntries(names.map((name, at) => [name, texts[at]!]));
        found.set(key, { labels, value: next() });
      }
    },
    list: (): Labelled<T>[] => [...found.values()],
  };
}

interface LiveHistogram {
  /** Of each bucket, and of what is beyond the last. */
  counts: readonly number[];
  buckets: readonly number[];
  sum: () => number;
  add: (milliseconds: number) => LiveHistogram;
}

function createHistogram(buckets: readonly number[]): LiveHistogram {
  const counts = Array.from({ length: buckets.length + 1 }, () => 0);
  let sum = 0;
  const self: LiveHistogram = {
    counts,
    buckets,
    sum: () => sum,
    add: (milliseconds) => {
      const seconds = Math.max(0, milliseconds) / 1_000;
      let at = 0;
      while (at < buckets.length && seconds > buckets[at]!) at += 1;
      counts[at]! += 1;
      sum += seconds;
      return self;
    },
  };
  return self;
}

const counter = (name: keyof typeof helps, series: { list: () => Labelled<number>[] }): Family => ({
  name,
  type: "counter",
  help: helps[name],
  samples: series.list(),
});

const gauge = (name: keyof typeof helps, value: number): Family => ({
  name,
  type: "gauge",
  help: helps[name],
  samples: [{ value }],
});

const histogram = (name: keyof typeof helps, series: readonly Labelled<LiveHistogram>[]): Family => ({
  name,
  type: "histogram",
  help: helps[name],
  samples: series.flatMap(({ labels, value: { counts, buckets, sum } }): Sample[] => {
    let total = 0;
    const shown = counts.map((count, at): Sample => {
      total += count;
      const le = at < buckets.length ? String(buckets[at]) : "+Inf";
      return { suffix: "_bucket", labels: { ...labels, le }, value: total };
    });
    return [...shown, { suffix: "_sum", labels, value: sum() }, { suffix: "_count", labels, value: total }];
  }),
});
