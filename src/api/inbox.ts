// Routes of the inbox: list, read status, mark all.
import { Hono } from "hono";
import * as z from "zod";
import type { Action } from "../../db/schema.ts";
import { invalid, notFound } from "../kernel/errors.ts";
import { setSnoozed } from "../notifications/inbox/store/snooze.ts";
import { inboxPageSize } from "../notifications/inbox/rules/paging.ts";
import { snoozeProblem } from "../notifications/inbox/rules/snooze.ts";
import { findKind } from "../notifications/kinds/kinds.ts";
import {
  countUnread,
  findInboxItem,
  listInbox,
  setAllDone,
  setAllRead,
  setDone,
  setNotDone,
  setRead,
  type InboxRow,
} from "../notifications/inbox/store/inbox.ts";
import {
  endpoint,
  readAsUser,
  currentUserIdSql,
  authorizedUserIdSql,
  writeAsUser,
  valid,
  type Env,
} from "../http/endpoint.ts";
import { strictQuery, actionSchema, uuid, uuidList } from "../http/schemas.ts";
import { field, shape, string, time, timeOrNull } from "../http/wire.ts";

/** Coder's names for the icon of a notification whose template names none. */
const iconOf = (templateId: string) =>
  `DEFAULT_ICON_${(findKind(templateId)?.icon ?? "other").toUpperCase()}`;

export const inboxItemShape = shape<InboxRow>("InboxNotification")({
  id: string((row) => row.id),
  user_id: string((row) => row.userId),
  template_id: string((row) => row.templateId),
  targets: field(z.array(z.string()).nullable(), (row) => {
    const targets = JSON.parse(row.targets) as string[];
    return targets.length === 0 ? null : targets;
  }),
  title: string((row) => row.title, "Markdown"),
  content: string((row) => row.content, "Markdown"),
  icon: string((row) => (row.icon === "" ? iconOf(row.templateId) : row.icon)),
  actions: field(z.array(actionSchema), (row) => JSON.parse(row.actions) as Action[]),
  read_at: timeOrNull((row) => row.readAt),
  created_at: time((row) => row.createdAt),
});

/** An unknown parameter is a mistake, as it is for Coder. */
export const inboxFilter = strictQuery({
  targets: uuidList,
  templates: uuidList,
  read_status: z
    .enum(["", "all", "read", "unread"], { error: "must be one of all, read, unread" })
    .default("all")
    .transform((value) => (value === "" ? "all" : value)),
});
const inboxQuery = inboxFilter.extend({
  done: z
    .enum(["", "true", "false"], { error: "must be true or false" })
    .default("false")
    .meta({ description: "true: what is done, instead of what is in the inbox" })
    .transform((value) => value === "true"),
  snoozed: z
    .enum(["", "true", "false"], { error: "must be true or false" })
    .default("false")
    .meta({ description: "true: what is snoozed, instead of what is in the inbox" })
    .transform((value) => value === "true"),
  starting_before: z
    .literal("")
    .or(uuid)
    .optional()
    .transform((value) => (value === "" ? undefined : value)),
});

/** Changes of a user to their own notifications, which their open inboxes see. */
export const writeInbox: typeof writeAsUser = async (c, changes, reads) => {
  const answers = await writeAsUser(c, changes, reads);
  c.get("deps").process.hub.wake();
  return answers;
};

