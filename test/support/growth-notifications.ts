// What is copied of notifications, agent sessions and sources.
import { aUser, id, kind, type Copies, type Sizes } from "./growth-rows.ts";

export function notifications(ids: Record<string, string>, sizes: Sizes): Copies[] {
  const message = `id = '${ids["messages"]}'`;
  const finished = { dedupe_key: "NULL", due_at: "NULL", status: "'sent'" };
  return [
    {
      table: "notification_events",
      count: "messages",
      from: `id = '${ids["events"]}'`,
      but: { id: id(kind.event) },
    },
    {
      table: "notification_messages",
      count: "messages",
      from: message,
      but: { id: id(kind.message), event_id: id(kind.event), user_id: aUser(sizes), ...finished },
    },
    {
      table: "notification_messages",
      count: "messages",
      from: message,
      but: { id: id(kind.myMessage), event_id: id(kind.event), ...finished },
    },
    {
      table: "notification_messages",
      count: "messages",
      from: message,
      but: {
        id: id(kind.received),
        event_id: id(kind.event),
        method: "'receiver'",
        receiver_id: "(SELECT id FROM notification_receivers)",
        ...finished,
      },
    },
    {
      table: "notification_attempts",
      count: "messages",
      from: "true",
      but: { message_id: id(kind.message), number: "1" },
    },
    {
      table: "inbox_notifications",
      count: "inbox",
      from: `id = '${ids["inbox"]}'`,
      but: { id: id(kind.inbox), user_id: aUser(sizes) },
    },
    {
      table: "inbox_notifications",
      count: "inbox",
      from: `id = '${ids["inbox"]}'`,
      but: {
        id: id(kind.myInbox),
        read_at: "CASE n % 50 WHEN 0 THEN 1 END",
        done_at: "CASE n % 100 WHEN 0 THEN 1 END",
      },
    },
    {
      table: "inbox_changes",
      count: "users",
      from: "true",
      but: { user_id: id(kind.user), version: "n + 1000", recent: "''" },
    },
    {
      table: "situations",
      count: "pools",
      from: "true",
      but: {
        id: id(kind.situation),
        key: `'pool/' || ${id(kind.preset)}`,
        last_event_id: id(kind.event),
        notified_event_id: id(kind.event),
      },
    },
    {
      table: "situations",
      count: "messages",
      from: "true",
      but: {
        id: id(kind.resolved),
        key: `'pool/' || ${id(kind.preset)}`,
        last_event_id: id(kind.event),
        notified_event_id: id(kind.event),
        resolved_at: "1",
        how: "'recovered'",
      },
    },
  ];
}

/** mia's have ended; those of the others wait for an answer. */
export function agentSessions(sizes: Sizes): Copies[] {
  const one = "key = 'fix-bug'";
  return [
    {
      table: "agent_sessions",
      count: "sessions",
      from: one,
      but: {
        id: id(kind.ended),
        key: "'ended-' || n",
        app_id: "NULL",
        workspace_id: "NULL",
        state: "'done'",
        ended_at: "1 + n",
      },
    },
    {
      table: "agent_sessions",
      count: "sessions",
      from: one,
      but: {
        id: id(kind.live),
        key: "'live-' || n",
        user_id: aUser(sizes),
        app_id: "NULL",
        workspace_id: "NULL",
        state: "'waiting'",
      },
    },
    {
      table: "agent_questions",
      count: "sessions",
      from: "true",
      but: {
        id: id(kind.answered),
        state: "'answered'",
        answer: "'Yes'",
        ended_at: "1 + n",
        end_id: id(kind.answered),
      },
    },
    {
      table: "agent_questions",
      count: "sessions",
      from: "true",
      but: { id: id(kind.question), user_id: aUser(sizes), session_id: id(kind.live), state: "'open'" },
    },
  ];
}

/** People whom an owner pinned, and what came for them; a source has few others. */
export function sources(): Copies[] {
  return [
    {
      table: "source_people",
      count: "users",
      from: "user_id IS NULL",
      but: {
        foreign_id: id(kind.pinned),
        username: "'pinned-' || n",
        email_canonical: "printf('pinned-%07d@example.com', n)",
        user_id: id(kind.user),
        pinned_at: "1 + n",
      },
    },
    {
      table: "source_receipts",
      count: "messages",
      from: "true",
      but: { message_id: id(kind.receipt), delivery_id: id(kind.receipt) },
    },
  ];
}
