// The leases on messages that this process is sending. They are short and renewed while the process lives, so that
// another one takes over soon after it was killed; it doesn't claim them itself, however late the database says so.
import type { Deps } from "../../kernel/deps.ts";
import type { MessageLeases } from "../../kernel/ports.ts";
import { renewLeases } from "./store/queue.ts";

/** Milliseconds. */
const longestLease = 15_000;
const leasesPerPeriod = 8;
const renewalsPerLease = 3;

/** Milliseconds until a lease runs out that isn't renewed: a process that is silent for so long has been lost. */
export const leaseTime = ({ config }: Deps): number =>
  Math.min(config.notifications.leasePeriod / leasesPerPeriod, longestLease);

export function createLeases(own: () => Deps): MessageLeases {
  /** Until when each may be renewed at most, in epoch milliseconds, and how many of its messages have not ended. */
  const leases = new Map<string, { until: number; left: number }>();
  let timer: ReturnType<typeof setInterval> | undefined;

  function held(now: number): string[] {
    for (const [token, { until }] of leases) if (now >= until) leases.delete(token);
    return [...leases.keys()];
  }

  async function renew(interval: number): Promise<void> {
    const deps = own();
    const tokens = held(deps.now());
    if (tokens.length === 0) return stop();
    try {
      await deps.db.write([renewLeases(tokens, deps.now() + leaseTime(deps))], {}, interval);
    } catch (error) {
      if (deps.process.stopping.aborted) return;
      const reason = String(error);
      deps.log.warn("leases of notifications could not be renewed", { leases: tokens.length, reason });
    }
  }

  function start(): void {
    if (timer !== undefined) return;
    const interval = leaseTime(own()) / renewalsPerLease;
    timer = setInterval(() => void renew(interval), interval);
    // It keeps no process alive.
    (timer as unknown as { unref?: () => void }).unref?.();
  }

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  return {
    add: (token, count) => {
      if (count === 0) return;
      const deps = own();
      leases.set(token, { until: deps.now() + deps.config.notifications.leasePeriod, left: count });
      start();
    },
    end: (token) => {
      const lease = leases.get(token);
      if (lease === undefined) return;
      lease.left -= 1;
      if (lease.left === 0) leases.delete(token);
      if (leases.size === 0) stop();
    },
    held,
  };
}
