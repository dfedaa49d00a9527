// The route of what waits for the caller: /users/me/waiting. Nobody sees what waits for somebody else.
import { Hono } from "hono";
import * as z from "zod";
import { isSelfOrHasRoleSql } from "../accounts/store/users.ts";
import { endpoint, readAsUser, currentUserIdSql, valid, type Env, visibleIf } from "../http/endpoint.ts";
import { strictQuery } from "../http/schemas.ts";
import { field, shape, string, time } from "../http/wire.ts";
import { transitions } from "../../db/schema.ts";
import { waitingDetail, waitingKinds, waitingTitle } from "../workspaces/waiting/rules/waiting-texts.ts";
import { listWaiting, type WaitingRow } from "../workspaces/waiting/store/waiting.ts";

const waitingShape = shape<WaitingRow>("Waiting")({
  kind: field(
    z.enum(waitingKinds).meta({
      description:
        "A task whose agent is idle, an agent's session that waits, an agent's open question, your latest build that failed, a preset at the limit of failures",
    }),
    (row) => row.kind,
  ),
  id: string((row) => row.id, "Of the workspace, session, question or preset"),
  name: string((row) => row.name, "Of the workspace or the preset; the title of a session"),
  owner_name: field(
    z.string().nullable().meta({ description: "Of the workspace; null without one" }),
    (row) => row.ownerName,
  ),
  template_name: field(
    z.string().nullable().meta({ description: "Null for a session" }),
    (row) => row.templateName,
  ),
  title: string(waitingTitle),
  detail: string(waitingDetail, "What the agent asks, or the first line of the error"),
  since: time((row) => row.since),
  app_url: field(
    z.string().nullable().meta({ description: "The app of a task; the link of a session" }),
    (row) => row.appUrl,
  ),
  build_number: field(z.number().nullable(), (row) => row.buildNumber),
  transition: field(z.enum(transitions).nullable(), (row) => row.transition),
});

const query = strictQuery({ limit: z.coerce.number().int().min(1).max(200).default(50) });

export const waitingRoutes = new Hono<Env>().get(
  "/users/:user/waiting",
  endpoint({
    summary:
      "List what waits for a user, oldest first: agents, their questions, failed builds, stopped prebuilds",
    access: "session",
    answers: { 200: z.object({ waiting: z.array(waitingShape.schema), count: z.number() }) },
    errors: [400, 401, 404],
  }),
  valid("query", query),
  async (c) => {
    const { limit } = c.req.valid("query");
    const self = currentUserIdSql(c);
    const isSelf = isSelfOrHasRoleSql(c.req.param("user"), self, []);
    const reads = { rows: listWaiting(self, c.get("deps").now(), limit) };
    const { rows } = await readAsUser(c, reads, visibleIf(isSelf, "User"));
    return c.json({ waiting: rows.map(waitingShape.from), count: rows[0]?.total ?? 0 });
  },
);
