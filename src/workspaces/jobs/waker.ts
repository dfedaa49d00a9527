// Wakes those who wait for jobs in this process when one is queued here. Those of other processes look by themselves.

export interface JobWaker {
  /** Resolves after so many milliseconds, or earlier when there may be a job or the process stops. */
  wait: (milliseconds: number) => Promise<void>;
  /** A job may have come into the queue. */
  wake: () => void;
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
