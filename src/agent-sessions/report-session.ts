// An AI agent reports what it is doing. The report is stored, and its user is notified of it or what is out of date is
// withdrawn, in one write.
import type { Answers, SQL } from "../../db/client.ts";
import { andSql } from "../../db/prepared.ts";
import type { Deps } from "../kernel/deps.ts";
import { userIdSql } from "../accounts/store/users.ts";
import { ApiError, conflict, invalid } from "../kernel/errors.ts";
import { retryOnConflict } from "../kernel/retry-on-conflict.ts";
import { cancelPending, notify, resolveSituations, writeAndNotify } from "../notifications/index.ts";
import type { KindAnswers, StatementOrNotice } from "../notifications/index.ts";
import {
  decideReport,
  isLive,
  maxChangesPerMinute,
  maxLiveSessions,
  secondsUntilAllowed,
  type ReportDecision,
  type ReportedState,
} from "./rules/report.ts";
import { sessionKey, sessionKinds, type SessionChange } from "./session-kinds.ts";
import {
  changeSession,
  countOtherLive,
  findSessionByKey,
  insertSession,
  latestChangeIsSql,
  mayBeLiveSql,
  sessionIdSql,
  updateReported,
} from "./store/sessions.ts";
import { findEndedBy } from "./questions/store/endings.ts";
import { withdrawQuestions } from "./questions/withdraw.ts";

export interface SessionReport {
  key: string;
  state: ReportedState;
  /** Undefined: what it was; of a new session, the key. */
  title: string | undefined;
  message: string;
  url: string | null;
  /** Undefined: what it was. */
  parent?: string | undefined;
  appId?: string;
  isTask?: boolean;
}

/** Who reports: a user, or an agent of their workspace. */
export interface Reporter {
  userId: string;
  workspaceId: string | null;
  /** Nothing is written unless this holds at the moment of the write. */
  when: SQL;
}

export const sessionReads = (userId: SQL<string>, { key, state }: Pick<SessionReport, "key" | "state">) => ({
  agentSession: findSessionByKey(userId, key),
  otherLive: countOtherLive(userId, key, maxLiveSessions),
  ...(state === "working" ? {} : sessionKinds[state].reads({ self: userId })),
});
export type SessionAnswers = Answers<ReturnType<typeof sessionReads>>;

/** Two round trips with the read before. Throws 400, and 409 and 429 beyond the limits. */
export async function reportSession(
  deps: Deps,
  reporter: Reporter,
  report: SessionReport,
  read: SessionAnswers,
): Promise<{ id: string; changed: boolean }> {
  if (report.parent === report.key) throw invalid("parent", "is the session itself");
  return retryOnConflict(
    read,
    async (before) => {
      const { decision, changeId, statements } = prepareReport(deps, reporter, report, before);
      assertOfWorkspace(reporter, before);
      assertWithinLimits(deps, report, before.otherLive[0]!.count, decision);
      const { session, ended } = await writeAndNotify(deps, statements, {
        session: findSessionByKey(reporter.userId, report.key),
        ended: findEndedBy(changeId),
      });
      deps.process.questions.wake(ended.map(({ id }) => id));
      const [after] = session;
      const isDone = decision.isGuarded ? after?.changeId === changeId : after?.state === report.state;
      if (isDone) return { done: { id: after!.id, changed: decision.isChanged }, after: before };
      const reads = sessionReads(userIdSql(reporter.userId), report);
      return { done: undefined, after: await deps.db.read(reads) };
    },
    "session",
  );
}

/** What runs in a workspace changes no session that runs elsewhere. */
export function assertOfWorkspace(
  { workspaceId }: Reporter,
  { agentSession: [before] }: Pick<SessionAnswers, "agentSession">,
): void {
  if (workspaceId === null || before === undefined || before.workspaceId === workspaceId) return;
  if (before.endedAt === null)
    throw conflict(
      "The session runs outside this workspace.",
      "Use another key, or report with a token of the user.",
    );
}

