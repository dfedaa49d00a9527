// Wakes those who wait for jobs in this process when one is queued here. Those of other processes look by themselves.

import type { JobWaker } from "../../kernel/ports.ts";

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
