// An agent asks its user a question. The question, the session's waiting for it, the notification and the end of the session's
// earlier question are one write.
import type { Answers, SQL } from "../../../db/client.ts";
import {
  areHeldSql,
  claimKeys,
  claimsOf,
  findClaimed,
  findIdempotencyKey,
  type KeyedRequest,
} from "../../../db/idempotency.ts";
import { andSql } from "../../../db/prepared.ts";
import { userIdSql } from "../../accounts/store/users.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, conflict, matchingKey } from "../../kernel/errors.ts";
import { retryOnConflict } from "../../kernel/retry-on-conflict.ts";
import { cancelPending, notify, resolveSituations, writeAndNotify } from "../../notifications/index.ts";
import { assertOfWorkspace, assertWithinLimits, type Reporter } from "../report-session.ts";
import { countChange, maxLiveSessions, opensSituation } from "../rules/report.ts";
import { sessionKey } from "../session-kinds.ts";
import {
  changeSession,
  countOtherLive,
  findSessionByKey,
  latestChangeIsSql,
  mayBeLiveSql,
  sessionIdSql,
  type SessionRow,
} from "../store/sessions.ts";
import { agentQuestion, prepareQuestion } from "./question-kind.ts";
import type { Asked } from "./rules/question.ts";
import { findQuestion, insertQuestion, isOtherQuestionSql } from "./store/questions.ts";
import { findEndedBy, whereSessionIs } from "./store/endings.ts";
import { withdraw } from "./withdraw.ts";

export interface AskRequest {
  /** The session's. */
  key: string;
  asked: Asked;
  /** Where the agent may send it again; the user isn't known before it is read. */
  repeatable: Omit<KeyedRequest, "userId"> | undefined;
}

export const askReads = (userId: SQL<string>, { key, repeatable }: AskRequest, now: number) => ({
  agentSession: findSessionByKey(userId, key),
  otherLive: countOtherLive(userId, key, maxLiveSessions),
  ...agentQuestion.reads(userId),
  ...(repeatable === undefined ? {} : { earlier: findIdempotencyKey(userId, repeatable.key, now) }),
});
export type AskAnswers = Answers<ReturnType<typeof askReads>>;

/** Two round trips with the read before. Throws 404 without a session, 409 for a sub-agent's and beyond the limits, 429. */
export async function askQuestion(
  deps: Deps,
  reporter: Reporter,
  request: AskRequest,
  read: AskAnswers,
): Promise<{ id: string; isReplay: boolean }> {
  const { repeatable } = request;
  const keyed = repeatable && { userId: reporter.userId, ...repeatable };
  return retryOnConflict<AskAnswers, { id: string; isReplay: boolean }>(
    read,
    async (before) => {
      const earlier = matchingKey(keyed, before.earlier?.[0]);
      if (earlier !== undefined) return { done: { id: earlier.subjectId, isReplay: true }, after: before };
      assertOfWorkspace(reporter, before);
      const session = requireAsker(deps, before);
      const id = deps.newId();
      const { changes, changeId } = await prepareAsking(
        deps,
        reporter,
        { id, session, request, keyed },
        before,
      );
      const { question, claimed, superseded } = await writeAndNotify(deps, changes, {
        question: findQuestion(id),
        claimed: findClaimed(claimsOf(keyed, id, 0)),
        superseded: findEndedBy(changeId),
      });
      deps.process.questions.wake(superseded.map((earlier) => earlier.id));
      if (question[0] !== undefined) return { done: { id, isReplay: false }, after: before };
      const first = matchingKey(keyed, claimed[0]);
      if (first !== undefined) return { done: { id: first.subjectId, isReplay: true }, after: before };
      const after = await deps.db.read(askReads(userIdSql(reporter.userId), request, deps.now()));
      return { done: undefined, after };
    },
    "session",
  );
}

function requireAsker(deps: Deps, { agentSession, otherLive }: AskAnswers): SessionRow {
  const [row] = agentSession;
  if (row === undefined)
    throw new ApiError(404, "You have no session with this key.", {
      detail: "Report what the agent is doing first: PUT /api/v2/agent-sessions/{key}.",
    });
  if (row.parent !== null)
    throw conflict("A sub-agent can't ask its user.", "Let the session that started it ask.");
  const asking = { isChanged: true, minute: countChange(row, true, deps.now()) };
  assertWithinLimits(deps, { state: "waiting" }, otherLive[0]!.count, asking);
  return row;
}

interface Asking {
  id: string;
  session: SessionRow;
  request: AskRequest;
  keyed: KeyedRequest | undefined;
}

async function prepareAsking(
  deps: Deps,
  reporter: Reporter,
  { id, session, request, keyed }: Asking,
  read: AskAnswers,
) {
  const { asked } = request;
  const timesOutAt = deps.now() + asked.timeoutSeconds * 1_000;
  const { userId } = reporter;
  const event = await prepareQuestion(deps, read, { id, asked, timesOutAt, session, userId });
  // After the event's own time: what ends the question ends its situation.
  const now = deps.now();
  const claims = claimsOf(keyed, id, now);
  const changeId = deps.newId();
  const isUnchanged = latestChangeIsSql(session.id, session.changeId);
  const mayWait = andSql(reporter.when, mayBeLiveSql(userId, session.key, maxLiveSessions));
  const isOurs = latestChangeIsSql(session.id, changeId);
  // Without its ids: to set them, even to what they are, has the database look for all that refers to them.
  const { title, message, url, parent, workspaceId, appId, isTask } = session;
  const same = { title, message, url, parent, workspaceId, appId, isTask };
  const waiting = {
    ...same,
    state: "waiting" as const,
    stateSince: session.state === "waiting" ? session.stateSince : now,
    seenAt: now,
    endedAt: null,
    changeId,
    ...countChange(session, true, now),
  };
  const key = sessionKey(session.id);
  const others = andSql(whereSessionIs(sessionIdSql(session.id)), isOtherQuestionSql(id));
  const changes = [
    ...claimKeys(claims, andSql(isUnchanged, mayWait)),
    changeSession(session.id, session.changeId, waiting, andSql(mayWait, areHeldSql(claims))),
    ...withdraw(andSql(others, isOurs), { endId: changeId, at: now }),
    // The question says what the session waits for.
    ...cancelPending(key, now, isOurs),
    ...(opensSituation(session.state)
      ? [resolveSituations({ keys: [key], at: now, how: "over", when: isOurs })]
      : []),
    insertQuestion(
      {
        id,
        sessionId: session.id,
        text: asked.text,
        options: JSON.stringify(asked.options),
        takesText: asked.takesText ? 1 : 0,
        defaultAnswer: asked.defaultAnswer,
        createdAt: now,
        timesOutAt,
      },
      isOurs,
    ),
    notify(event, { when: isOurs }),
  ];
  return { changes, changeId };
}