/** `otherLive`: how many sessions of the user are live besides this one; 0 if it is live already. */
export function assertWithinLimits(
  deps: Deps,
  { state }: Pick<SessionReport, "state">,
  otherLive: number,
  decision: Pick<ReportDecision, "isChanged" | "minute">,
): void {
  if (isLive(state) && decision.isChanged && otherLive >= maxLiveSessions)
    throw conflict(
      `You have ${maxLiveSessions} live sessions; no more are allowed.`,
      "Report finished sessions as done or failed.",
    );
  const seconds = secondsUntilAllowed(decision, deps.now());
  if (seconds === undefined) return;
  throw new ApiError(429, `Too many changes: ${maxChangesPerMinute} a minute are allowed for each session.`, {
    detail: `Nothing was changed. Try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`,
    headers: { "retry-after": String(seconds) },
  });
}

export interface PreparedReport {
  decision: ReportDecision;
  /** The session's, if the report changes it. */
  changeId: string;
  statements: StatementOrNotice[];
}

/** What the report writes; nothing for a session that would be live beyond the limit. */
export function prepareReport(
  deps: Deps,
  { userId, workspaceId, when }: Reporter,
  report: SessionReport,
  read: SessionAnswers,
): PreparedReport {
  const now = deps.now();
  const [before] = read.agentSession;
  const { key, state, message, url, parent, appId, isTask = false } = report;
  const title = report.title ?? before?.title ?? key;
  const decision = decideReport(
    before,
    { state, parent, isTask },
    { calmMs: deps.config.agents.calmMs, now },
  );
  const reported = {
    title,
    message,
    url,
    parent: parent ?? before?.parent ?? null,
    workspaceId: workspaceId ?? before?.workspaceId ?? null,
    appId: appId ?? before?.appId ?? null,
    isTask,
    seenAt: now,
  };
  const changeId = deps.newId();
  if (before !== undefined && !decision.isGuarded)
    return { decision, changeId, statements: [updateReported(before.id, state, reported, when)] };
  const update = {
    ...reported,
    state,
    stateSince: decision.isChanged ? now : before!.stateSince,
    endedAt: isLive(state) ? null : now,
    changeId,
    ...decision.minute,
  };
  const id = before?.id ?? deps.newId();
  const isAllowed = isLive(state) ? andSql(when, mayBeLiveSql(userId, key, maxLiveSessions)) : when;
  const changed =
    before === undefined
      ? insertSession({ id, userId, key, createdAt: now, ...update }, isAllowed)
      : [changeSession(id, before.changeId, update, isAllowed)];
  const change = { id, userId, changeId, title, message, url, workspaceId: reported.workspaceId };
  return { decision, changeId, statements: [...changed, ...followUps(deps, decision, state, change, read)] };
}

/** What follows from a change; nothing unless that was written. */
function followUps(
  deps: Deps,
  { notifies, notBefore, withdraws, resolves, withdrawsQuestion }: ReportDecision,
  state: ReportedState,
  change: Omit<SessionChange, "notBefore">,
  read: SessionAnswers,
): StatementOrNotice[] {
  const { id, changeId } = change;
  const at = deps.now();
  const when = latestChangeIsSql(id, changeId);
  const events =
    notifies && state !== "working"
      ? [
          sessionKinds[state].prepare(deps, read as KindAnswers<typeof sessionKinds.waiting>, {
            ...change,
            notBefore,
          }),
        ]
      : [];
  const created = events.map(({ eventId }) => eventId);
  const key = sessionKey(id);
  return [
    ...(withdraws ? cancelPending(key, at, when, created) : []),
    ...(resolves === undefined ? [] : [resolveSituations({ keys: [key], at, how: resolves, when, created })]),
    ...(withdrawsQuestion
      ? withdrawQuestions({ sessions: sessionIdSql(id), at, endId: changeId, when })
      : []),
    ...events.map((event) => notify(event, { when })),
  ];
}
