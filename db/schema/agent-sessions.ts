// The tables of agent sessions and their questions.
import { sql } from "drizzle-orm";
import { check, foreignKey, index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { agentSessionStates, questionStates } from "../rules/values.ts";
import { oneOf } from "./one-of.ts";

/** What one of a user's AI agents is doing, wherever it runs. Times in epoch milliseconds. */
export const agentSessions = sqliteTable(
  "agent_sessions",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    id: text("id").notNull(),
    userId: text("user_id").notNull(),
    /** Chosen by who reports; its user has it once. */
    key: text("key").notNull(),
    state: text("state", { enum: agentSessionStates }).notNull(),
    title: text("title").notNull(),
    message: text("message").notNull(),
    url: text("url"),
    /** The key of the session that started it; nobody is notified about one that has a parent. */
    parent: text("parent"),
    /** Of an agent that runs in a workspace. */
    workspaceId: text("workspace_id"),
    /** Of a workspace's app, which reports by its status. */
    appId: text("app_id"),
    /** Of an AI task's app: the kinds of tasks notify about it. */
    isTask: integer("is_task", { mode: "boolean" }).notNull(),
    createdAt: integer("created_at").notNull(),
    stateSince: integer("state_since").notNull(),
    /** The latest report, also of an unchanged state. */
    seenAt: integer("seen_at").notNull(),
    /** Of a session that is done, failed or stale. */
    endedAt: integer("ended_at"),
    /** The beginning of the minute whose changes are counted. */
    minuteAt: integer("minute_at").notNull(),
    minuteChanges: integer("minute_changes").notNull(),
    /** The id of the latest change: what was written with it says so. */
    changeId: text("change_id").notNull(),
  },
  (table) => [
    uniqueIndex("agent_sessions_id").on(table.id),
    uniqueIndex("agent_sessions_key").on(table.userId, table.key),
    index("agent_sessions_live")
      .on(table.userId, table.seq)
      .where(sql`ended_at IS NULL`),
    index("agent_sessions_changed").on(table.userId, table.stateSince, table.seq),
    index("agent_sessions_seen")
      .on(table.state, table.seenAt)
      .where(sql`ended_at IS NULL`),
    index("agent_sessions_ended")
      .on(table.endedAt)
      .where(sql`ended_at IS NOT NULL`),
    index("agent_sessions_workspace")
      .on(table.workspaceId)
      .where(sql`workspace_id IS NOT NULL`),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
    check("agent_sessions_state", oneOf("state", agentSessionStates)),
  ],
);

/** A question of an agent to its user: the first answer counts. */
export const agentQuestions = sqliteTable(
  "agent_questions",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    id: text("id").notNull(),
    sessionId: text("session_id").notNull(),
    userId: text("user_id").notNull(),
    text: text("text").notNull(),
    /** JSON: the answers to choose from; empty if only a text answers it. */
    options: text("options", { mode: "json" }).$type<string[]>().notNull(),
    /** A text of one's own is an answer, too. */
    takesText: integer("takes_text", { mode: "boolean" }).notNull(),
    /** What counts if nobody answers in time. */
    defaultAnswer: text("default_answer"),
    createdAt: integer("created_at").notNull(),
    timesOutAt: integer("times_out_at").notNull(),
    state: text("state", { enum: questionStates }).notNull(),
    answer: text("answer"),
    /** The user who answered. */
    endedBy: text("ended_by"),
    endedAt: integer("ended_at"),
    /** The id of the write that ended it. */
    endId: text("end_id"),
  },
  (table) => [
    uniqueIndex("agent_questions_id").on(table.id),
    uniqueIndex("agent_questions_open")
      .on(table.sessionId)
      .where(sql`state = 'open'`),
    index("agent_questions_user")
      .on(table.userId)
      .where(sql`state = 'open'`),
    index("agent_questions_due")
      .on(table.timesOutAt)
      .where(sql`state = 'open'`),
    index("agent_questions_session").on(table.sessionId, table.seq),
    index("agent_questions_end")
      .on(table.endId)
      .where(sql`end_id IS NOT NULL`),
    index("agent_questions_ended")
      .on(table.endedAt)
      .where(sql`ended_at IS NOT NULL`),
    foreignKey({ columns: [table.sessionId], foreignColumns: [agentSessions.id] }).onDelete("cascade"),
    foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete("cascade"),
    check("agent_questions_state", oneOf("state", questionStates)),
  ],
);
