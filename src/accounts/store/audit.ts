// SQL of the audit log. An entry is a statement in the write that it describes.
import { and, desc, eq, lt, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { auditEntries, users } from "../../../db/schema.ts";

type Entry = Omit<typeof auditEntries.$inferInsert, "seq" | "resourceId"> & {
  resourceId: SQL | string | null;
};

/** Written only if `when` holds; sent twice, it is one entry. */
export function insertAudit(entry: Entry, when: SQL = sql`true`): Statement {
  return query.run(sql`INSERT INTO ${auditEntries}
      (id, at, actor_id, action, resource_type, resource_id, request_id, address, detail)
    SELECT ${entry.id}, ${entry.at}, ${entry.actorId ?? null}, ${entry.action}, ${entry.resourceType},
      ${entry.resourceId}, ${entry.requestId}, ${entry.address ?? null}, ${entry.detail}
    WHERE ${when} ON CONFLICT(id) DO NOTHING`);
}

export interface AuditFilter {
  actorId?: SQL | string | undefined;
  resourceId?: string | undefined;
  action?: string | undefined;
  /** Sequence number of the last entry seen. */
  before?: number | undefined;
}

/** Newest first. */
export function listAudit(filter: AuditFilter, limit: number) {
  return query
    .select({ entry: auditEntries, username: users.username })
    .from(auditEntries)
    .leftJoin(users, eq(users.id, auditEntries.actorId))
    .where(
      and(
        filter.actorId === undefined ? undefined : eq(auditEntries.actorId, filter.actorId),
        filter.resourceId === undefined ? undefined : eq(auditEntries.resourceId, filter.resourceId),
        filter.action === undefined ? undefined : eq(auditEntries.action, filter.action),
        filter.before === undefined ? undefined : lt(auditEntries.seq, filter.before),
      ),
    )
    .orderBy(desc(auditEntries.seq))
    .limit(limit);
}

export function purgeAudit(before: number, limit: number): Statement {
  return query
    .delete(auditEntries)
    .where(sql`seq IN (SELECT seq FROM audit_entries WHERE ${lt(auditEntries.at, before)} LIMIT ${limit})`)
    .returning({ seq: auditEntries.seq });
}
