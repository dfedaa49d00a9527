// Routes of a user's sessions: which there are, and the end of all but the caller's. One is deleted by its id (tokens.ts).
import { Hono } from "hono";
import * as z from "zod";
import { describeUserAgent } from "../accounts/rules/user-agent.ts";
import { signOutOthers } from "../accounts/sessions.ts";
import { listSessions, type SessionListRow } from "../accounts/store/keys.ts";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { endpoint, currentUserIdSql, valid, type Env } from "../http/endpoint.ts";
import { wholeNumber } from "../http/schemas.ts";
import { boolean, field, shape, string, time, timeOrNever } from "../http/wire.ts";
import { keyManagers, keyReaders } from "./tokens.ts";
import { loadUserWith } from "./user-shape.ts";

export const maxSessions = 100;

const sessionShape = shape<SessionListRow & { isCurrent: boolean }>("Session")({
  id: string((row) => row.id),
  device: string((row) => describeUserAgent(row.userAgent)),
  user_agent: string((row) => row.userAgent),
  ip: field(z.string().nullable(), (row) => row.address),
  current: boolean((row) => row.isCurrent, "Whether it is the session of this request"),
  created_at: time((row) => row.createdAt),
  last_used: timeOrNever((row) => row.lastUsedAt),
});

export const userSessionRoutes = new Hono<Env>()
  .get(
    "/users/:user/sessions",
    endpoint({
      summary: "List a user's sessions, the last used first",
      access: "session",
      answers: { 200: z.array(sessionShape.schema) },
      errors: [400, 401, 403, 404],
    }),
    valid("query", z.object({ limit: wholeNumber })),
    async (c) => {
      const name = c.req.param("user");
      const userId = userIdByNameSql(name, currentUserIdSql(c));
      const limit = Math.min(c.req.valid("query").limit ?? maxSessions, maxSessions);
      const reads = { sessions: listSessions(userId, c.get("deps").now(), limit) };
      const { actor, sessions } = await loadUserWith(c, name, reads, keyReaders);
      return c.json(sessions.map((row) => sessionShape.from({ ...row, isCurrent: row.id === actor.keyId })));
    },
  )
  .delete(
    "/users/:user/sessions",
    endpoint({
      summary: "End all sessions of a user, except the one of this request; tokens stay",
      access: "session",
      answers: { 204: null },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { actor, target } = await loadUserWith(c, c.req.param("user"), {}, keyManagers);
      await signOutOthers(c.get("deps"), actor, target.id);
      return c.body(null, 204);
    },
  );
