// Routes of what a user has muted: from a notification, the list, and lifting one.
import { Hono } from "hono";
import * as z from "zod";
import { muteThings } from "../../db/schema.ts";
import {
  authorizedUserIdSql,
  currentUserIdSql,
  endpoint,
  readAsUser,
  valid,
  writeAsUser,
  type Env,
} from "../http/endpoint.ts";
import { uuid } from "../http/schemas.ts";
import { field, shape, string, time } from "../http/wire.ts";
import { notFound } from "../kernel/errors.ts";
import { findInboxItem } from "../notifications/inbox/store/inbox.ts";
import { isGone, thingToMute } from "../notifications/preferences/mute.ts";
import {
  deleteMute,
  findMuteOf,
  listMutes,
  muteOf,
  type MuteRow,
} from "../notifications/preferences/store/mutes.ts";

const muteShape = shape<MuteRow>("NotificationMute")({
  id: string((row) => row.id),
  thing: field(z.enum(muteThings), (row) => row.thing),
  thing_id: string((row) => row.thingId, "of the workspace, the session or the template, also for a preset"),
  name: field(z.string().nullable().meta({ description: "null: it was deleted" }), (row) => row.name),
  created_at: time((row) => row.createdAt),
});

export const muteRoutes = new Hono<Env>()
  .get(
    "/notifications/mutes",
    endpoint({
      summary: "List the workspaces, sessions, templates and presets that you have muted",
      access: "session",
      answers: { 200: z.array(muteShape.schema) },
      errors: [401],
    }),
    async (c) => {
      const { mutes } = await readAsUser(c, { mutes: listMutes(currentUserIdSql(c)) });
      return c.json(mutes.map(muteShape.from));
    },
  )
  .post(
    "/notifications/inbox/:id/mute",
    endpoint({
      summary: "Mute the workspace, session, template or preset that one of your notifications is about",
      access: "session",
      answers: { 200: muteShape.schema },
      errors: [400, 401, 404, 409, 415],
    }),
    valid("param", z.object({ id: uuid })),
    valid(
      "json",
      z.object({
        thing: z.enum(muteThings).optional().meta({ description: "the most specific by default" }),
      }),
    ),
    async (c) => {
      const notification = c.req.valid("param").id;
      const { item } = await readAsUser(c, { item: findInboxItem(currentUserIdSql(c), notification) });
      const thing = thingToMute(item[0], c.req.valid("json").thing);
      const { newId, now } = c.get("deps");
      const { mutes, mute } = await writeAsUser(
        c,
        [muteOf(authorizedUserIdSql(c), { id: newId(), notification, thing, now: now() })],
        { mutes: listMutes(currentUserIdSql(c)), mute: findMuteOf(currentUserIdSql(c), notification, thing) },
      );
      const row = mutes.find(({ id }) => id === mute[0]?.id);
      if (row === undefined) throw isGone(thing);
      return c.json(muteShape.from(row));
    },
  )
  .delete(
    "/notifications/mutes/:id",
    endpoint({
      summary: "Unmute a workspace, session, template or preset",
      access: "session",
      answers: { 204: null },
      errors: [400, 401, 404],
    }),
    valid("param", z.object({ id: uuid })),
    async (c) => {
      const { id } = c.req.valid("param");
      const { mutes } = await readAsUser(c, { mutes: listMutes(currentUserIdSql(c)) });
      if (!mutes.some((mute) => mute.id === id)) throw notFound("Mute");
      await writeAsUser(c, [deleteMute(authorizedUserIdSql(c), id)], {});
      return c.body(null, 204);
    },
  );
