// Waiting for a job: one attempt at once, one a second, and one whenever a job is queued in this process.
import type { JobWaker } from "../../kernel/ports.ts";
/** Milliseconds between looks for jobs that other processes have queued. */
const lookInterval = 1_000;

export interface Wait<T> {
  /** Takes a job if there is one. */
  attempt: () => Promise<T | undefined>;
  /** Whether there is one; a read costs less than an attempt. */
  look: () => Promise<boolean>;
  jobs: JobWaker;
  /** Milliseconds. */
  wait: number;
  /** Aborted when nobody listens any more, or the process stops. */
  over: AbortSignal;
}

export async function waitForJob<T>({ attempt, look, jobs, wait, over }: Wait<T>): Promise<T | undefined> {
  let isLate = wait === 0;
  const late = setTimeout(() => (isLate = true), wait);
  try {
    for (let isThere = true; ; isThere = await look()) {
      const job = isThere ? await attempt() : undefined;
      if (job !== undefined || isLate || over.aborted) return job;
      await jobs.wait(Math.min(lookInterval, wait));
      if (over.aborted) return undefined;
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
