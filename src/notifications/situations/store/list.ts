// SQL of the lists of situations: those that a user was notified of, and those that their roles show.
import { sql, type SQL } from "drizzle-orm";
import { query } from "../../../../db/client.ts";
import { situationTypes, type SituationType } from "../rules/situation.ts";
import { whatSql } from "./closing.ts";

export interface SituationRow {
  id: string;
  key: string;
  /** The kind of its latest event, and what that was about; NULL when the event is deleted. */
  title: string | null;
  openedAt: number;
  lastAt: number;
  occurrences: number;
  resolvedAt: number | null;
  how: string | null;
  /** The username of who resolved it. */
  by: string | null;
}

export interface SituationFilter {
  isOpen: boolean;
  limit: number;
  /** Types that a user with one of the roles sees all of. */
  byRole: readonly { types: readonly SituationType[]; roles: readonly string[] }[];
}

/** A list looks at so many, the latest. */
const maxSearched = 5_000;

const jsonSql = (values: readonly string[]): SQL =>
  sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`;

/** The latest first: by their latest occurrence, or by their end. */
export const listSituations = (user: SQL | string, { isOpen, limit, byRole }: SituationFilter) => {
  const isShownByRole = byRole.map(
    ({
      types,
      roles,
    }) => sql`(substr(s.key, 1, instr(s.key, '/')) IN ${jsonSql(types.map((type) => situationTypes[type]))}
      AND EXISTS (SELECT 1 FROM user_roles WHERE user_id = ${user} AND role IN ${jsonSql(roles)}))`,
  );
  const latestSql = isOpen
    ? sql`SELECT * FROM situations WHERE resolved_at IS NULL ORDER BY last_at DESC LIMIT ${maxSearched}`
    : sql`SELECT * FROM situations WHERE resolved_at IS NOT NULL ORDER BY resolved_at DESC LIMIT ${maxSearched}`;
  return query.all<SituationRow>(sql`SELECT s.id, s.key, (SELECT ${whatSql} FROM notification_events AS e
        JOIN notification_templates AS k ON k.id = e.template_id WHERE e.id = s.last_event_id) AS title,
      s.opened_at AS openedAt, s.last_at AS lastAt, s.occurrences, s.resolved_at AS resolvedAt, s.how,
      (SELECT username FROM users WHERE id = s.resolved_by) AS "by"
    FROM (${latestSql}) AS s
    WHERE EXISTS (SELECT 1 FROM inbox_notifications WHERE situation_id = s.id AND folded_at IS NULL AND user_id = ${user})
      OR ${sql.join(isShownByRole, sql` OR `)}
    ORDER BY ${isOpen ? sql`s.last_at` : sql`s.resolved_at`} DESC, s.seq DESC LIMIT ${limit}`);
};
