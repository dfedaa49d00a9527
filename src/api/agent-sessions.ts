// Routes of the sessions of AI agents: /agent-sessions. Agents report by them, wherever they run; a user reads their own.
import { Hono } from "hono";
import * as z from "zod";
import { agentSessionStates } from "../../db/schema.ts";
import { reportSession, sessionReads } from "../agent-sessions/report-session.ts";
import {
  maxKeyBytes,
  maxMessageBytes,
  maxTitleBytes,
  reportedStates,
} from "../agent-sessions/rules/report.ts";
import { findSessionView, listSessionViews, type SessionView } from "../agent-sessions/store/sessions.ts";
import { notFound } from "../kernel/errors.ts";
import { isWebUrl } from "../kernel/rules/web-url.ts";
import { currentUserIdSql, endpoint, readAsUser, valid, type Env } from "../http/endpoint.ts";
import { readAsReporter } from "../http/reporter.ts";
import { filledText, oneLine, strictQuery, text } from "../http/schemas.ts";
import { field, shape, string, time, timeOrNull } from "../http/wire.ts";

export const sessionKeySchema = filledText(maxKeyBytes).pipe(oneLine(maxKeyBytes));

const webLink = text(2_048)
  .refine(isWebUrl, { error: "must be a URL that begins with http:// or https://" })
  .meta({ format: "uri" });

const reportBody = z.strictObject({
  state: z.enum(reportedStates, { error: `must be one of ${reportedStates.join(", ")}` }),
  title: filledText(maxTitleBytes)
    .pipe(oneLine(maxTitleBytes))
    .nullish()
    .transform((title) => title ?? undefined)
    .meta({ description: "Without it, what it was; of a new session, the key" }),
  message: text(maxMessageBytes)
    .nullish()
    .transform((message) => message ?? ""),
  url: webLink.nullish().transform((url) => url ?? null),
  parent: sessionKeySchema
    .nullish()
    .transform((parent) => parent ?? undefined)
    .meta({ description: "The key of the session that started this one: nobody is notified about it" }),
});

const questionShape = shape<NonNullable<SessionView["question"]>>("OpenQuestion")({
  id: string((row) => row.id),
  text: string((row) => row.text),
  options: field(z.array(z.string()), (row) => row.options),
  expires_at: time((row) => row.timesOutAt),
});

const nullableString = z.string().nullable();

export const sessionShape = shape<SessionView>("AgentSession")({
  id: string(({ session }) => session.id),
  key: string(({ session }) => session.key, "Chosen by who reports"),
  state: field(z.enum(agentSessionStates), ({ session }) => session.state),
  title: string(({ session }) => session.title),
  message: string(({ session }) => session.message),
  url: field(nullableString, ({ session }) => session.url),
  parent: field(nullableString, ({ session }) => session.parent),
  workspace_id: field(nullableString, ({ session }) => session.workspaceId),
  created_at: time(({ session }) => session.createdAt),
  state_since: time(({ session }) => session.stateSince),
  seen_at: time(({ session }) => session.seenAt, "The latest report"),
  ended_at: timeOrNull(({ session }) => session.endedAt),
  question: field(
    questionShape.schema.nullable().meta({ description: "The open one" }),
    ({ question }) => question && questionShape.from(question),
  ),
});

const query = strictQuery({
  state: z.enum(agentSessionStates, { error: `must be one of ${agentSessionStates.join(", ")}` }).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const keyParam = z.object({ key: sessionKeySchema });

export const agentSessionRoutes = new Hono<Env>()
  .put(
    "/agent-sessions/:key",
    endpoint({
      summary: "Report what an AI agent is doing; its user is notified when it waits, is done or has failed",
      access: "session-or-agent",
      action: "notify-self",
      answers: { 200: z.object({ id: z.string(), changed: z.boolean() }) },
      errors: [400, 401, 403, 409, 429],
    }),
    valid("param", keyParam),
    valid("json", reportBody),
    async (c) => {
      const { key } = c.req.valid("param");
      const report = { key, ...c.req.valid("json") };
      const { reporter, ...read } = await readAsReporter(c, (userId) => sessionReads(userId, report));
      return c.json(await reportSession(c.get("deps"), reporter, report, read));
    },
  )
  .get(
    "/agent-sessions",
    endpoint({
      summary: "List your AI agents' sessions, latest change first",
      access: "session",
      answers: { 200: z.object({ sessions: z.array(sessionShape.schema) }) },
      errors: [400, 401],
    }),
    valid("query", query),
    async (c) => {
      const { state, limit } = c.req.valid("query");
      const { rows } = await readAsUser(c, { rows: listSessionViews(currentUserIdSql(c), state, limit) });
      return c.json({ sessions: rows.map(sessionShape.from) });
    },
  )
  .get(
    "/agent-sessions/:key",
    endpoint({
      summary: "One of your AI agents' sessions",
      access: "session",
      answers: { 200: sessionShape.schema },
      errors: [400, 401, 404],
    }),
    valid("param", keyParam),
    async (c) => {
      const { key } = c.req.valid("param");
      const { rows } = await readAsUser(c, { rows: findSessionView(currentUserIdSql(c), key) });
      if (rows[0] === undefined) throw notFound("Session");
      return c.json(sessionShape.from(rows[0]));
    },
  );
