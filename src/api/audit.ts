// Route of the audit log: who did what, newest first.
import { Hono } from "hono";
import * as z from "zod";
import { listAudit } from "../accounts/store/audit.ts";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { endpoint, readAsUser, currentUserIdSql, valid, type Env } from "../http/endpoint.ts";
import { wholeNumber, strictQuery, filledText } from "../http/schemas.ts";
import { field, shape, string, time } from "../http/wire.ts";

const pageSize = 50;
const maxPageSize = 500;

const auditQuery = strictQuery({
  user: filledText(100).optional().meta({ description: "the actor: me, an id or a username" }),
  resource_id: filledText(100).optional(),
  action: filledText(100).optional(),
  before: wholeNumber.meta({ description: "`next` of the previous page" }),
  limit: wholeNumber.refine((limit) => (limit ?? 0) <= maxPageSize, `may be at most ${maxPageSize}`),
});

type AuditRow = ReturnType<typeof listAudit>["_"]["result"][number];

const entryShape = shape<AuditRow>("AuditEntry")({
  id: string(({ entry }) => entry.id),
  time: time(({ entry }) => entry.at),
  user: field(z.object({ id: z.string(), username: z.string() }).nullable(), ({ entry, username }) =>
    // Nobody was signed in: null.
    entry.actorId === null ? null : { id: entry.actorId, username: username ?? "" },
  ),
  action: string(({ entry }) => entry.action),
  resource_type: string(({ entry }) => entry.resourceType),
  resource_id: field(z.string().nullable(), ({ entry }) => entry.resourceId),
  request_id: string(({ entry }) => entry.requestId),
  ip: field(z.string().nullable(), ({ entry }) => entry.address),
  detail: field(
    z.record(z.string(), z.unknown()),
    ({ entry }) => JSON.parse(entry.detail) as Record<string, unknown>,
  ),
});

export const auditRoutes = new Hono<Env>().get(
  "/audit",
  endpoint({
    summary: "List the audit log, newest first; `next` is the cursor for older entries",
    access: "session",
    requires: { permission: "audit:read", deniedMessage: "Only owners and auditors can read the audit log." },
    answers: { 200: z.object({ entries: z.array(entryShape.schema), next: z.number().nullable() }) },
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
      entries: shown.map(entryShape.from),
      next: rows.length > limit ? shown.at(-1)!.entry.seq : null,
    });
  },
);