export const inboxRoutes = new Hono<Env>()
  .get(
    "/notifications/inbox",
    endpoint({
      summary: "List your inbox, newest first, 25 at a time",
      access: "session",
      answers: { 200: z.object({ notifications: z.array(inboxItemShape.schema), unread_count: z.number() }) },
      errors: [400, 401],
    }),
    valid("query", inboxQuery),
    async (c) => {
      const { starting_before, read_status, targets, templates, done, snoozed } = c.req.valid("query");
      const { items, unread } = await readAsUser(c, {
        items: listInbox(
          currentUserIdSql(c),
          { targets, templates, readStatus: read_status, isDone: done, isSnoozed: snoozed },
          inboxPageSize,
          starting_before,
        ),
        unread: countUnread(currentUserIdSql(c)),
      });
      return c.json({ notifications: items.map(inboxItemShape.from), unread_count: unread[0]!.count });
    },
  )
  .put(
    "/notifications/inbox/mark-all-as-read",
    endpoint({
      summary: "Mark all of your notifications as read",
      access: "session",
      answers: { 204: null },
      errors: [401],
    }),
    async (c) => {
      await writeInbox(c, [setAllRead(authorizedUserIdSql(c), c.get("deps").now())], {});
      return c.body(null, 204);
    },
  )
  .put(
    "/notifications/inbox/mark-all-as-done",
    endpoint({
      summary: "Mark all notifications in your inbox as done",
      access: "session",
      answers: { 204: null },
      errors: [401],
    }),
    async (c) => {
      await writeInbox(c, [setAllDone(authorizedUserIdSql(c), c.get("deps").now())], {});
      return c.body(null, 204);
    },
  )
  .put(
    "/notifications/inbox/:id/done-status",
    endpoint({
      summary: "Mark one of your notifications as done, which also reads it, or move it back to the inbox",
      access: "session",
      answers: { 200: z.object({ notification: inboxItemShape.schema, unread_count: z.number() }) },
      errors: [400, 401, 404, 415],
    }),
    valid("param", z.object({ id: uuid })),
    valid("json", z.object({ is_done: z.boolean() })),
    async (c) => {
      const { id } = c.req.valid("param");
      const self = authorizedUserIdSql(c);
      const { item, unread } = await writeInbox(
        c,
        [c.req.valid("json").is_done ? setDone(self, id, c.get("deps").now()) : setNotDone(self, id)],
        { item: findInboxItem(currentUserIdSql(c), id), unread: countUnread(currentUserIdSql(c)) },
      );
      if (item[0] === undefined) throw notFound("Notification");
      return c.json({ notification: inboxItemShape.from(item[0]), unread_count: unread[0]!.count });
    },
  )
  .put(
    "/notifications/inbox/:id/snooze-status",
    endpoint({
      summary: "Snooze one of your notifications until a time, or move it back to the inbox",
      access: "session",
      answers: {
        200: z.object({
          notification: inboxItemShape.schema,
          unread_count: z.number(),
          snoozed_until: z.iso.datetime().nullable(),
        }),
      },
      errors: [400, 401, 404, 415],
    }),
    valid("param", z.object({ id: uuid })),
    valid(
      "json",
      z.object({
        snoozed_until: z.iso.datetime({ offset: true }).nullable().meta({ description: "null: not snoozed" }),
      }),
    ),
    async (c) => {
      const { id } = c.req.valid("param");
      const { snoozed_until: asked } = c.req.valid("json");
      const now = c.get("deps").now();
      const until = asked === null ? null : Date.parse(asked);
      const problem = until === null ? undefined : snoozeProblem(until, now);
      if (problem !== undefined) throw invalid("snoozed_until", problem);
      const self = authorizedUserIdSql(c);
      const { item, unread } = await writeInbox(
        c,
        [until === null ? setNotDone(self, id) : setSnoozed(self, id, until, now)],
        { item: findInboxItem(currentUserIdSql(c), id), unread: countUnread(currentUserIdSql(c)) },
      );
      if (item[0] === undefined) throw notFound("Notification");
      return c.json({
        notification: inboxItemShape.from(item[0]),
        unread_count: unread[0]!.count,
        snoozed_until: until === null ? null : new Date(until).toISOString(),
      });
    },
  )
  .put(
    "/notifications/inbox/:id/read-status",
    endpoint({
      summary: "Mark one of your notifications as read or unread",
      access: "session",
      answers: { 200: z.object({ notification: inboxItemShape.schema, unread_count: z.number() }) },
      errors: [400, 401, 404, 415],
    }),
    valid("param", z.object({ id: uuid })),
    valid("json", z.object({ is_read: z.boolean() })),
    async (c) => {
      const { id } = c.req.valid("param");
      const readAt = c.req.valid("json").is_read ? c.get("deps").now() : null;
      const { item, unread } = await writeInbox(c, [setRead(authorizedUserIdSql(c), id, readAt)], {
        item: findInboxItem(currentUserIdSql(c), id),
        unread: countUnread(currentUserIdSql(c)),
      });
      if (item[0] === undefined) throw notFound("Notification");
      return c.json({ notification: inboxItemShape.from(item[0]), unread_count: unread[0]!.count });
    },
  );
