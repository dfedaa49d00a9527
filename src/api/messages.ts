// Routes of the delivery log: recipients, channels, attempts, and the reasons for each decision.
import { Hono } from "hono";
import * as z from "zod";
import { attemptOutcomes, messageStatuses } from "../../db/schema.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import type { Config } from "../config/config.ts";
import { notFound } from "../kernel/errors.ts";
import { messageMethods, receiverOf, type MessageMethod } from "../notifications/channels/index.ts";
import {
  findMessage,
  isMessageVisibleSql,
  listAttempts,
  listMessages,
  type AttemptRow,
  type MessageRow,
} from "../notifications/delivery/store/log.ts";
import { endpoint, readAsUser, currentUserIdSql, valid, type Env, visibleIf } from "../http/endpoint.ts";
import { strictQuery, uuid } from "../http/schemas.ts";
import { field, list, number, object, shape, string, time, timeOrNull } from "../http/wire.ts";

type Targets = (method: string) => string | null;
type MessageView = MessageRow & { targets: Targets };

export const messageShape = shape<MessageView>("NotificationMessage")({
  id: string((row) => row.id),
  event_id: string((row) => row.eventId),
  template: object({
    id: string((row) => row.templateId),
    name: string((row) => row.templateName),
    version: number((row) => row.templateVersion),
  }),
  user: object({ id: string((row) => row.userId), username: string((row) => row.username) }),
  method: field(z.enum(messageMethods), (row) => row.method as MessageMethod),
  target: field(
    z.string().nullable().meta({
      description:
        "The host of the channel, or the name of the receiver, for owners and auditors; otherwise null",
    }),
    (row) => row.receiver ?? row.targets(row.method),
  ),
  status: field(z.enum(messageStatuses), (row) => row.status),
  reasons: field(
    z.array(z.string()).meta({ description: "Codes: why this recipient, why this channel, why not" }),
    (row) => JSON.parse(row.reasons) as string[],
  ),
  attempt_count: number((row) => row.attempts),
  last_answer: field(z.string().nullable(), (row) => row.lastDetail),
  next_try_at: timeOrNull((row) => row.dueAt),
  created_by: string((row) => row.createdBy),
  created_at: time((row) => row.createdAt),
  updated_at: time((row) => row.updatedAt),
});

const attemptShape = shape<AttemptRow>("NotificationAttempt")({
  number: number((row) => row.number),
  started_at: time((row) => row.startedAt),
  duration_ms: field(z.number().nullable(), (row) =>
    row.finishedAt === null ? null : row.finishedAt - row.startedAt,
  ),
  outcome: field(z.enum(attemptOutcomes), (row) => row.outcome),
  answer: field(z.string().nullable(), (row) => row.detail),
});

const messageWithAttemptsShape = shape<MessageView & { history: AttemptRow[] }>()({
  ...messageShape.members,
  attempts: list(attemptShape, (row) => row.history),
});

const listQuery = strictQuery({
  status: z.enum(messageStatuses).optional(),
  template: uuid.optional(),
  user: z.string().min(1).optional(),
  event: uuid.optional(),
  method: z.enum(messageMethods).optional(),
  before: uuid.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const messageRoutes = new Hono<Env>()
  .get(
    "/notifications/messages",
    endpoint({
      summary: "List the delivery log, newest first: your messages; for owners, everybody's",
      access: "session",
      answers: { 200: z.object({ messages: z.array(messageShape.schema), next: z.string().nullable() }) },
      errors: [],
    }),
    valid("query", listQuery),
    async (c) => {
      const { limit, ...filter } = c.req.valid("query");
      const { actor, rows } = await readAsUser(c, {
        rows: listMessages(currentUserIdSql(c), filter, limit + 1),
      });
      const shown = rows.slice(0, limit);
      const targets = targetsFor(actor, c.get("deps").config);
      return c.json({
        messages: shown.map((row) => messageShape.from({ ...row, targets })),
        next: rows.length > limit ? shown.at(-1)!.id : null,
      });
    },
  )
  .get(
    "/notifications/messages/:id",
    endpoint({
      summary: "Get a message with its attempts and reasons",
      access: "session",
      answers: { 200: messageWithAttemptsShape.schema },
      errors: [404],
    }),
    valid("param", z.object({ id: uuid })),
    async (c) => {
      const { id } = c.req.valid("param");
      const reads = { message: findMessage(currentUserIdSql(c), id), attempts: listAttempts(id) };
      const visible = visibleIf(isMessageVisibleSql(currentUserIdSql(c), id), "Message");
      const { actor, message, attempts } = await readAsUser(c, reads, visible);
      if (message[0] === undefined) throw notFound("Message");
      const targets = targetsFor(actor, c.get("deps").config);
      return c.json(messageWithAttemptsShape.from({ ...message[0], targets, history: attempts }));
    },
  );

/** What else runs here is not for everybody to know. */
export function targetsFor(actor: Actor, { notifications }: Config): Targets {
  const isShown = hasPermission(actor, "deployment:read");
  return (method) => (isShown ? (receiverOf(notifications.channels, method) ?? null) : null);
}
