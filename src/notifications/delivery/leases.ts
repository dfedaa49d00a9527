// The leases of the messages that this process is sending: short, and renewed while the process lives, so that another
// process takes over soon after a crash. The process never claims its own leased messages.
import type { Deps } from "../../kernel/deps.ts";
import type { MessageLease, MessageLeases } from "../../kernel/ports.ts";
import { maxLeaseMs, renewLeases } from "./store/claims.ts";

const leasesPerPeriod = 8;
const renewalsPerLease = 3;

/** How long a lease lasts without renewal: after that, the process counts as dead. */
export const leaseMs = ({ config }: Deps): number =>
  Math.min(config.notifications.leasePeriod / leasesPerPeriod, maxLeaseMs);

interface Held extends MessageLease {
  /** An end that is known to be written; `until` may be. */
  from: number;
  /** It is renewed no more after that: epoch milliseconds. */
  lastsUntil: number;
  /** Messages without a result. */
  left: number;
}

export function createLeases(own: () => Deps): MessageLeases {
  const leases = new Map<string, Held>();
  let timer: ReturnType<typeof setInterval> | undefined;

  function held(now: number): string[] {
    for (const [token, { lastsUntil }] of leases) if (now >= lastsUntil) leases.delete(token);
    return [...leases.keys()];
  }

  async function renew(intervalMs: number): Promise<void> {
    const deps = own();
    if (held(deps.now()).length === 0) return stop();
    const renewed = [...leases.values()];
    const until = deps.now() + leaseMs(deps);
    const statement = renewLeases(renewed, until);
    // An answer may be lost: then, which of the two ends is written is unknown.
    for (const lease of renewed) lease.until = Math.max(lease.until, until);
    try {
      await deps.db.write([statement], {}, intervalMs);
      for (const lease of renewed) lease.from = until;
    } catch (error) {
      if (deps.process.stopping.aborted) return;
      const reason = String(error);
      deps.log.warn("message leases could not be renewed", { leases: renewed.length, reason });
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
    add: (lease, count) => {
      if (count === 0) return;
      const deps = own();
      const lastsUntil = deps.now() + deps.config.notifications.leasePeriod;
      leases.set(lease.token, { ...lease, from: lease.until, lastsUntil, left: count });
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
