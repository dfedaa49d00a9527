// Notifications about an AI agent's session, for its user. Each change of state is an event of its own.
import type { SQL } from "../../db/client.ts";
import type { AgentSessionState } from "../../db/schema.ts";
import { defineKind, situationKey, usernameOf, type PersonRead } from "../notifications/index.ts";

export const sessionKey = (sessionId: string): string => situationKey("agent", sessionId);

export interface SessionChange {
  id: string;
  userId: string;
  changeId: string;
  title: string;
  message: string;
  url: string | null;
  workspaceId: string | null;
  /** Epoch milliseconds; undefined: at once. */
  notBefore: number | undefined;
}

const eventOf = (
  { id, userId, changeId, title, message, url, workspaceId, notBefore }: SessionChange,
  people: readonly PersonRead[],
) => ({
  labels: { session: title },
  data: { message, url: url ?? "" },
  facts: { owner: usernameOf(people, userId) },
  targets: [id, userId, ...(workspaceId === null ? [] : [workspaceId])],
  createdBy: "agent-sessions",
  identity: `agent-session ${id} ${changeId}`,
  recipients: { people: [{ id: userId, why: "own_agent" as const }] },
  notBefore,
  subject: sessionKey(id),
});

/** Each time that it waits, it waits for an answer. */
const untilItContinues = (change: SessionChange, people: readonly PersonRead[]) => ({
  ...eventOf(change, people),
  situation: { key: sessionKey(change.id), isCalm: false },
});

const audience = (users: { self: SQL<string> } | { userIdsSql: SQL }) => users;
/** A session has one state at a time, so that the four are read by one name. */
const slot = "agentSession";

export const sessionKinds = {
  waiting: defineKind("agent-session-waiting", { slot, audience, event: untilItContinues }),
  done: defineKind("agent-session-done", { slot, audience, event: eventOf }),
  failed: defineKind("agent-session-failed", { slot, audience, event: eventOf }),
  stale: defineKind("agent-session-stale", {
    slot,
    audience,
    event: ({ minutes, ...change }: SessionChange & { minutes: number }, people) => {
      const event = untilItContinues(change, people);
      return { ...event, data: { ...event.data, minutes } };
    },
  }),
} satisfies Record<Exclude<AgentSessionState, "working">, unknown>;
