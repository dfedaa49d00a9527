// SQL of the pages of a list: filtered by text, kind and thing, in both directions from a sequence number.
import { and, asc, desc, eq, gt, lt, lte, sql, type SQL } from "drizzle-orm";
import { query } from "../../../../db/client.ts";
import { prepared } from "../../../../db/prepared.ts";
import { inboxNotifications } from "../../../../db/schema.ts";
import type { InboxPosition } from "../../../kernel/ports.ts";
import { positionSql } from "./changes.ts";
import { isListed, itemColumns, whereMatches, type Place, type User } from "./inbox.ts";

export interface PageFilter extends Place {
  isUnread: boolean;
  /** Text in title or body, in any case. */
  search: string | undefined;
  /** A template's id. */
  kind: string | undefined;
  /** The id of a workspace, template or preset. A preset is meant in all versions of its template. */
  about: string | undefined;
}

/** A filtered list has what matches of so many of the newest. */
export const maxSearched = 5_000;

/** SQL: the ids that stand for a thing. */
const idsOfThing = (id: string): SQL => sql`SELECT ${id} UNION SELECT same.id
  FROM presets AS one JOIN template_versions AS v ON v.id = one.version_id
    JOIN template_versions AS other ON other.template_id = v.template_id
    JOIN presets AS same ON same.version_id = other.id AND same.name = one.name
  WHERE one.id = ${id}`;

const isAbout = (
  id: string,
): SQL => sql`EXISTS (SELECT 1 FROM json_each(${inboxNotifications.targets}) AS target
  WHERE target.value IN (${idsOfThing(id)}))`;

const contains = (search: string): SQL => sql`
  instr(lower(${inboxNotifications.title} || char(10) || ${inboxNotifications.content}), lower(${search})) > 0`;

const isRecent = (user: User, place: Place): SQL =>
  sql`${inboxNotifications.seq} > coalesce((${query
    .select({ seq: inboxNotifications.seq })
    .from(inboxNotifications)
    .where(and(eq(inboxNotifications.userId, user), isListed(place)))
    .orderBy(desc(inboxNotifications.seq))
    .limit(1)
    .offset(maxSearched)}), 0)`;

const isOnList = (user: User, { isUnread, search, kind, about, ...place }: PageFilter): SQL | undefined =>
  and(
    isListed(place),
    whereMatches({ isRead: isUnread ? false : undefined, templates: undefined, targets: undefined }),
    search === undefined && kind === undefined && about === undefined ? undefined : isRecent(user, place),
    kind === undefined ? undefined : eq(inboxNotifications.templateId, kind),
    about === undefined ? undefined : isAbout(about),
    search === undefined ? undefined : contains(search),
  );

/** Newest first. After a sequence number, it is the rows next to that, and the surplus one is the first. */
export const listPage = prepared(
  (user: User, filter: PageFilter, limit: number, before: number | undefined, after: number | undefined) => {
    const { seq } = inboxNotifications;
    const where = and(
      eq(inboxNotifications.userId, user),
      isOnList(user, filter),
      before === undefined ? undefined : lt(seq, before),
      after === undefined ? undefined : gt(seq, after),
    );
    return query
      .select(itemColumns)
      .from(inboxNotifications)
      .where(where)
      .orderBy(after === undefined ? desc(seq) : asc(seq))
      .limit(limit);
  },
);

/** What a page of a list says besides its rows: from where it is live, and whether anything is done. */
export const readListState = prepared((user: User) =>
  query.all<
    InboxPosition & { hasDone: 0 | 1 }
  >(sql`SELECT ${positionSql}, EXISTS (SELECT 1 FROM inbox_notifications
    WHERE user_id = ${user} AND ${isListed({ isDone: true, isSnoozed: false })}) AS hasDone`),
);

/** SQL: what a list has now, with a sequence number only up to that. For marks of everything on it. */
export const withinList = (user: User, filter: PageFilter, newest: number | undefined): SQL | undefined =>
  and(isOnList(user, filter), newest === undefined ? undefined : lte(inboxNotifications.seq, newest));

/** The choices of the filters come from so many of the newest in the list. */
const maxOffered = 200;

export interface Choice {
  type: "kind" | "workspace" | "template" | "preset";
  id: string;
  name: string;
}

/** The kinds, workspaces, templates and presets among the newest of a list, by name; and the thing that is filtered by. */
export const listChoices = prepared((user: User, place: Place, about: string) =>
  query.all<Choice>(sql`WITH recent AS MATERIALIZED (
      SELECT ${inboxNotifications.templateId} AS kind, ${inboxNotifications.targets} AS targets FROM ${inboxNotifications}
      WHERE ${inboxNotifications.userId} = ${user} AND ${isListed(place)}
      ORDER BY ${inboxNotifications.seq} DESC LIMIT ${maxOffered}),
    things AS MATERIALIZED (SELECT DISTINCT target.value AS id FROM recent, json_each(recent.targets) AS target UNION SELECT ${about})
    SELECT 'kind' AS type, k.id AS id, k.name AS name FROM notification_templates AS k WHERE k.id IN (SELECT kind FROM recent)
    UNION ALL SELECT 'workspace', w.id, iif(w.owner_id = ${user}, w.name, u.username || '/' || w.name)
      FROM things JOIN workspaces AS w ON w.id = things.id JOIN users AS u ON u.id = w.owner_id
    UNION ALL SELECT 'template', t.id, t.name FROM things JOIN templates AS t ON t.id = things.id
    UNION ALL SELECT 'preset', coalesce(max(iif(p.id = ${about}, p.id, NULL)), max(p.id)), t.name || ' / ' || p.name FROM things JOIN presets AS p ON p.id = things.id
      JOIN template_versions AS v ON v.id = p.version_id JOIN templates AS t ON t.id = v.template_id GROUP BY t.id, p.name
    ORDER BY 1, 3`),
);
