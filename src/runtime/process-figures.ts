// What Node knows about its own process, by the names that Prometheus' client libraries use, and the delay of the event
// loop.
import { readdirSync } from "node:fs";
import { hostname } from "node:os";
import type { Config } from "../config/config.ts";
import { createMeasures, type Measures } from "../kernel/measures.ts";
import { version } from "../kernel/version.ts";
import type { Family } from "../kernel/rules/metrics.ts";

/** Of processes on one machine, each listens on another port. */
const instanceName = ({ port }: Config): string => `${hostname()}:${port}`;

/** The attributes of its spans. */
export const resourceOf = (config: () => Config) => () => ({
  "service.instance.id": instanceName(config()),
  "service.version": version,
});

/**
 * `config`: the port is known once the server listens. `onBusy`: by so many milliseconds its own work made a timer late; a wait
 * for the disk isn't that.
 */
export function startMeasures(
  config: () => Config,
  stopping: AbortSignal,
  onBusy: (milliseconds: number) => void,
): Measures {
  const measures = createMeasures(() => instanceName(config()), readProcessFigures);
  watchEventLoop((milliseconds, computing) => {
    measures.eventLoopDelayed(milliseconds);
    onBusy(Math.min(milliseconds, computing));
  }, stopping);
  return measures;
}

function readProcessFigures(): Family[] {
  const { rss, heapUsed } = process.memoryUsage();
  const open = countDescriptors();
  return [
    one("process_resident_memory_bytes", "gauge", "Memory of the process in bytes.", rss),
    one("nodejs_heap_size_used_bytes", "gauge", "Memory that JavaScript objects use in bytes.", heapUsed),
    one("process_cpu_seconds_total", "counter", "CPU time of the process in seconds.", cpuMs() / 1e3),
    one(
      "process_start_time_seconds",
      "gauge",
      "Unix time at which the process started.",
      Math.round(performance.timeOrigin / 1_000),
    ),
    ...(open === undefined ? [] : [one("process_open_fds", "gauge", "Open files and connections.", open)]),
  ];
}

const one = (name: string, type: Family["type"], help: string, value: number): Family => ({
  name,
  type,
  help,
  samples: [{ labels: {}, value }],
});

/** On Linux, where it may be read: elsewhere nothing tells. */
function countDescriptors(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return undefined;
  }
}

/** Of the process so far, in milliseconds. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

const sampleMs = 100;

/** Reports by how much each timer was late, and how long the process has computed since the one before, in milliseconds. */
function watchEventLoop(
  onDelay: (milliseconds: number, computing: number) => void,
  stopping: AbortSignal,
): void {
  let due = performance.now() + sampleMs;
  let computed = cpuMs();
  const timer = setInterval(() => {
    const [now, cpu] = [performance.now(), cpuMs()];
    onDelay(Math.max(0, now - due), cpu - computed);
    [due, computed] = [now + sampleMs, cpu];
  }, sampleMs).unref();
  stopping.addEventListener("abort", () => clearInterval(timer));
}
