// Routes of what owners do with the delivery log: retry what failed permanently, withdraw what is unsent.
import { Hono } from "hono";
import * as z from "zod";
import { audit } from "../accounts/audit.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { notFound } from "../kernel/errors.ts";
import type { SQL, Statement } from "../../db/client.ts";
import { messageMethods } from "../notifications/channels/index.ts";
import { changeAll, changeMessage, type LogAct } from "../notifications/delivery/log-acts.ts";
import { countPossible } from "../notifications/delivery/store/log-acts.ts";
import { findMessage } from "../notifications/delivery/store/log.ts";
import { emptyAsJson } from "../http/bodies.ts";
import { currentUserIdSql, endpoint, readAsUser, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { uuid } from "../http/schemas.ts";
import { messageShape, targetsFor } from "./messages.ts";

export const ownersOfLog = {
  permission: "deployment:manage",
  deniedMessage: "Only owners can retry and withdraw notifications.",
} as const;

const scopeBody = z.strictObject({
  template: uuid.optional(),
  user: z.string().min(1).optional().meta({ description: "A username or an id" }),
  method: z.enum(messageMethods).optional(),
  event: uuid.optional(),
  until: uuid.optional().meta({ description: "The id of a message: later ones are left alone" }),
});
const withdrawalBody = scopeBody.extend({ status: z.enum(["pending", "temporary_failure"]).optional() });
const dryRun = z.object({
  dry_run: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true"),
});
const changedSchema = z.object({
  changed: z.number().int(),
  remaining: z
    .number()
    .int()
    .meta({ description: "Messages that are left: one request changes up to 10,000" }),
});
const idParam = z.object({ id: uuid });

export const messageActRoutes = new Hono<Env>()
  .post(
    "/notifications/messages/retry",
    endpoint({
      summary: "Retry all messages of a filter that failed permanently; with `dry_run` count them",
      access: "session",
      requires: ownersOfLog,
      answers: { 200: changedSchema },
      errors: [],
    }),
    emptyAsJson,
    valid("query", dryRun),
    valid("json", scopeBody),
    (c) => answerAll(c, "retry", c.req.valid("json"), c.req.valid("query").dry_run),
  )
  .post(
    "/notifications/messages/withdraw",
    endpoint({
      summary: "Withdraw all unsent messages of a filter; with `dry_run` count them",
      access: "session",
      requires: ownersOfLog,
      answers: { 200: changedSchema },
      errors: [],
    }),
    emptyAsJson,
    valid("query", dryRun),
    valid("json", withdrawalBody),
    (c) => answerAll(c, "withdraw", c.req.valid("json"), c.req.valid("query").dry_run),
  )
  .post(
    "/notifications/messages/:id/retry",
    endpoint({
      summary: "Retry a message that failed permanently",
      access: "session",
      requires: ownersOfLog,
      answers: { 200: messageShape.schema },
      errors: [404, 409],
    }),
    valid("param", idParam),
    (c) => answerOne(c, "retry", c.req.valid("param").id),
  )
  .post(
    "/notifications/messages/:id/withdraw",
    endpoint({
      summary: "Withdraw an unsent message",
      access: "session",
      requires: ownersOfLog,
      answers: { 200: messageShape.schema },
      errors: [404, 409],
    }),
    valid("param", idParam),
    (c) => answerOne(c, "withdraw", c.req.valid("param").id),
  );

/** The audit entry of an act, for one message or for those of a scope. */
export const noteOfAct =
  (c: Ctx, actor: Actor, act: LogAct, id: string | null) =>
  (detail: Record<string, unknown>, when: SQL): Statement =>
    audit(
      c.get("deps"),
      {
        actorId: actor.userId,
        action: act,
        resourceType: "notification_message",
        resourceId: id,
        detail,
      },
      when,
    );

/** The verb for one message, with what it needs. Throws 404. */
export async function actOnMessage(c: Ctx, act: LogAct, id: string) {
  const viewer = currentUserIdSql(c);
  const { actor, before } = await readAsUser(
    c,
    { before: findMessage(viewer, id) },
    { requires: ownersOfLog },
  );
  if (before[0] === undefined) throw notFound("Message");
  const note = noteOfAct(c, actor, act, id);
  const entry = (when: SQL) => note({}, when);
  return { actor, message: await changeMessage(c.get("deps"), act, before[0], { viewer, entry }) };
}

async function answerOne(c: Ctx, act: LogAct, id: string) {
  const { actor, message } = await actOnMessage(c, act, id);
  return c.json(messageShape.from({ ...message, targets: targetsFor(actor, c.get("deps").config) }));
}

async function answerAll(c: Ctx, act: LogAct, scope: z.infer<typeof withdrawalBody>, isDry: boolean) {
  if (isDry) {
    const { count } = await readAsUser(c, { count: countPossible(act, scope) });
    return c.json({ changed: 0, remaining: count[0]!.count });
  }
  const { actor } = await readAsUser(c, {});
  return c.json(await changeAll(c.get("deps"), act, scope, noteOfAct(c, actor, act, null)));
}
