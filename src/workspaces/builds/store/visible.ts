// SQL of pages of the workspaces that a user may see. Where they see everybody's, a page is read from an index of all, else from
// one of their own: one condition for both would read every workspace there is. A branch that isn't theirs has the limit 0.
import { sql } from "drizzle-orm";
import { query, type SQL } from "../../../../db/client.ts";
import { countLimit, sliceOf, type Page } from "../../../../db/rows.ts";
import { workspaces } from "../../../../db/schema.ts";
import { ownerVisibleSql, seesAllWorkspacesSql } from "./build-view.ts";

/** Workspaces of one owner, or of all, while `when` holds. */
interface Branch {
  owner: SQL | undefined;
  when: SQL | undefined;
}

/** `owner`: `me`, a username, an id, or undefined for all. */
function branchesOf(owner: string | undefined, self: SQL): Branch[] {
  if (owner === "me") return [{ owner: self, when: undefined }];
  if (owner !== undefined) {
    const id = ownerIdSql(owner);
    return [{ owner: id, when: ownerVisibleSql(self, id) }];
  }
  return [
    { owner: undefined, when: seesAllWorkspacesSql(self) },
    { owner: self, when: sql`NOT ${seesAllWorkspacesSql(self)}` },
  ];
}

/** By username or id. Workspaces can outlive their owner's account. */
const ownerIdSql = (name: string): SQL => sql`COALESCE(
  (SELECT id FROM users WHERE lower(username) = lower(${name}) AND deleted_at IS NULL),
  (SELECT id FROM users WHERE lower(username) = lower(${name}) AND deleted_at IS NOT NULL ORDER BY seq DESC LIMIT 1),
  (SELECT id FROM users WHERE id = lower(${name})))`;

export interface VisibleList {
  owner: string | undefined;
  /** SQL of `workspaces`; an index must have it and the order. */
  where: SQL;
  order: readonly SQL[];
}

const branchWhere = ({ owner }: Branch, { where }: VisibleList): SQL =>
  owner === undefined ? where : sql`${workspaces.ownerId} = ${owner} AND ${where}`;
const limitOf = ({ when }: Branch, limit: number): SQL =>
  when === undefined ? sql`${limit}` : sql`iif(${when}, ${limit}, 0)`;

/** SQL for the sequence numbers of a page, in no order. */
export function visiblePageSql(list: VisibleList, self: SQL, page: Page): SQL {
  const { limit, offset } = sliceOf(page);
  const order = sql.join([...list.order], sql`, `);
  const parts = branchesOf(list.owner, self).map(
    (
      branch,
    ) => sql`SELECT seq FROM (SELECT ${workspaces.seq} AS seq FROM ${workspaces} WHERE ${branchWhere(branch, list)}
      ORDER BY ${order} LIMIT ${limitOf(branch, limit)} OFFSET ${offset})`,
  );
  return sql.join(parts, sql` UNION ALL `);
}

/** How many there are, counted up to a limit. */
export function countVisible(list: VisibleList, self: SQL, page: Page) {
  const parts = branchesOf(list.owner, self).map(
    (branch) => sql`(SELECT count(*) FROM (SELECT 1 FROM ${workspaces} WHERE ${branchWhere(branch, list)}
      LIMIT ${limitOf(branch, countLimit(page))}))`,
  );
  return query.all<{ count: number }>(sql`SELECT ${sql.join(parts, sql` + `)} AS count`);
}
