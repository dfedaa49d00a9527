// Routes of receivers: chats, pagers and webhooks that get events besides the people who are notified. The environment's
// webhook is the first; it can't be changed here.
import { Hono, type Context } from "hono";
import * as z from "zod";
import { audit } from "../accounts/audit.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { hasPermissionSql } from "../accounts/store/manage.ts";
import { findKey } from "../accounts/store/keys.ts";
import { endpoint, readAsUser, valid, type Ctx, type Env, type Requirement } from "../http/endpoint.ts";
import { forbidden, notFound, unauthorized } from "../kernel/errors.ts";
import {
  changeReceiver,
  createReceiver,
  removeReceiver,
  rotateReceiverSecret,
  type Manager,
  type WithSecret,
} from "../notifications/receivers/manage.ts";
import { previewReceiver } from "../notifications/receivers/preview.ts";
import { rotationMs } from "../notifications/receivers/rules/given.ts";
import { testReceiver } from "../notifications/receivers/send-test.ts";
import { changeBody, createBody, previewAnswer, previewBody, secretField } from "./receiver-bodies.ts";
import { allReceivers, receiverShape } from "./receiver-shape.ts";
import { findReceiver, listReceivers, type ReceiverRow } from "../notifications/receivers/store/receivers.ts";

export const toManageReceivers: Requirement = {
  permission: "deployment:manage",
  deniedMessage: "Only owners can manage receivers.",
};
export const toReadReceivers: Requirement = {
  permission: "deployment:read",
  deniedMessage: "Only owners and auditors can see receivers.",
};

const toJson = (row: ReceiverRow, now: number) => receiverShape.from({ ...row, isReadOnly: false, now });

const withSecretSchema = receiverShape.schema.extend({ secret: secretField });
const withSecret = ({ receiver, secret }: WithSecret, now: number) => ({ ...toJson(receiver, now), secret });

/** An owner, for the verbs of receivers. */
export const managerOf = (c: Ctx, actor: Actor): Manager => ({
  userId: actor.userId,
  allowedSql: hasPermissionSql(actor, "deployment:manage"),
  note: (resourceId) => (entry, when) =>
    audit(
      c.get("deps"),
      { ...entry, actorId: actor.userId, resourceType: "notification_receiver", resourceId },
      when,
    ),
  refuse: async () => {
    const { key } = await c.get("deps").db.read({ key: findKey(actor.keyId) });
    throw key.length === 0 ? unauthorized() : forbidden("Only owners can manage receivers.");
  },
});

const path = "/notifications/receivers";
const ofReceiver = `${path}/:receiver` as const;

type C = Context<Env>;
const readReceiver = async (c: C, name: string) => {
  const { actor, receiver } = await readAsUser(c, { receiver: findReceiver(name) });
  return { manager: managerOf(c, actor), receiver: receiver[0] };
};

export const receiverRoutes = new Hono<Env>()
  .get(
    path,
    endpoint({
      summary: "List receivers, the environment's webhook first",
      access: "session",
      requires: toReadReceivers,
      answers: { 200: z.array(receiverShape.schema) },
      errors: [401, 403],
    }),
    async (c) => {
      const { receivers } = await readAsUser(c, { receivers: listReceivers() });
      const { config, now } = c.get("deps");
      return c.json(allReceivers(config, receivers).map((row) => receiverShape.from({ ...row, now: now() })));
    },
  )
  .post(
    path,
    endpoint({
      summary: "Create a receiver; a secret that Belfry creates is returned only once",
      access: "session",
      requires: toManageReceivers,
      answers: { 201: withSecretSchema },
      errors: [400, 401, 403, 409, 413, 415],
    }),
    valid("json", createBody),
    async (c) => {
      const { actor } = await readAsUser(c, {});
      const { min_severity: minSeverity, ...given } = c.req.valid("json");
      const deps = c.get("deps");
      const created = await createReceiver(deps, managerOf(c, actor), { ...given, minSeverity });
      return c.json(withSecret(created, deps.now()), 201);
    },
  )
  .post(
    `${path}/preview`,
    endpoint({
      summary: "Render what a receiver would be sent, with the sample of a kind; nothing is sent or stored",
      access: "session",
      requires: toManageReceivers,
      answers: { 200: previewAnswer },
      errors: [400, 401, 403, 413, 415],
    }),
    valid("json", previewBody),
    async (c) => {
      await readAsUser(c, {});
      return c.json(await previewReceiver(c.get("deps"), c.req.valid("json")));
    },
  )
  .get(
    ofReceiver,
    endpoint({
      summary: "Get a receiver",
      access: "session",
      requires: toReadReceivers,
      answers: { 200: receiverShape.schema },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { receiver } = await readReceiver(c, c.req.param("receiver"));
      if (receiver === undefined) throw notFound("Receiver");
      return c.json(toJson(receiver, c.get("deps").now()));
    },
  )
  .patch(
    ofReceiver,
    endpoint({
      summary: "Change a receiver, or disable or enable it",
      access: "session",
      requires: toManageReceivers,
      answers: { 200: receiverShape.schema },
      errors: [400, 401, 403, 404, 409, 413, 415],
    }),
    valid("json", changeBody),
    async (c) => {
      const { manager, receiver } = await readReceiver(c, c.req.param("receiver"));
      const { min_severity: minSeverity, enabled: isEnabled, ...given } = c.req.valid("json");
      const change = { ...given, minSeverity, isEnabled };
      const deps = c.get("deps");
      return c.json(toJson(await changeReceiver(deps, manager, receiver, change), deps.now()));
    },
  )
  .post(
    `${ofReceiver}/rotate`,
    endpoint({
      summary: `Create a new signing secret; for ${rotationMs / 3_600_000} hours, requests are also signed with the current one`,
      access: "session",
      requires: toManageReceivers,
      answers: { 200: withSecretSchema },
      errors: [400, 401, 403, 404, 409],
    }),
    async (c) => {
      const { manager, receiver } = await readReceiver(c, c.req.param("receiver"));
      const deps = c.get("deps");
      return c.json(withSecret(await rotateReceiverSecret(deps, manager, receiver), deps.now()));
    },
  )
  .post(
    `${ofReceiver}/test`,
    endpoint({
      summary: "Send a test notification to a receiver now; returns what it answered",
      access: "session",
      requires: toManageReceivers,
      answers: { 200: z.object({ accepted: z.boolean(), answer: z.string() }) },
      errors: [401, 403, 404, 409],
    }),
    async (c) => {
      const { receiver } = await readReceiver(c, c.req.param("receiver"));
      const { isAccepted: accepted, answer } = await testReceiver(c.get("deps"), receiver);
      return c.json({ accepted, answer });
    },
  )
  .delete(
    ofReceiver,
    endpoint({
      summary: "Delete a receiver; waiting notifications are not sent",
      access: "session",
      requires: toManageReceivers,
      answers: { 204: null },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { manager, receiver } = await readReceiver(c, c.req.param("receiver"));
      await removeReceiver(c.get("deps"), manager, receiver);
      return c.body(null, 204);
    },
  );
