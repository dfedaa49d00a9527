// Sessions that end without a report: those of a workspace that is stopped or deleted, and those of which nothing was heard.
import type { Answers, SQL } from "../../db/client.ts";
import { trueSql } from "../../db/prepared.ts";
import type { Deps } from "../kernel/deps.ts";
import type { Purges } from "../kernel/purge.ts";
import {
  cancelPending,
  notify,
  resolveSituations,
  writeAndNotify,
  type StatementOrNotice,
} from "../notifications/index.ts";
import { sessionKinds } from "./session-kinds.ts";
import {
  changedIdsSql,
  deleteEndedSessions,
  endLiveOfWorkspace,
  findSilent,
  forgottenMs,
  idsSql,
  latestChangeIsSql,
  liveOfWorkspaceSql,
  quietMs,
  sessionKeysSql,
  setStale,
  type SessionRow,
} from "./store/sessions.ts";
import { withdrawQuestions } from "./questions/withdraw.ts";

/** `sessions`: SQL, a SELECT of ids. */
function endSituations(
  sessions: SQL,
  { at, endId, when }: { at: number; endId: string; when: SQL },
): StatementOrNotice[] {
  const keys = sessionKeysSql(sessions);
  return [
    ...cancelPending(keys, at, when),
    resolveSituations({ keys, at, how: "over", when }),
    ...withdrawQuestions({ sessions, at, endId, when }),
  ];
}

/** Nobody is notified: a person who stops a workspace knows that its agents stop. */
export const endSessionsOfWorkspace = (deps: Deps, workspaceId: string, when: SQL): StatementOrNotice[] => {
  const [at, endId] = [deps.now(), deps.newId()];
  return [
    // First, because it goes by what is live: sent again, it finds nothing.
    ...endSituations(liveOfWorkspaceSql(workspaceId), { at, endId, when }),
    endLiveOfWorkspace(workspaceId, at, endId, when),
  ];
};

/** Of one write. */
const maxEnded = 50;

/** For the tick: sessions that work or wait, and reported nothing for too long. */
export const silentReads = (now: number) => ({
  quietSessions: findSilent("working", now - quietMs, maxEnded),
  forgottenSessions: findSilent("waiting", now - forgottenMs, maxEnded),
});
type Silent = Answers<ReturnType<typeof silentReads>>;

/** Makes them stale. Returns how many. */
export async function endSilentSessions(deps: Deps, due: Silent): Promise<number> {
  let ended = 0;
  for (let found = due; count(found) > 0 && !deps.process.stopping.aborted;) {
    const after = await makeStale(deps, found);
    ended += count(found);
    if (found.quietSessions.length < maxEnded && found.forgottenSessions.length < maxEnded) break;
    found = after;
  }
  return ended;
}

const count = ({ quietSessions, forgottenSessions }: Silent) =>
  quietSessions.length + forgottenSessions.length;

async function makeStale(deps: Deps, { quietSessions, forgottenSessions }: Silent): Promise<Silent> {
  const [at, endId] = [deps.now(), deps.newId()];
  const events = await prepareStale(deps, quietSessions, endId);
  const forgotten = changedIdsSql(
    forgottenSessions.map(({ id }) => id),
    endId,
  );
  const statements: StatementOrNotice[] = [
    setStale([...quietSessions, ...forgottenSessions], at, endId),
    ...(forgottenSessions.length === 0 ? [] : endSituations(forgotten, { at, endId, when: trueSql })),
    ...events,
  ];
  return writeAndNotify(deps, statements, silentReads(at));
}

async function prepareStale(deps: Deps, rows: readonly SessionRow[], changeId: string) {
  const notified = rows.filter(({ parent }) => parent === null);
  if (notified.length === 0) return [];
  const users = idsSql(notified.map(({ userId }) => userId));
  const read = await deps.db.read(sessionKinds.stale.reads({ userIdsSql: users }));
  return notified.map((row) => {
    const minutes = Math.floor((deps.now() - row.seenAt) / 60_000);
    const change = { ...row, changeId, minutes, notBefore: undefined };
    const event = sessionKinds.stale.prepare(deps, read, change);
    return notify(event, { when: latestChangeIsSql(row.id, changeId) });
  });
}

export const agentSessionPurges = (deps: Deps): Purges => ({
  agentSessions: (limit) => deleteEndedSessions(deps.now() - forgottenMs, limit),
});
