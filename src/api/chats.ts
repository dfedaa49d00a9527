// Routes of a user's own chats: receivers that get what the user has chosen, once confirmed by a code that is sent there.
import { Hono } from "hono";
import * as z from "zod";
import { endpoint, readAsUser, currentUserIdSql, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { text } from "../http/schemas.ts";
import { boolean, field, shape, string, time } from "../http/wire.ts";
import {
  addOwnReceiver,
  confirmOwnReceiver,
  removeOwnReceiver,
  resendCode,
} from "../notifications/receivers/own.ts";
import { ownFormats, ownMethod } from "../notifications/receivers/rules/own.ts";
import { listOwnReceivers, type OwnReceiverRow } from "../notifications/receivers/store/own.ts";

const chat = shape<OwnReceiverRow>("NotificationChat")({
  id: string((row) => row.id),
  name: string((row) => row.name),
  format: string((row) => row.format),
  host: string((row) => row.host),
  method: string((row) => ownMethod(row.id), "Its channel in the preferences"),
  confirmed: boolean((row) => row.isEnabled, "Only then it gets notifications"),
  disabled_because: field(
    z.string().nullable().meta({ description: "What it responded when Belfry disabled it" }),
    (row) => row.disabledBecause,
  ),
  last_answer: field(z.string().nullable(), (row) => (row.failures > 0 ? row.answer : null)),
  created_at: time((row) => row.createdAt),
});

const answered = z.object({
  accepted: z.boolean().meta({ description: "Whether the chat accepted the code" }),
  answer: z.string(),
});

const body = z.strictObject({
  name: text(100),
  format: z.enum(ownFormats),
  address: text(2_000),
  secret: text(1_000).optional().meta({ description: "Of ntfy: an access token" }),
});

const path = "/notifications/chats";
const one = `${path}/:chat` as const;

const ownerOf = async (c: Ctx) => {
  const { actor } = await readAsUser(c, {});
  return { userId: actor.userId, username: actor.username };
};

export const chatRoutes = new Hono<Env>()
  .get(
    path,
    endpoint({
      summary: "List your own chats",
      access: "session",
      answers: { 200: z.array(chat.schema) },
      errors: [401],
    }),
    async (c) => {
      const { chats } = await readAsUser(c, { chats: listOwnReceivers(currentUserIdSql(c)) });
      return c.json(chats.map(chat.from));
    },
  )
  .post(
    path,
    endpoint({
      summary: "Add a chat of your own; a code is sent there, which confirms it",
      access: "session",
      answers: { 201: chat.schema.extend(answered.shape) },
      errors: [400, 401, 409, 415],
    }),
    valid("json", body),
    async (c) => {
      const owner = await ownerOf(c);
      const { receiver, isAccepted, answer } = await addOwnReceiver(
        c.get("deps"),
        owner,
        c.req.valid("json"),
      );
      return c.json({ ...chat.from(receiver), accepted: isAccepted, answer }, 201);
    },
  )
  .post(
    `${one}/code`,
    endpoint({
      summary: "Send another code to a chat; the one before is no longer valid",
      access: "session",
      answers: { 200: answered },
      errors: [401, 404, 409],
    }),
    async (c) => {
      const owner = await ownerOf(c);
      const { isAccepted, answer } = await resendCode(c.get("deps"), owner, c.req.param("chat"));
      return c.json({ accepted: isAccepted, answer });
    },
  )
  .post(
    `${one}/confirm`,
    endpoint({
      summary: "Confirm a chat with the code that was sent there",
      access: "session",
      answers: { 200: chat.schema },
      errors: [400, 401, 404, 415],
    }),
    valid("json", z.strictObject({ code: text(100) })),
    async (c) => {
      const owner = await ownerOf(c);
      const { code } = c.req.valid("json");
      return c.json(chat.from(await confirmOwnReceiver(c.get("deps"), owner, c.req.param("chat"), code)));
    },
  )
  .delete(
    one,
    endpoint({
      summary: "Delete a chat of your own; notifications that wait for it are not sent",
      access: "session",
      answers: { 204: null },
      errors: [401, 404],
    }),
    async (c) => {
      await removeOwnReceiver(c.get("deps"), await ownerOf(c), c.req.param("chat"));
      return c.body(null, 204);
    },
  );
