// Loaded into a server before anything else: answers each message of the parent process with the delays of the event loop
// since the last one, in milliseconds.
import { monitorEventLoopDelay } from "node:perf_hooks";

const resolution = 5;
const delays = monitorEventLoopDelay({ resolution });
delays.enable();
const toMs = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolution);
process.on("message", () => {
  process.send({ p99Ms: toMs(delays.percentile(99)), maxMs: toMs(delays.max) });
  delays.reset();
});
// The parent's channel keeps no server alive.
process.channel.unref();
