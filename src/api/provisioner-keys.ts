// Routes of the keys that provisioners sign in with.
import { createHash } from "node:crypto";
import { Hono } from "hono";
import * as z from "zod";
import { findOrganization, organizationIdByNameSql } from "../accounts/store/deployment.ts";
import { notFound } from "../kernel/errors.ts";
import { createProvisionerKey, revokeProvisionerKey } from "../workspaces/jobs/provisioner-keys.ts";
import {
  findProvisionerKeyByName,
  listProvisionerKeys,
  type ListedKey,
} from "../workspaces/jobs/store/provisioner-keys.ts";
import { endpoint, readAsUser, valid, type Env, type Requirement } from "../http/endpoint.ts";
import { everyProvisioner, text } from "../http/schemas.ts";
import { field, fixed, number, shape, string, time, timeOrNull } from "../http/wire.ts";

export const toManageKeys: Requirement = {
  permission: "templates:manage",
  deniedMessage: "Only owners and template admins can manage provisioner keys.",
};
export const toReadKeys: Requirement = {
  permission: "provisioner-keys:read",
  deniedMessage: "Only owners, template admins and auditors can see provisioner keys.",
};

const path = "/organizations/:organization/provisionerkeys";

/** Coder's clients want a UUID: version 8 (RFC 9562) of the key's own id. */
function uuidOf(keyId: string): string {
  const bytes = createHash("sha256").update(`provisioner-key:${keyId}`).digest().subarray(0, 16);
  bytes[6] = 0x80 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const keyShape = shape<ListedKey>()({
  id: field(z.uuid(), (key) => uuidOf(key.id)),
  created_at: time((key) => key.createdAt),
  organization: field(z.uuid(), (key) => key.organizationId),
  name: string((key) => key.name),
  tags: fixed(
    {},
    z.record(z.string(), z.string()).meta({ description: "always empty: every provisioner takes every job" }),
  ),
  created_by: string((key) => key.creator, "username"),
  last_used_at: timeOrNull((key) => key.lastUsedAt),
  last_used_address: field(z.string().nullable(), (key) => key.lastUsedAddress),
  jobs: number((key) => key.jobs, "that its provisioners lease now"),
});

export const provisionerKeyRoutes = new Hono<Env>()
  .get(
    path,
    endpoint({
      summary: "List the provisioner keys, oldest first, without their secrets",
      access: "session",
      requires: toReadKeys,
      answers: { 200: z.array(keyShape.schema) },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { organization, keys } = await readAsUser(c, {
        organization: findOrganization(c.req.param("organization")),
        keys: listProvisionerKeys(organizationIdByNameSql(c.req.param("organization"))),
      });
      if (organization[0] === undefined) throw notFound("Organization");
      return c.json(keys.map(keyShape.from));
    },
  )
  .post(
    path,
    endpoint({
      summary: "Create a provisioner key; its secret is returned only once",
      access: "session",
      requires: toManageKeys,
      answers: { 201: z.object({ key: z.string() }) },
      errors: [400, 401, 403, 404, 409, 413, 415],
    }),
    valid("json", z.object({ name: text(1_024), tags: everyProvisioner })),
    async (c) => {
      const { actor, organization } = await readAsUser(c, {
        organization: findOrganization(c.req.param("organization")),
      });
      if (organization[0] === undefined) throw notFound("Organization");
      const input = { organizationId: organization[0].id, name: c.req.valid("json").name };
      const key = await createProvisionerKey(c.get("deps"), actor, input);
      return c.json({ key }, 201);
    },
  )
  .delete(
    `${path}/:name`,
    endpoint({
      summary: "Revoke a provisioner key by name; jobs without a plan return to the queue",
      access: "session",
      requires: toManageKeys,
      answers: { 204: null },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { actor, key } = await readAsUser(c, {
        key: findProvisionerKeyByName(
          organizationIdByNameSql(c.req.param("organization")),
          c.req.param("name"),
        ),
      });
      await revokeProvisionerKey(c.get("deps"), actor, key[0]);
      return c.body(null, 204);
    },
  );
