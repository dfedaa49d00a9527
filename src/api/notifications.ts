// Routes of sending and settings: /notifications/{custom,test,settings,templates}.
import * as z from "zod";
import { fitCustomText, maxMessageBytes, maxTitleBytes } from "../notifications/outbox/rules/custom-text.ts";
import { plainText } from "../kernel/rules/text.ts";
import { type Ctx, endpoint, readAsUser, currentUserIdSql, valid, type Env } from "../http/endpoint.ts";
import { decodeHeaderText } from "./rules/header-text.ts";
import { filledText } from "../http/schemas.ts";
import { Hono } from "hono";
import { audit } from "../accounts/audit.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { forbidden } from "../kernel/errors.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import type { SentToOthers } from "../notifications/custom/send.ts";
import { customKind, sendCustom } from "../notifications/outbox/send-custom.ts";
import { wakeQueue } from "../notifications/delivery/dispatch.ts";
import type { Enqueued } from "../notifications/outbox/enqueue.ts";
import { isPaused, readSettings, writeSettings } from "../notifications/preferences/store/settings.ts";
import { listTemplates, type TemplateRow } from "../notifications/texts/store/templates.ts";
import { firstMethodOf } from "../notifications/kinds/methods.ts";
import { sendTest, testReads } from "../notifications/outbox/send-test.ts";
import { recipientsSchema, sendAs } from "./custom-recipients.ts";
import { earlierRead, keyedBy, markReplayed, parseRequestKey } from "../http/idempotency.ts";
import { boolean, field, shape, string } from "../http/wire.ts";
import { emptyAsJson, textAsJson } from "../http/bodies.ts";

/** Text that a program may have printed for a terminal. */
const printed = (most: number) =>
  z
    .string()
    .transform(plainText)
    .pipe(filledText(most))
    .meta({ maxLength: most, description: `At most ${most} bytes of UTF-8` });
export const customBody = z.object({
  content: z.object({ title: printed(maxTitleBytes), message: printed(maxMessageBytes) }),
  recipients: recipientsSchema.optional(),
});

/** The title is in the address, or in a header as ntfy has it. What is too long is cut, and the answer says so. */
export function customOfText(message: string, c: Ctx) {
  const title = c.req.query("title") ?? decodeHeaderText(c.req.header("title") ?? "Notification");
  const { truncated, ...content } = fitCustomText({ title, message });
  if (truncated.length > 0) c.header("belfry-truncated", truncated.join(", "));
  return { content };
}

const testBody = z.strictObject({
  user: z.string().min(1).optional().meta({ description: "A username or an id" }),
});
const settingsBody = z.object({ notifier_paused: z.boolean() });
const templateShape = shape<TemplateRow>("NotificationTemplate")({
  id: string((row) => row.id),
  name: string((row) => row.name),
  title_template: string((row) => row.title),
  body_template: string((row) => row.body),
  actions: string((row) => row.actions, "JSON text: an array of {label, url}"),
  group: string((row) => row.group),
  method: string((row) => firstMethodOf(row.method)),
  kind: field(z.enum(["system", "custom"]), (row) => row.kind),
  enabled_by_default: boolean((row) => row.enabledByDefault),
});

