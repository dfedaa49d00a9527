// Route of the keys that provisioners sign in with.
import { Hono } from "hono";
import * as z from "zod";
import { findOrganization } from "../accounts/store/organizations.ts";
import { notFound } from "../errors.ts";
import { createProvisionerKey } from "../workspaces/provisioner-keys.ts";
import { endpoint, load, valid, type Ctx, type Env } from "./http.ts";
import { text } from "./schemas.ts";

export const provisionerKeyRoutes = new Hono<Env>().post(
  "/organizations/:organization/provisionerkeys",
  endpoint({
    summary: "Make a key for provisioners; its text is shown this once",
    access: "session",
    requires: {
      permission: "templates:manage",
      refusal: "Only an owner or a template-admin may make keys for provisioners.",
    },
    answers: { 201: z.object({ key: z.string() }) },
    errors: [400, 401, 403, 404, 409, 413, 415],
  }),
  valid("json", z.object({ name: text(1_024) })),
  async (c) => {
    const { actor, organization } = await load(c as Ctx, {
      organization: findOrganization(c.req.param("organization")),
    });
    if (organization[0] === undefined) throw notFound("Organization");
    const input = { organizationId: organization[0].id, name: c.req.valid("json").name };
    const key = await createProvisionerKey(c.get("deps"), actor, input, c.get("requestId"));
    return c.json({ key }, 201);
  },
);
