// The route that says why a user got an event, or did not: /notifications/events/{id}/recipients/{user}.
import { Hono } from "hono";
import * as z from "zod";
import { endpoint, readAsUser, currentUserIdSql, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { toTime, uuid } from "../http/schemas.ts";
import { notFound } from "../kernel/errors.ts";
import { explainRecipient } from "../notifications/delivery/explain-recipient.ts";
import { findEvent, findPerson, listRecipientReasons } from "../notifications/delivery/store/event.ts";
import { listMessages } from "../notifications/delivery/store/log.ts";
import { messageShape, targetsFor } from "./messages.ts";

const maxMessages = 20;

const seesRecipients = {
  permission: "deployment:read",
  deniedMessage: "Only owners and auditors can see who is notified of what.",
} as const;

/** `user`: a name or an id. */
const recipientReads = (c: Ctx, eventId: string, user: string) => ({
  event: findEvent({ eventId }),
  person: findPerson(user),
  recipients: listRecipientReasons({ eventId }),
  messages: listMessages(currentUserIdSql(c), { event: eventId, user }, maxMessages),
});

const answer = z.object({
  event: z.object({
    id: z.string(),
    template: z.object({ id: z.string(), name: z.string() }),
    created_at: z.string(),
  }),
  user: z.object({ id: z.string(), username: z.string() }),
  is_recipient: z.boolean(),
  explanation: z.string(),
  messages: z.array(messageShape.schema),
});

export const eventRecipientRoutes = new Hono<Env>().get(
  "/notifications/events/:id/recipients/:user",
  endpoint({
    summary: "Explain why a user got an event, or did not",
    access: "session",
    requires: seesRecipients,
    answers: { 200: answer },
    errors: [400, 404],
  }),
  valid("param", z.object({ id: uuid, user: z.string() })),
  async (c) => {
    const { id, user } = c.req.valid("param");
    const { actor, event, person, recipients, messages } = await readAsUser(c, recipientReads(c, id, user));
    if (event[0] === undefined) throw notFound("Event");
    if (person[0] === undefined) throw notFound("User");
    const { isRecipient, text } = explainRecipient({ event: event[0], person: person[0], recipients });
    const targets = targetsFor(actor, c.get("deps").config);
    return c.json({
      event: {
        id: event[0].id,
        template: { id: event[0].templateId, name: event[0].templateName },
        created_at: toTime(event[0].createdAt),
      },
      user: { id: person[0].id, username: person[0].username },
      is_recipient: isRecipient,
      explanation: text,
      messages: messages.map((row) => messageShape.from({ ...row, targets })),
    });
  },
);
