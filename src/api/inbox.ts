// Routes of the inbox: list, read status, mark all.
import { Hono } from "hono";
import * as z from "zod";
import type { Action } from "../../db/schema.ts";
import { notFound } from "../kernel/errors.ts";
import { findKind } from "../notifications/kinds/kinds.ts";
import {
  countUnread,
  findInboxItem,
  listInbox,
  setAllRead,
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
import { strictQuery, actionSchema, time, toTime, toTimeOrNull, uuid, uuidList } from "../http/schemas.ts";

export const inboxPageSize = 25;

export const inboxItemSchema = z
  .object({
    id: z.string(),
    user_id: z.string(),
    template_id: z.string(),
    targets: z.array(z.string()).nullable(),
    title: z.string().meta({ description: "Markdown" }),
    content: z.string().meta({ description: "Markdown" }),
    icon: z.string(),
    actions: z.array(actionSchema),
    read_at: time.nullable(),
    created_at: time,
  })
  .meta({ id: "InboxNotification" });

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
  starting_before: z
    .literal("")
    .or(uuid)
    .optional()
    .transform((value) => (value === "" ? undefined : value)),
});

export const inboxRoutes = new Hono<Env>()
  .get(
    "/notifications/inbox",
    endpoint({
      summary: "List your inbox, newest first, 25 at a time",
      access: "session",
      answers: { 200: z.object({ notifications: z.array(inboxItemSchema), unread_count: z.number() }) },
      errors: [400, 401],
    }),
    valid("query", inboxQuery),
    async (c) => {
      const { starting_before, read_status, targets, templates } = c.req.valid("query");
      const { items, unread } = await readAsUser(c, {
        items: listInbox(
          currentUserIdSql(c),
          { targets, templates, readStatus: read_status },
          inboxPageSize,
          starting_before,
        ),
        unread: countUnread(currentUserIdSql(c)),
      });
      return c.json({ notifications: items.map(toInboxItem), unread_count: unread[0]!.count });
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
      await writeAsUser(c, [setAllRead(authorizedUserIdSql(c), c.get("deps").now())], {});
      return c.body(null, 204);
    },
  )
  .put(
    "/notifications/inbox/:id/read-status",
    endpoint({
      summary: "Mark one of your notifications as read or unread",
      access: "session",
      answers: { 200: z.object({ notification: inboxItemSchema, unread_count: z.number() }) },
      errors: [400, 401, 404, 415],
    }),
    valid("param", z.object({ id: uuid })),
    valid("json", z.object({ is_read: z.boolean() })),
    async (c) => {
      const { id } = c.req.valid("param");
      const readAt = c.req.valid("json").is_read ? c.get("deps").now() : null;
      const { item, unread } = await writeAsUser(c, [setRead(authorizedUserIdSql(c), id, readAt)], {
        item: findInboxItem(currentUserIdSql(c), id),
        unread: countUnread(currentUserIdSql(c)),
      });
      if (item[0] === undefined) throw notFound("Notification");
      return c.json({ notification: toInboxItem(item[0]), unread_count: unread[0]!.count });
    },
  );

export function toInboxItem(row: InboxRow): z.infer<typeof inboxItemSchema> {
  const targets = JSON.parse(row.targets) as string[];
  return {
    id: row.id,
    user_id: row.userId,
    template_id: row.templateId,
    targets: targets.length === 0 ? null : targets,
    title: row.title,
    content: row.content,
    icon: row.icon === "" ? iconOf(row.templateId) : row.icon,
    actions: JSON.parse(row.actions) as Action[],
    read_at: toTimeOrNull(row.readAt),
    created_at: toTime(row.createdAt),
  };
}

/** Coder's names for the icon of a notification whose template names none. */
const iconOf = (templateId: string) =>
  `DEFAULT_ICON_${(findKind(templateId)?.icon ?? "other").toUpperCase()}`;
