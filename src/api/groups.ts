// Routes of groups of users, as Coder's clients call them.
import { Hono } from "hono";
import * as z from "zod";
import {
  changeGroup,
  changeReads,
  createGroup,
  creationReads,
  groupNotFound,
  removeGroup,
} from "../accounts/groups.ts";
import { wordsOf } from "../accounts/rules/group.ts";
import { findOrganization } from "../accounts/store/deployment.ts";
import { findGroup, listGroups } from "../accounts/store/groups.ts";
import { findUser, userIdByNameSql } from "../accounts/store/users.ts";
import { currentUserIdSql, endpoint, readAsUser, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { messageSchema, strictQuery, text, uuidList } from "../http/schemas.ts";
import { invalid, notFound } from "../kernel/errors.ts";
import { groupManagers, groupPage, groupReaders, groupShape } from "./group-shape.ts";

const noQuota = z.literal(0, { error: "must be 0: Belfry has no quotas" }).nullish();
const people = z
  .array(z.string().min(1).max(100))
  .max(1_000)
  .nullish()
  .meta({ description: "Ids or usernames" });
const createBody = z.strictObject({
  name: text(1_024),
  display_name: text(1_024).nullish(),
  avatar_url: text(4_096).nullish(),
  quota_allowance: noQuota,
  add_users: people,
});
const changeBody = z.strictObject({
  name: text(1_024).nullish().meta({ description: "Left out or empty: stays as it is" }),
  display_name: text(1_024).nullish(),
  avatar_url: text(4_096).nullish(),
  quota_allowance: noQuota,
  add_users: people,
  remove_users: people,
});

const listQuery = strictQuery({
  organization: text(100).optional(),
  has_member: text(100).optional().meta({ description: "me, an id or a username" }),
  group_ids: uuidList,
  ...groupPage,
});
const pageQuery = strictQuery(groupPage);
type ListQuery = z.output<typeof listQuery>;

const ofOrganization = "/organizations/:organization/groups";
const ofGroup = "/groups/:group";

/** Throws 404 with the nearest name. */
async function loadGroup(c: Ctx, name: string) {
  const { group } = await readAsUser(c, { group: findGroup(name) });
  if (group[0] === undefined) throw await groupNotFound(c.get("deps"), name);
  return group[0];
}

/** Throws 404 for an unknown organization in the path, 400 for one in the query and for an unknown member. */
async function readGroups(c: Ctx, { has_member: member, group_ids: ids, q = "", ...query }: ListQuery) {
  const organization = c.req.param("organization") ?? query.organization;
  const self = currentUserIdSql(c);
  const filter = {
    words: wordsOf(q),
    organization,
    memberId: member === undefined ? undefined : userIdByNameSql(member, self),
    ids: ids.length === 0 ? undefined : ids,
  };
  const { groups, users, organizations } = await readAsUser(c, {
    groups: listGroups(filter, query),
    users: findUser(member ?? "me", self),
    organizations: findOrganization(organization ?? ""),
  });
  if (organization !== undefined && organizations.length === 0)
    throw c.req.param("organization") === undefined
      ? invalid("organization", `unknown organization "${organization}"`)
      : notFound("Organization");
  if (users.length === 0) throw invalid("has_member", `unknown user "${member}"`);
  return groups.map(groupShape.from);
}

export const groupRoutes = new Hono<Env>()
  .get(
    "/groups",
    endpoint({
      summary: "List groups by name, with their first members",
      access: "session",
      requires: groupReaders,
      answers: { 200: z.array(groupShape.schema) },
      errors: [400, 401, 403],
    }),
    valid("query", listQuery),
    async (c) => c.json(await readGroups(c, c.req.valid("query"))),
  )
  .get(
    ofOrganization,
    endpoint({
      summary: "List an organization's groups by name, with their first members",
      access: "session",
      requires: groupReaders,
      answers: { 200: z.array(groupShape.schema) },
      errors: [400, 401, 403, 404],
    }),
    valid("query", pageQuery),
    async (c) => c.json(await readGroups(c, { ...c.req.valid("query"), group_ids: [] })),
  )
  .post(
    ofOrganization,
    endpoint({
      summary: "Create a group",
      access: "session",
      requires: groupManagers,
      answers: { 201: groupShape.schema },
      errors: [400, 401, 403, 404, 409, 413, 415],
    }),
    valid("json", createBody),
    async (c) => {
      const { name, display_name: displayName, avatar_url: avatarUrl, add_users } = c.req.valid("json");
      const add = add_users ?? [];
      const { actor, organization, named } = await readAsUser(c, {
        organization: findOrganization(c.req.param("organization")),
        ...creationReads({ add }),
      });
      if (organization[0] === undefined) throw notFound("Organization");
      const given = { name, displayName: displayName ?? undefined, avatarUrl: avatarUrl ?? undefined, add };
      const place = { organizationId: organization[0].id, named };
      const created = await createGroup(c.get("deps"), actor, place, given);
      return c.json(groupShape.from(created), 201);
    },
  )
  .get(
    `${ofOrganization}/:name`,
    endpoint({
      summary: "Get a group by name",
      access: "session",
      requires: groupReaders,
      answers: { 200: groupShape.schema },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const group = await loadGroup(c, c.req.param("name"));
      const organization = c.req.param("organization").toLowerCase();
      if (![group.organizationId, group.organizationName.toLowerCase()].includes(organization))
        throw notFound("Group");
      return c.json(groupShape.from(group));
    },
  )
  .get(
    ofGroup,
    endpoint({
      summary: "Get a group by id or name",
      access: "session",
      requires: groupReaders,
      answers: { 200: groupShape.schema },
      errors: [401, 403, 404],
    }),
    async (c) => c.json(groupShape.from(await loadGroup(c, c.req.param("group")))),
  )
  .patch(
    ofGroup,
    endpoint({
      summary: "Change a group, or add and remove members",
      access: "session",
      requires: groupManagers,
      answers: { 200: groupShape.schema },
      errors: [400, 401, 403, 404, 409, 413, 415],
    }),
    valid("json", changeBody),
    async (c) => {
      const { name, display_name: displayName, avatar_url: avatarUrl, ...people } = c.req.valid("json");
      const change = {
        name: name == null || name === "" ? undefined : name,
        displayName: displayName ?? undefined,
        avatarUrl: avatarUrl ?? undefined,
        add: people.add_users ?? [],
        remove: people.remove_users ?? [],
      };
      const wanted = c.req.param("group");
      const { actor, ...read } = await readAsUser(c, changeReads(wanted, change));
      if (read.group.length === 0) throw await groupNotFound(c.get("deps"), wanted);
      return c.json(groupShape.from(await changeGroup(c.get("deps"), actor, read, change)));
    },
  )
  .delete(
    ofGroup,
    endpoint({
      summary: "Delete a group; its members stay users",
      access: "session",
      requires: groupManagers,
      answers: { 200: messageSchema },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const name = c.req.param("group");
      const { actor, group } = await readAsUser(c, { group: findGroup(name) });
      if (group[0] === undefined) throw await groupNotFound(c.get("deps"), name);
      await removeGroup(c.get("deps"), actor, group[0]);
      return c.json({ message: "The group has been deleted." });
    },
  );
