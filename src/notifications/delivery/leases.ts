// The leases of the messages that this process is sending: short, and renewed while the process lives, so that another
// process takes over soon after a crash. The process never claims its own leased messages.
import type { Deps } from "../../kernel/deps.ts";
import type { MessageLeases } from "../../kernel/ports.ts";
import { renewLeases } from "./store/queue.ts";

const maxLeaseMs = 15_000;
const leasesPerPeriod = 8;
const renewalsPerLease = 3;

/** How long a lease lasts without renewal: after that, the process counts as dead. */
export const leaseMs = ({ config }: Deps): number =>
  Math.min(config.notifications.leasePeriod / leasesPerPeriod, maxLeaseMs);

export function createLeases(own: () => Deps): MessageLeases {
  /** Until when each is renewed at most, in epoch milliseconds, and how many of its messages have no result yet. */
  const leases = new Map<string, { until: number; left: number }>();
  let timer: ReturnType<typeof setInterval> | undefined;

  function held(now: number): string[] {
    for (const [token, { until }] of leases) if (now >= until) leases.delete(token);
    return [...leases.keys()];
  }

  async function renew(intervalMs: number): Promise<void> {
    const deps = own();
    const tokens = held(deps.now());
    if (tokens.length === 0) return stop();
    try {
      await deps.db.write([renewLeases(tokens, deps.now() + leaseMs(deps))], {}, intervalMs);
    } catch (error) {
      if (deps.process.stopping.aborted) return;
      const reason = String(error);
      deps.log.warn("message leases could not be renewed", { leases: tokens.length, reason });
    }
  }

  function start(): void {
    if (timer !== undefined) return;
    const intervalMs = leaseMs(own()) / renewalsPerLease;
    timer = setInterval(() => void renew(intervalMs), intervalMs);
    // The timer keeps no process alive.
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
