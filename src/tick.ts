// One run of everything periodic. Safe to run twice, at the same time, on two machines; a step that fails stops no other.
// One round trip reads what is due, and one writes what the steps leave: an idle tick costs these two.
import type { Statement } from "../db/client.ts";
import type { DeliveryQueue } from "./kernel/ports.ts";
import { dueQuestionReads, questionPurges, timeOutQuestions } from "./agent-sessions/questions/time-out.ts";
import { readClock } from "../db/statements.ts";
import { keyMatches, keyCheckStatements, wrongKeyMessage } from "./accounts/key-check.ts";
import { parseUnsignedUntil, unknownUntil } from "./accounts/rules/api-key.ts";
import { readKeyCheck, readUnsignedUntil } from "./accounts/store/deployment.ts";
import { accountPurges } from "./accounts/maintenance.ts";
import { agentSessionPurges, endSilentSessions, silentReads } from "./agent-sessions/end-sessions.ts";
import type { Deps } from "./kernel/deps.ts";
import { inOwnTrace } from "./kernel/tracing.ts";
import { firstSlices, hasMore, purgeRest, type Purges } from "./kernel/purge.ts";
import { expandUnfinished, unfinishedReads } from "./notifications/custom/expand.ts";
import { dispatch, type DispatchReport } from "./notifications/delivery/dispatch.ts";
import { wakeQueueAt } from "./notifications/delivery/wake.ts";
import { findNextLeaseEnd } from "./notifications/delivery/store/claims.ts";
import { expireMessages } from "./notifications/delivery/store/queue.ts";
import { notificationPurges } from "./notifications/delivery/store/purges.ts";
import { findDueQueues } from "./notifications/delivery/store/claims.ts";
import { sendDigests } from "./notifications/digest/send-digests.ts";
import { findDueDigests } from "./notifications/digest/store/digests.ts";
import { findDueSnoozes, returnSnoozed } from "./notifications/inbox/store/snooze.ts";
import { escalate, escalationReads } from "./notifications/routing/escalate.ts";
import { noteTick, readLastTick } from "./notifications/preferences/store/settings.ts";
import { dueStartReads, startDue } from "./workspaces/autostart/autostart.ts";
import { continueRestarts, restartReads } from "./workspaces/builds/restart.ts";
import { requestReconciliation, beginRun, dueReads, isDue } from "./prebuilds/reconcile/reconcile.ts";
import { expireLeases, leaseReads } from "./workspaces/jobs/expire-leases.ts";
import {
  deleteOld,
  isRetentionDue,
  noteFirstRun,
  retentionReads,
} from "./workspaces/retention/delete-old.ts";
import { sourcePurges } from "./sources/maintenance.ts";
import { appStatusPurges } from "./workspaces/agents/report-app-status.ts";

export interface TickReport {
  dispatch: DispatchReport | null;
  /** Jobs whose lease has expired. */
  expiredJobs: number | null;
  /** Workspaces that were started by schedule. */
  started: number | null;
  /** Sessions of AI agents that reported nothing for too long. */
  endedSessions: number | null;
  /** The outcome of the reconciliation; null if none was due, or if it failed. */
  pools: "done" | "paused" | "busy" | null;
  purged: boolean;
}

export interface TickOptions {
  /** Epoch milliseconds after which nothing new starts. */
  until?: number;
  /**
   * Called once everything is done but what takes as long as there are receivers, people or old rows: deliveries, digests,
   * purges. Nothing waits for those.
   */
  onStepsDone?: () => void;
}

export const tick = (deps: Deps, options: TickOptions = {}): Promise<TickReport> =>
  inOwnTrace(deps, "tick", (traced) => runTick(traced, options));

async function runTick(deps: Deps, options: TickOptions): Promise<TickReport> {
  const due = await step(deps, "start", () => startTick(deps));
  const dispatching = startDispatch(deps, due, options.until);
  const expiredJobs = due && (await step(deps, "leases", () => expireLeases(deps, due)));
  if (due) await step(deps, "questions", () => timeOutQuestions(deps, due));
  const started = due && (await step(deps, "autostart", () => startDue(deps, due)));
  const ended = due && (await step(deps, "agent sessions", () => endSilentSessions(deps, due)));
  if (due) await step(deps, "escalations", () => escalate(deps, due.escalations));
  if (due) await step(deps, "restarts", () => continueRestarts(deps, due));
  // Last, because the write that finishes this tick releases its lease.
  const pools = due && isDue(due, deps.now()) ? await step(deps, "pools", () => beginRun(deps)) : null;
  const returning = (due?.snoozed ?? []).map(() => returnSnoozed(deps.now()));
  const purges = purgesOf(deps);
  const changes = [...returning, ...(due === null ? [] : noteFirstRun(deps, due))];
  const purged = await step(deps, "purge", () => finishTick(deps, purges, pools?.end ?? [], changes));
  const outcome = pools?.run.outcome ?? null;
  options.onStepsDone?.();
  if (returning.length > 0) deps.process.hub.wake();
  if (due) await step(deps, "custom notifications", () => expandUnfinished(deps, due.unfinished));
  if ((due?.digests.length ?? 0) > 0)
    await step(deps, "digests", () => sendDigests(deps, shareOf(deps, options, 1 / 2)));
  if (purged?.hasMore === true)
    await step(deps, "purge", () => purgeRest(deps, purges, shareOf(deps, options, 1 / 2)));
  if (due !== null && isRetentionDue(due, deps.now()))
    await step(deps, "retention", () => deleteOld(deps, due, shareOf(deps, options, 1 / 4)));
  return {
    dispatch: await dispatching,
    expiredJobs,
    started,
    endedSessions: ended,
    pools: outcome,
    purged: purged !== null,
  };
}

