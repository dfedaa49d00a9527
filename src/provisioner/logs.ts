// A job's log on its way to the server: masked, in batches, each line with an id of its own, in order.
import {
  batchLines,
  batchSize,
  maxWaitingLines,
  type LogLine,
  frameOf,
  levelOf,
  tidyLine,
  type Frame,
  type Level,
  type Stream,
} from "./rules/log-lines.ts";
import type { Job } from "./rules/job.ts";
import { jobCall, type JobServer } from "./server.ts";
import type { Ending } from "./ending.ts";
import type { Timing, Environment } from "./worker-context.ts";

export interface JobLog {
  /** What comes after belongs to this stage. */
  stage: (name: string) => void;
  /** A line of a program. */
  line: (line: string, stream: Stream) => void;
  /** A line of the daemon's own. */
  note: (line: string, level?: Level) => void;
  /** Resolves once everything is there, or the job is lost. */
  flush: () => Promise<void>;
}

export function openLog(
  job: Job,
  {
    server,
    world,
    timing,
    ending,
  }: { server: JobServer; world: Environment; timing: Timing; ending: Ending },
  mask: (text: string) => string,
): JobLog {
  const isClaim = job.stage === "claim" && job.transition !== "delete";
  const waiting: LogLine[] = [];
  const frames: Record<Stream, Frame> = { out: undefined, error: undefined };
  let [stage, leftOut, sentAt] = ["", 0, 0];
  let sending: Promise<void> | undefined;
  let full = new AbortController();

  const send = async (): Promise<void> => {
    while (waiting.length > 0 && !ending.lost.aborted) {
      const batch = waiting.slice(0, batchSize(waiting));
      const call = { ...jobCall(job, "POST", "logs"), json: batch };
      sentAt = world.now();
      const answer = await server.callUntilAnswered(call, ending.lost);
      if (answer.kind === "lost") ending.end("lost");
      if (answer.kind === "refused") world.say(`job ${job.id}: log lines were refused. ${answer.message}`);
      waiting.splice(0, batch.length);
      if (leftOut > 0) note(`${leftOut} lines are missing: the server was unreachable for too long.`, "warn");
      leftOut = 0;
    }
  };
  const start = (): Promise<void> => (sending ??= send().finally(() => (sending = undefined)));
  const add = (source: LogLine["source"], level: Level, output: string) => {
    if (waiting.length >= maxWaitingLines) {
      leftOut += 1;
      return;
    }
    const created_at = new Date(world.now()).toISOString();
    waiting.push({ id: world.newId(), level, source, stage, output, created_at });
    if (waiting.length >= batchLines) full.abort();
    // The first of a batch waits for others, but hardly after a pause: somebody may be watching.
    if (waiting.length === 1 && sending === undefined) {
      full = new AbortController();
      const rest = sentAt + timing.logs - world.now();
      const pause = Math.min(Math.max(rest, timing.logs / 20), timing.logs);
      void world.wait(pause, AbortSignal.any([full.signal, ending.lost])).then(start);
    }
  };
  const note = (line: string, level: Level = "info") =>
    add("provisioner_daemon", level, tidyLine(line, mask));
  return {
    stage: (name) => (stage = name),
    line: (line, stream) => {
      frames[stream] = frameOf(line, frames[stream]);
      add("provisioner", levelOf(line, stream, frames[stream], isClaim), tidyLine(line, mask));
    },
    note,
    flush: async () => {
      full.abort();
      while (waiting.length > 0 && !ending.lost.aborted) await start();
    },
  };
}
