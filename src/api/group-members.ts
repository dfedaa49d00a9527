// Route of the members of a group, by pages.
import { Hono } from "hono";
import * as z from "zod";
import { groupNotFound } from "../accounts/groups.ts";
import { wordsOf } from "../accounts/rules/group.ts";
import { countMembers, findGroupId, listMembers } from "../accounts/store/groups.ts";
import { endpoint, readAsUser, valid, type Env } from "../http/endpoint.ts";
import { listCount, strictQuery, toListCount } from "../http/schemas.ts";
import { groupPage, groupReaders } from "./group-shape.ts";
import { userShape } from "./user-shape.ts";

export const groupMemberRoutes = new Hono<Env>().get(
  "/groups/:group/members",
  endpoint({
    summary: "List a group's members",
    access: "session",
    requires: groupReaders,
    answers: { 200: z.object({ users: z.array(userShape.schema), count: listCount }) },
    errors: [400, 401, 403, 404],
  }),
  valid("query", strictQuery(groupPage)),
  async (c) => {
    const name = c.req.param("group");
    const { q = "", limit, offset } = c.req.valid("query");
    const { group, rows, total } = await readAsUser(c, {
      group: findGroupId(name),
      rows: listMembers(name, wordsOf(q), { limit, offset }),
      total: countMembers(name, wordsOf(q), { offset }),
    });
    if (group.length === 0) throw await groupNotFound(c.get("deps"), name);
    return c.json({ users: rows.map(userShape.from), count: toListCount(total, { offset }) });
  },
);
