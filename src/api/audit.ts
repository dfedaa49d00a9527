// Route of the audit log: who did what, newest first.
import { Hono } from "hono";
import * as z from "zod";
import { listAudit } from "../accounts/store/audit.ts";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { endpoint, readAsUser, currentUserIdSql, valid, type Env } from "../http/endpoint.ts";
import { wholeNumber } from "../http/paging.ts";
import { strictQuery, filledText, time, toTime } from "../http/schemas.ts";

const pageSize = 50;
const largestPage = 500;

const auditQuery = strictQuery({
  user: filledText(100).optional().meta({ description: "the actor: me, an id or a username" }),
  resource_id: filledText(100).optional(),
  action: filledText(100).optional(),
  before: wholeNumber.meta({ description: "`next` of the previous page" }),
  limit: wholeNumber.refine((limit) => (limit ?? 0) <= largestPage, `may be at most ${largestPage}`),
});

const entrySchema = z
  .object({
    id: z.string(),
    time,
    /** Nobody was signed in: null. */
    user: z.object({ id: z.string(), username: z.string() }).nullable(),
    action: z.string(),
    resource_type: z.string(),
    resource_id: z.string().nullable(),
    request_id: z.string(),
    ip: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "AuditEntry" });

export const auditRoutes = new Hono<Env>().get(
  "/audit",
  endpoint({
    summary: "List the audit log, newest first; `next` is the cursor for older entries",
    access: "session",
    requires: { permission: "audit:read", deniedMessage: "Only owners and auditors may read the audit log." },
    answers: { 200: z.object({ entries: z.array(entrySchema), next: z.number().nullable() }) },
    errors: [400, 401, 403],
  }),
  valid("query", auditQuery),
  async (c) => {
    const { user, resource_id, action, before, limit = pageSize } = c.req.valid("query");
    const filter = {
      actorId: user === undefined ? undefined : userIdByNameSql(user, currentUserIdSql(c)),
      resourceId: resource_id,
      action,
      before,
    };
    // One more than is shown tells whether there are older ones.
    const { rows } = await readAsUser(c, { rows: listAudit(filter, limit + 1) });
    const shown = rows.slice(0, limit);
    return c.json({
      entries: shown.map(toEntry),
      next: rows.length > limit ? shown.at(-1)!.entry.seq : null,
    });
  },
);

type AuditRow = ReturnType<typeof listAudit>["_"]["result"][number];

function toEntry({ entry, username }: AuditRow): z.infer<typeof entrySchema> {
  return {
    id: entry.id,
    time: toTime(entry.at),
    user: entry.actorId === null ? null : { id: entry.actorId, username: username ?? "" },
    action: entry.action,
    resource_type: entry.resourceType,
    resource_id: entry.resourceId,
    request_id: entry.requestId,
    ip: entry.address,
    detail: JSON.parse(entry.detail) as Record<string, unknown>,
  };
}