export const notificationRoutes = new Hono<Env>()
  .post(
    "/notifications/custom",
    endpoint({
      summary: "Send a custom notification to yourself or to others",
      access: "session",
      action: "notify-self",
      repeatable: true,
      takesBasic: true,
      answers: { 204: null },
      errors: [400, 401, 403, 409, 413, 415],
    }),
    textAsJson(customOfText),
    valid("json", customBody),
    async (c) => {
      const { content, recipients } = c.req.valid("json");
      const deps = c.get("deps");
      const requestKey = parseRequestKey(c, c.req.valid("json"));
      if (recipients !== undefined)
        return answerSent(c, await sendAs(c, { content, recipients, requestKey }));
      const reads = { ...customKind.reads({ self: currentUserIdSql(c) }), ...earlierRead(c, requestKey) };
      const { actor, ...read } = await readAsUser(c, reads);
      const keyed = keyedBy(actor.userId, requestKey);
      return answerSent(c, await sendCustom(deps, actor, { content, keyed }, read));
    },
  )
  .post(
    "/notifications/test",
    endpoint({
      summary: "Send a test notification to yourself or another user",
      access: "session",
      requires: {
        permission: "deployment:manage",
        deniedMessage: "Only owners can send test notifications.",
      },
      repeatable: true,
      answers: { 204: null },
      errors: [401, 403, 409],
    }),
    emptyAsJson,
    valid("json", testBody),
    async (c) => {
      const { user } = c.req.valid("json");
      const requestKey = parseRequestKey(c, c.req.valid("json"));
      const reads = { ...testReads(currentUserIdSql(c), user), ...earlierRead(c, requestKey) };
      const { actor, ...read } = await readAsUser(c, reads);
      const keyed = keyedBy(actor.userId, requestKey);
      return answerSent(c, await sendTest(c.get("deps"), actor, { user, keyed }, read));
    },
  )
  .get(
    "/notifications/settings",
    endpoint({
      summary: "Get whether notifications are paused",
      access: "session",
      answers: { 200: settingsBody },
      errors: [401],
    }),
    async (c) => {
      const { notificationSettings } = await readAsUser(c, { notificationSettings: readSettings() });
      return c.json({ notifier_paused: isPaused(notificationSettings) });
    },
  )
  .put(
    "/notifications/settings",
    endpoint({
      summary: "Pause or resume all notifications",
      access: "session",
      answers: { 200: settingsBody, 304: null },
      errors: [400, 401, 403, 415],
    }),
    valid("json", settingsBody),
    async (c) => {
      const wanted = c.req.valid("json");
      const { actor, notificationSettings } = await readAsUser(c, { notificationSettings: readSettings() });
      if (notificationSettings[0]?.value === JSON.stringify(wanted)) return c.body(null, 304);
      if (!hasPermission(actor, "deployment:manage"))
        throw forbidden("Only owners can pause or resume notifications.");
      await saveSettings(c, actor, wanted);
      return c.json(wanted);
    },
  )
  .get(
    "/notifications/templates/system",
    endpoint({
      summary: "List the kinds that Belfry sends",
      access: "session",
      answers: { 200: z.array(templateShape.schema) },
      errors: [401],
    }),
    async (c) => {
      const { templates } = await readAsUser(c, { templates: listTemplates("system") });
      return c.json(templates.map(templateShape.from));
    },
  )
  .get(
    "/notifications/templates/custom",
    endpoint({
      summary: "List the kinds that users and scripts send",
      access: "session",
      answers: { 200: z.array(templateShape.schema) },
      errors: [401],
    }),
    async (c) => {
      const { templates } = await readAsUser(c, { templates: listTemplates("custom") });
      return c.json(templates.map(templateShape.from));
    },
  );

/** Throws the refusal of what reached nobody. */
function answerSent(
  c: Ctx,
  { eventId, isReplayed, refusal, initialStates, ...sent }: Enqueued & Partial<SentToOthers>,
) {
  if (isReplayed) markReplayed(c);
  if (refusal !== undefined) throw refusal;
  c.header("belfry-event-id", eventId);
  if (sent.recipients !== undefined) c.header("belfry-recipients", String(sent.recipients));
  if (sent.minutes !== undefined && sent.minutes > 0) c.header("belfry-minutes", String(sent.minutes));
  if (sent.isPaused === true || initialStates.some(({ reasons }) => reasons.includes('"paused"')))
    c.header("belfry-paused", "true");
  return c.body(null, 204);
}

/** Pauses, or resumes and sends what is due, and notes who did it. The page with the same button calls it too. */
export async function saveSettings(
  c: Ctx,
  actor: Actor,
  wanted: z.infer<typeof settingsBody>,
): Promise<void> {
  const deps = c.get("deps");
  const entry = audit(deps, {
    actorId: actor.userId,
    action: "write",
    resourceType: "notifications_settings",
    resourceId: null,
    detail: wanted,
  });
  await deps.db.write([writeSettings(wanted, deps.now()), entry], {});
  if (!wanted.notifier_paused) wakeQueue(deps);
}
