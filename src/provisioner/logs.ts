// Sends a job's log to the server: masked, in order, in batches. Each line has an id, so that a retried batch adds none twice.
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
import { jobCall } from "./server.ts";
import type { JobConnection } from "./lease.ts";

export interface JobLog {
  /** The stage of the following lines. */
  stage: (name: string) => void;
  /** A line of a program. */
  line: (line: string, stream: Stream) => void;
  /** A line of the daemon. */
  note: (line: string, level?: Level) => void;
  /** Resolves when all lines are sent or the job is lost. */
  flush: () => Promise<void>;
}

export function openLog(
  job: Job,
  { server, environment, timing, interrupt }: JobConnection,
  mask: (text: string) => string,
): JobLog {
  const isClaim = job.stage === "claim" && job.transition !== "delete";
  const waiting: LogLine[] = [];
  const frames: Record<Stream, Frame> = { out: undefined, error: undefined };
  let [stage, droppedLines, sentAt] = ["", 0, 0];
  let sending: Promise<void> | undefined;
  let full = new AbortController();

  const send = async (): Promise<void> => {
    while (waiting.length > 0 && !interrupt.lost.aborted) {
      const batch = waiting.slice(0, batchSize(waiting));
      const call = { ...jobCall(job, "POST", "logs"), json: batch };
      sentAt = environment.now();
      const answer = await server.callUntilAnswered(call, interrupt.lost);
      if (answer.kind === "lost") interrupt.raise("lost");
      if (answer.kind === "refused")
        environment.log(`job ${job.id}: the server rejected log lines: ${answer.message}`);
      waiting.splice(0, batch.length);
      if (droppedLines > 0)
        note(`${droppedLines} lines were dropped: the server was unreachable for too long.`, "warn");
      droppedLines = 0;
    }
  };
  const start = (): Promise<void> => (sending ??= send().finally(() => (sending = undefined)));
  const add = (source: LogLine["source"], level: Level, output: string) => {
    if (waiting.length >= maxWaitingLines) {
      droppedLines += 1;
      return;
    }
    const created_at = new Date(environment.now()).toISOString();
    waiting.push({ id: environment.newId(), level, source, stage, output, created_at });
    if (waiting.length >= batchLines) full.abort();
    // The first line of a batch waits for others, but only briefly after a pause: somebody may be watching.
    if (waiting.length === 1 && sending === undefined) {
      full = new AbortController();
      const remaining = sentAt + timing.logDelayMs - environment.now();
      const delayMs = Math.min(Math.max(remaining, timing.logDelayMs / 20), timing.logDelayMs);
      void environment.wait(delayMs, AbortSignal.any([full.signal, interrupt.lost])).then(start);
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
      while (waiting.length > 0 && !interrupt.lost.aborted) await start();
    },
  };
}
