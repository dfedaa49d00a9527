// Waiting for a job: one attempt at once, one a second, and one whenever a job is queued in this process.
import type { JobWaker } from "../../kernel/ports.ts";

/** Milliseconds between looks for jobs that other processes have queued. */
const pollIntervalMs = 1_000;

export interface JobWait<T> {
  /** Takes a job if there is one. */
  attempt: () => Promise<T | undefined>;
  /** Whether there is one; a read costs less than an attempt. */
  isPending: () => Promise<boolean>;
  jobs: JobWaker;
  /** Milliseconds. */
  timeoutMs: number;
  /** Aborted when the client disconnects or the process stops. */
  signal: AbortSignal;
}

export async function waitForJob<T>({
  attempt,
  isPending,
  jobs,
  timeoutMs,
  signal,
}: JobWait<T>): Promise<T | undefined> {
  let isLate = timeoutMs === 0;
  const late = setTimeout(() => (isLate = true), timeoutMs);
  try {
    for (let isThere = true; ; isThere = await isPending()) {
      const job = isThere ? await attempt() : undefined;
      if (job !== undefined || isLate || signal.aborted) return job;
      await jobs.wait(Math.min(pollIntervalMs, timeoutMs));
      if (signal.aborted) return undefined;
    }
  } finally {
    clearTimeout(late);
  }
}

export function createJobWaker(stopping: AbortSignal): JobWaker {
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const resume of waiting) resume();
  };
  stopping.addEventListener("abort", wake, { once: true });
  return {
    wake,
    wait: (milliseconds) =>
      new Promise((resolve) => {
        const resume = () => {
          clearTimeout(timer);
          waiting.delete(resume);
          resolve();
        };
        const timer = setTimeout(resume, milliseconds);
        waiting.add(resume);
        if (stopping.aborted) resume();
      }),
  };
}
