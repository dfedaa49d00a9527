// Routes of the channels by which a user gets each kind of notification.
import { Hono } from "hono";
import * as z from "zod";
import type { Answers, Statement } from "../../db/client.ts";
import { endpoint, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { lowerUuid, strictQuery, text } from "../http/schemas.ts";
import { conflict, invalid } from "../kernel/errors.ts";
import { isAlwaysOn } from "../notifications/kinds/kinds.ts";
import { ensureDigest } from "../notifications/digest/store/digests.ts";
import {
  channelChoices,
  choosableMethods,
  toReachable,
} from "../notifications/preferences/channel-choices.ts";
import { presetStatements } from "../notifications/preferences/preset.ts";
import { findPreset, undoPreset } from "../notifications/preferences/store/preset.ts";
import {
  findReach,
  listKindPreferences,
  resetPreferences,
  setChannel,
  setInDigest,
  type KindPreference,
} from "../notifications/preferences/store/preferences.ts";
import { loadSubject } from "./preferences.ts";

const kindChannels = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    channels: z.array(
      z.object({
        method: z.string(),
        label: z.string(),
        enabled: z.boolean(),
        digest: z.boolean().meta({ description: "Of email: it comes with the user's digest" }),
        default: z.boolean().meta({ description: "What holds without a preference of the user" }),
      }),
    ),
  }),
);
type KindChannels = z.infer<typeof kindChannels>;

const channelBody = z.object({
  template_id: lowerUuid,
  method: text(100),
  enabled: z.boolean(),
  digest: z.boolean().optional().meta({
    description: "Of `smtp`: whether emails come with the user's digest; it becomes daily if it was off",
  }),
});

export const channelPreferenceRoutes = new Hono<Env>()
  .get(
    "/users/:user/notifications/channels",
    endpoint({
      summary: "List the kinds of notification with the channels that a user gets them by",
      access: "session",
      answers: { 200: kindChannels },
      errors: [401, 404],
    }),
    async (c) => {
      const { subject, read } = await load(c, c.req.param("user"));
      return c.json(toKindChannels(c, subject, read));
    },
  )
  .post(
    "/users/:user/notifications/only-needs-me",
    endpoint({
      summary: "Send a user only what needs them by email, browser and chat; the inbox stays as it is",
      access: "session",
      answers: { 200: kindChannels },
      errors: [401, 404],
    }),
    async (c) => {
      const { subject, read } = await load(c, c.req.param("user"));
      const { now, config } = c.get("deps");
      const how = { config: config.notifications, reachable: toReachable(subject.email, read.reach) };
      const statements = presetStatements(subject.userId, read.choices, how, now());
      return c.json(await write(c, subject, statements));
    },
  )
  .delete(
    "/users/:user/notifications/only-needs-me",
    endpoint({
      summary: "Undo that: the user's preferences are as they were before",
      access: "session",
      answers: { 200: kindChannels },
      errors: [401, 404, 409],
    }),
    async (c) => {
      const subject = await loadSubject(c, c.req.param("user"));
      const { db, now } = c.get("deps");
      const { preset } = await db.read({ preset: findPreset(subject.userId) });
      if (preset[0]?.isApplied !== 1) throw conflict("There is nothing to undo.");
      return c.json(await write(c, subject, undoPreset(subject.userId, now())));
    },
  )
  .put(
    "/users/:user/notifications/channels",
    endpoint({
      summary: "Enable or disable one channel of one kind; without any channel left the kind is disabled",
      access: "session",
      answers: { 200: kindChannels },
      errors: [400, 401, 404, 415],
    }),
    valid("json", channelBody),
    async (c) => {
      const { template_id: templateId, method, enabled, digest } = c.req.valid("json");
      const { subject, read } = await load(c, c.req.param("user"));
      const { userId } = subject;
      const kind = read.choices.find(({ id }) => id === templateId);
      if (kind === undefined) throw invalid("template_id", `unknown notification template ${templateId}`);
      if (!enabled && isAlwaysOn(templateId)) throw invalid("template_id", "this kind can't be turned off");
      const { methods, usual } = choosableMethods(choicesOf(c, subject, read, kind));
      if (!methods.includes(method))
        throw invalid("method", `must be one of ${methods.join(", ")} for this kind`);
      const now = c.get("deps").now();
      const change = { templateId, methods, usual, method, isEnabled: enabled };
      if (digest === true && (method !== "smtp" || !enabled))
        throw invalid("digest", "only possible for the method smtp that is enabled");
      const statements = [
        setChannel(userId, change, now),
        ...(digest === undefined ? [] : [setInDigest(userId, templateId, digest, now)]),
        ...(digest === true ? [ensureDigest(userId)] : []),
      ];
      return c.json(await write(c, subject, statements));
    },
  )
  .delete(
    "/users/:user/notifications/channels",
    endpoint({
      summary: "Reset a user's preferences to the deployment's defaults: of one kind, or of all",
      access: "session",
      answers: { 200: kindChannels },
      errors: [400, 401, 404],
    }),
    valid("query", strictQuery({ template_id: lowerUuid.optional() })),
    async (c) => {
      const { template_id: id } = c.req.valid("query");
      const { subject, read } = await load(c, c.req.param("user"));
      if (id !== undefined && !read.choices.some((kind) => kind.id === id))
        throw invalid("template_id", `unknown notification template ${id}`);
      const statement = resetPreferences(subject.userId, id === undefined ? undefined : [id]);
      return c.json(await write(c, subject, [statement]));
    },
  );

interface Subject {
  userId: string;
  email: string;
}

const readsOf = ({ userId }: Subject) => ({ choices: listKindPreferences(userId), reach: findReach(userId) });
type Read = Answers<ReturnType<typeof readsOf>>;

async function load(c: Ctx, name: string) {
  const subject = await loadSubject(c, name);
  return { subject, read: await c.get("deps").db.read(readsOf(subject)) };
}

/** Returns what holds afterwards. */
const write = async (c: Ctx, subject: Subject, statements: Statement[]): Promise<KindChannels> =>
  toKindChannels(c, subject, await c.get("deps").db.write(statements, readsOf(subject)));

const choicesOf = (c: Ctx, { email }: Subject, { reach }: Read, choice: KindPreference) =>
  channelChoices(choice, c.get("deps").config.notifications, toReachable(email, reach));

/** Only the channels that can reach the user. */
const toKindChannels = (c: Ctx, subject: Subject, read: Read): KindChannels =>
  read.choices.map((choice) => ({
    id: choice.id,
    name: choice.name,
    channels: choicesOf(c, subject, read, choice)
      .filter(({ problem }) => problem === undefined)
      .map(({ channel, isEnabled, isDefault, inDigest }) => ({
        method: channel.id,
        label: channel.label,
        enabled: isEnabled,
        digest: inDigest,
        default: isDefault,
      })),
  }));