/** Runs beside the other steps. If it is unknown what is due, every queue is. */
async function startDispatch(
  deps: Deps,
  answers: { due: DeliveryQueue[] } | null,
  until = Infinity,
): Promise<DispatchReport | null> {
  if (answers?.due.length === 0) return nothing;
  const queues = answers === null ? {} : { queues: answers.due };
  return step(deps, "dispatch", () => dispatch(deps, { until, ...queues }));
}

const nothing: DispatchReport = { claimed: 0, sent: 0, failed: 0 };

/** Sets the clock by the database's, and reads what is due for each step. */
async function startTick(deps: Deps) {
  const { clock } = deps.process;
  const asked = clock.local();
  const answers = await deps.db.read({
    clock: readClock(),
    lastTick: readLastTick(),
    ...leaseReads(deps.now()),
    ...dueStartReads(deps.now()),
    ...restartReads(),
    ...dueQuestionReads(deps.now()),
    ...silentReads(deps.now()),
    ...unfinishedReads(deps.now()),
    ...escalationReads(deps.now()),
    ...dueReads(),
    ...retentionReads(),
    due: findDueQueues(deps.now()),
    snoozed: findDueSnoozes(deps.now()),
    digests: findDueDigests(deps.now()),
    nextExpiry: findNextLeaseEnd(deps.process.leases.held(deps.now()), deps.now()),
    keyCheck: readKeyCheck(),
    unsigned: readUnsignedUntil(),
  });
  const isOwnKey = keyMatches(deps, answers.keyCheck[0]?.value);
  if (!isOwnKey) deps.log.error(wrongKeyMessage);
  // With another key than the deployment's, no user's key would have a valid signature.
  deps.process.unsignedUntil.value = isOwnKey ? parseUnsignedUntil(answers.unsigned[0]?.value) : unknownUntil;
  const change = clock.observe(answers.clock[0]!.now, asked);
  if (Math.abs(change) > minReportedChangeMs)
    deps.log.warn("this machine's clock differs from the database's; using the database's", {
      seconds: change / 1_000,
    });
  // A killed process releases no lease: its messages are taken over when the lease expires.
  const expiresAt = answers.nextExpiry[0]?.at ?? -Infinity;
  if (expiresAt > deps.now()) wakeQueueAt(deps, expiresAt);
  return answers;
}

const purgesOf = (deps: Deps): Purges => ({
  ...notificationPurges(deps.now(), deps.config.notifications),
  ...appStatusPurges(deps),
  ...sourcePurges(deps),
  ...questionPurges(deps.now()),
  ...accountPurges(deps),
  ...agentSessionPurges(deps),
});

/** Deleting, and digests, use a part of the time until the next tick. */
const shareOf = (deps: Deps, { until = Infinity }: TickOptions, share: number) =>
  Math.min(until, deps.now() + deps.config.notifications.fetchInterval * share);

/** Records the tick, finishes what it started, and deletes the first slices of old rows. */
async function finishTick(
  deps: Deps,
  purges: Purges,
  ends: readonly Statement[],
  changes: readonly Statement[],
): Promise<{ hasMore: boolean }> {
  const notes = [noteTick(deps.now()), ...keyCheckStatements(deps), ...ends];
  const slices = firstSlices(purges);
  const write = async (statements: readonly Statement[], deleted: Record<string, Statement>) => {
    const after = await deps.db.write(statements, { ...deleted, ...dueReads() });
    if (ends.length > 0 && isDue(after, deps.now())) requestReconciliation(deps);
    return after as Record<string, unknown>;
  };
  try {
    const after = await write([...expireMessages(deps.now()), ...changes, ...notes], slices);
    return { hasMore: hasMore(Object.fromEntries(Object.keys(slices).map((name) => [name, after[name]]))) };
  } catch (error) {
    // A failed deletion doesn't keep the tick from being recorded.
    await write(notes, {});
    throw error;
  }
}

/** Smaller corrections of the clock are not logged. */
const minReportedChangeMs = 5_000;

async function step<T>(deps: Deps, name: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    deps.log.error("a step of the tick failed", {
      step: name,
      reason: error instanceof Error ? error.message : String(error),
    });
    return null;
  }
}
