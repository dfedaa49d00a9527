// Routes of who may send custom notifications to others, besides owners.
import { Hono } from "hono";
import * as z from "zod";
import { siteRoles } from "../../db/schema.ts";
import { audit } from "../accounts/audit.ts";
import { listGroupNames } from "../accounts/store/groups.ts";
import { hasPermissionSql } from "../accounts/store/manage.ts";
import { endpoint, readAsUser, valid, type Ctx, type Env, type Requirement } from "../http/endpoint.ts";
import {
  changeSenders,
  sendersReads,
  toShownSenders,
  type GivenSenders,
  type ShownSenders,
} from "../notifications/custom/senders.ts";
import { findNames } from "../notifications/custom/store/audience.ts";

export const sendersManagers: Requirement = {
  permission: "deployment:manage",
  deniedMessage: "Only owners can choose who sends notifications to others.",
};

const shown = z
  .object({ roles: z.array(z.enum(siteRoles)), groups: z.array(z.string()) })
  .meta({ id: "CustomSenders", description: "Besides owners" });

const body = z.strictObject({
  roles: z.array(z.enum(siteRoles)).max(10),
  groups: z.array(z.string().min(1).max(300)).max(100).meta({ description: "Names or ids" }),
});

/** Throws 400, 401, 403. */
export async function changeSendersAs(c: Ctx, given: GivenSenders): Promise<ShownSenders> {
  const { actor, found, names } = await readAsUser(
    c,
    { found: findNames({ users: [], roles: [], groups: given.groups }), names: listGroupNames() },
    { requires: sendersManagers },
  );
  const deps = c.get("deps");
  const known = { found, names: names.map(({ name }) => name) };
  return changeSenders(deps, given, known, {
    note: (entry, when) =>
      audit(
        deps,
        { ...entry, actorId: actor.userId, resourceType: "notifications_settings", resourceId: null },
        when,
      ),
    allowedSql: hasPermissionSql(actor, "deployment:manage"),
  });
}

export const customSenderRoutes = new Hono<Env>()
  .get(
    "/notifications/custom/senders",
    endpoint({
      summary: "Get who may send custom notifications to others, besides owners",
      access: "session",
      requires: {
        permission: "deployment:read",
        deniedMessage: "Only owners and auditors can see who sends notifications to others.",
      },
      answers: { 200: shown },
      errors: [401, 403],
    }),
    async (c) => c.json(toShownSenders(await readAsUser(c, sendersReads())) as z.output<typeof shown>),
  )
  .put(
    "/notifications/custom/senders",
    endpoint({
      summary: "Choose which roles and groups may send custom notifications to others, besides owners",
      access: "session",
      requires: sendersManagers,
      answers: { 200: shown },
      errors: [400, 401, 403, 413, 415],
    }),
    valid("json", body),
    async (c) => c.json((await changeSendersAs(c, c.req.valid("json"))) as z.output<typeof shown>),
  );
