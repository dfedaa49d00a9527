// Routes of the channels by which a user gets each kind of notification.
import { Hono } from "hono";
import * as z from "zod";
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
    async (c) => c.json((await loadChannels(c, c.req.param("user"))).kinds.map(toKindChannels)),
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
      const { userId, choices, reachable } = await loadChannels(c, c.req.param("user"));
      const { db, now, config } = c.get("deps");
      await db.write(
        presetStatements(userId, choices, { config: config.notifications, reachable }, now()),
        {},
      );
      return c.json((await loadChannels(c, c.req.param("user"))).kinds.map(toKindChannels));
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
      const { userId } = await loadSubject(c, c.req.param("user"));
      const { db, now } = c.get("deps");
      const { preset } = await db.read({ preset: findPreset(userId) });
      if (preset[0]?.isApplied !== 1) throw conflict("There is nothing to undo.");
      await db.write(undoPreset(userId, now()), {});
      return c.json((await loadChannels(c, c.req.param("user"))).kinds.map(toKindChannels));
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
      const { userId, kinds } = await loadChannels(c, c.req.param("user"));
      const kind = kinds.find(({ id }) => id === templateId);
      if (kind === undefined) throw invalid("template_id", `unknown notification template ${templateId}`);
      if (!enabled && isAlwaysOn(templateId)) throw invalid("template_id", "this kind can't be turned off");
      const { methods, usual } = kind.choosable;
      if (!methods.some((one) => one === method))
        throw invalid("method", `must be one of ${methods.join(", ")} for this kind`);
      const { db, now } = c.get("deps");
      const change = { templateId, methods, usual, method, isEnabled: enabled };
      if (digest === true && (method !== "smtp" || !enabled))
        throw invalid("digest", "only possible for the method smtp that is enabled");
      await db.write(
        [
          setChannel(userId, change, now()),
          ...(digest === undefined ? [] : [setInDigest(userId, templateId, digest, now())]),
          ...(digest === true ? [ensureDigest(userId)] : []),
        ],
        {},
      );
      return c.json((await loadChannels(c, c.req.param("user"))).kinds.map(toKindChannels));
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
      const { userId, kinds } = await loadChannels(c, c.req.param("user"));
      if (id !== undefined && !kinds.some((kind) => kind.id === id))
        throw invalid("template_id", `unknown notification template ${id}`);
      await c.get("deps").db.write([resetPreferences(userId, id === undefined ? undefined : [id])], {});
      return c.json((await loadChannels(c, c.req.param("user"))).kinds.map(toKindChannels));
    },
  );

/** Only the channels that can reach the user. */
async function loadChannels(c: Ctx, name: string) {
  const { userId, email } = await loadSubject(c, name);
  const { notifications } = c.get("deps").config;
  const { choices, reach } = await c
    .get("deps")
    .db.read({ choices: listKindPreferences(userId), reach: findReach(userId) });
  const reachable = toReachable(email, reach);
  const kinds = choices.map(({ id, name, ...choice }) => {
    const channels = channelChoices({ id, ...choice }, notifications, reachable);
    return { id, name, channels, choosable: choosableMethods(channels) };
  });
  return { userId, kinds, choices, reachable };
}

const toKindChannels = ({
  id,
  name,
  channels,
}: Awaited<ReturnType<typeof loadChannels>>["kinds"][number]) => ({
  id,
  name,
  channels: channels
    .filter(({ problem }) => problem === undefined)
    .map(({ channel, isEnabled, isDefault, inDigest }) => ({
      method: channel.id as string,
      label: channel.label,
      enabled: isEnabled,
      digest: inDigest,
      default: isDefault,
    })),
});
