// The route of situations: what is the matter now, or was.
import { Hono } from "hono";
import * as z from "zod";
import { rolesWithPermission } from "../accounts/rules/permissions.ts";
import { endpoint, readAsUser, currentUserIdSql, valid, type Env } from "../http/endpoint.ts";
import { strictQuery } from "../http/schemas.ts";
import { field, number, shape, string, time, timeOrNull } from "../http/wire.ts";
import { listSituations, type SituationRow } from "../notifications/situations/store/list.ts";

const situationShape = shape<SituationRow>("Situation")({
  id: string((row) => row.id),
  key: string((row) => row.key, "Type and ids, like pool/{preset}"),
  title: field(
    z.string().nullable().meta({ description: "The kind of its latest notification, and what it is about" }),
    (row) => row.title,
  ),
  opened_at: time((row) => row.openedAt),
  last_at: time((row) => row.lastAt, "The latest occurrence"),
  occurrences: number((row) => row.occurrences),
  resolved_at: timeOrNull((row) => row.resolvedAt, "null while it is open"),
  how: field(
    z.string().nullable().meta({ description: "recovered, resumed, replaced, unaffected, working …" }),
    (row) => row.how,
  ),
  resolved_by: field(z.string().nullable().meta({ description: "The username" }), (row) => row.by),
});

const query = strictQuery({
  state: z
    .enum(["", "open", "resolved"], { error: "must be open or resolved" })
    .default("open")
    .transform((value) => (value === "" ? "open" : value)),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const byRole = [
  { types: ["pool", "agents", "drift"], roles: rolesWithPermission("prebuilds:read") },
  { types: ["receiver"], roles: rolesWithPermission("deployment:read") },
] as const;

export const situationRoutes = new Hono<Env>().get(
  "/situations",
  endpoint({
    summary:
      "List situations, open or resolved: those you were notified of; for admins, also of prebuilds and receivers",
    access: "session",
    answers: { 200: z.object({ situations: z.array(situationShape.schema) }) },
    errors: [400, 401],
  }),
  valid("query", query),
  async (c) => {
    const { state, limit } = c.req.valid("query");
    const filter = { isOpen: state === "open", limit, byRole };
    const { rows } = await readAsUser(c, { rows: listSituations(currentUserIdSql(c), filter) });
    return c.json({ situations: rows.map(situationShape.from) });
  },
);
