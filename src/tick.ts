// One pass of everything periodic. Safe to run twice, at the same time, on two machines; each part stands alone. What the
// parts look at first is read in one round trip, and what they leave is written in one: an idle pass costs these two.
import type { Statement } from "../db/client.ts";
import { methods, type Method } from "./notifications/channels/index.ts";
import { readClock } from "../db/health.ts";
import { keyMatches, keyCheckStatements, wrongKeyMessage } from "./accounts/key-check.ts";
import { parseUnsignedUntil, unknownUntil } from "./accounts/rules/api-key.ts";
import { readKeyCheck, readUnsignedUntil } from "./accounts/store/deployment.ts";
import { accountPurges } from "./accounts/maintenance.ts";
import type { Deps } from "./kernel/deps.ts";
import { firstSlices, hasMore, purgeRest, type Purges } from "./kernel/purge.ts";
import { dispatch, type DispatchReport } from "./notifications/delivery/dispatch.ts";
import { wakeQueueAt } from "./notifications/delivery/wake.ts";
import {
  expireMessages,
  findDueChannels,
  findNextLeaseExpiry,
  notificationPurges,
} from "./notifications/delivery/store/queue.ts";
import { noteTick, readLastTick } from "./notifications/preferences/store/settings.ts";
import { dueStartReads, startDue } from "./workspaces/autostart/autostart.ts";
import { requestReconciliation, beginRun, dueReads, isDue } from "./prebuilds/reconcile/reconcile.ts";
import { expireLeases, leaseReads } from "./workspaces/jobs/expire-leases.ts";
import { appStatusPurges } from "./workspaces/agents/report-app-status.ts";

export interface TickReport {
  dispatch: DispatchReport | null;
  /** Leases of jobs that ran out. */
  lapsed: number | null;
  /** Workspaces that got a build because their time had come. */
  started: number | null;
  /** What became of the pass over the pools; null when none was due, or it failed. */
  pools: "done" | "paused" | "busy" | null;
  purged: boolean;
}

export interface TickOptions {
  /** Epoch milliseconds after which nothing new is begun. */
  until?: number;
  /** Called when all but the deliveries is done: they take as long as receivers do, and nothing waits for them. */
  onRest?: () => void;
}

export async function tick(deps: Deps, options: TickOptions = {}): Promise<TickReport> {
  const opening = await part(deps, "opening", () => open(deps));
  const dispatching = startDispatch(deps, opening, options.until);
  const lapsed = opening && (await part(deps, "leases", () => expireLeases(deps, opening)));
  const started = opening && (await part(deps, "autostart", () => startDue(deps, opening)));
  // Last, because its lease is given back by what closes this pass.
  const pools =
    opening && isDue(opening, deps.now()) ? await part(deps, "pools", () => beginRun(deps)) : null;
  const purges = purgesOf(deps);
  const purged = await part(deps, "purge", () => close(deps, purges, pools?.end ?? []));
  const outcome = pools?.run.outcome ?? null;
  options.onRest?.();
  if (purged?.hasMore === true)
    await part(deps, "purge", () => purgeRest(deps, purges, purgeUntil(deps, options)));
  return { dispatch: await dispatching, lapsed, started, pools: outcome, purged: purged !== null };
}

/** Beside the other parts. Without an opening, nobody knows what is due. */
async function startDispatch(
  deps: Deps,
  opening: { due: { method: Method }[] } | null,
  until = Infinity,
): Promise<DispatchReport | null> {
  if (opening?.due.length === 0) return nothing;
  const channels = opening?.due.map(({ method }) => method) ?? methods;
  return part(deps, "dispatch", () => dispatch(deps, { until, channels }));
}

const nothing: DispatchReport = { claimed: 0, sent: 0, failed: 0 };

/** Sets our clock by the database's, and looks for what each part has to do. */
async function open(deps: Deps) {
  const { clock } = deps.process;
  const asked = clock.local();
  const answers = await deps.db.read({
    clock: readClock(),
    lastTick: readLastTick(),
    ...leaseReads(deps.now()),
    ...dueStartReads(deps.now()),
    ...dueReads(),
    due: findDueChannels(deps.now()),
    lapse: findNextLeaseExpiry(deps.process.leases.held(deps.now())),
    keyCheck: readKeyCheck(),
    unsigned: readUnsignedUntil(),
  });
  const isOwnKey = keyMatches(deps, answers.keyCheck[0]?.value);
  if (!isOwnKey) deps.log.error(wrongKeyMessage);
  // With another key than the deployment's, no key of a person would look signed.
  deps.process.unsignedUntil.value = isOwnKey ? parseUnsignedUntil(answers.unsigned[0]?.value) : unknownUntil;
  const change = clock.observe(answers.clock[0]!.now, asked);
  if (Math.abs(change) > worthTelling)
    deps.log.warn("this machine's clock differs from the database's; going by the database's", {
      seconds: change / 1_000,
    });
  // A process that was killed gives nothing back: what it held is taken over as soon as it may be.
  const lapsesAt = answers.lapse[0]?.at ?? -Infinity;
  if (lapsesAt > deps.now()) wakeQueueAt(deps, lapsesAt);
  return answers;
}

const purgesOf = (deps: Deps): Purges => ({
  ...notificationPurges(deps.now(), deps.config.notifications),
  ...appStatusPurges(deps),
  ...accountPurges(deps),
});

/** Purging uses half of the time until the next tick. */
const purgeUntil = (deps: Deps, { until = Infinity }: TickOptions) =>
  Math.min(until, deps.now() + deps.config.notifications.fetchInterval / 2);

/** Notes that this pass was, ends what it has begun, and deletes the first of what is old. */
async function close(deps: Deps, purges: Purges, ends: readonly Statement[]): Promise<{ hasMore: boolean }> {
  const notes = [noteTick(deps.now()), ...keyCheckStatements(deps), ...ends];
  const slices = firstSlices(purges);
  const write = async (changes: readonly Statement[], deleted: Record<string, Statement>) => {
    const after = await deps.db.write(changes, { ...deleted, ...dueReads() });
    if (ends.length > 0 && isDue(after, deps.now())) requestReconciliation(deps);
    return after as Record<string, unknown>;
  };
  try {
    const after = await write([...expireMessages(deps.now()), ...notes], slices);
    return { hasMore: hasMore(Object.fromEntries(Object.keys(slices).map((name) => [name, after[name]]))) };
  } catch (error) {
    // What can't be deleted doesn't keep the pass from being noted.
    await write(notes, {});
    throw error;
  }
}

/** Milliseconds of difference that an operator should know of. */
const worthTelling = 5_000;

async function part<T>(deps: Deps, name: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    deps.log.error("a part of the tick failed", {
      part: name,
      reason: error instanceof Error ? error.message : String(error),
    });
    return null;
  }
}
