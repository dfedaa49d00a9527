// Routes of organizations. There is one, `default`, and everybody belongs to it; Coder's clients ask for it.
import { Hono } from "hono";
import * as z from "zod";
import { findOrganization, listOrganizations, type OrganizationRow } from "../accounts/store/deployment.ts";
import { notFound } from "../kernel/errors.ts";
import { endpoint, readAsUser, type Env } from "../http/endpoint.ts";
import { time, toTime } from "../http/schemas.ts";
import { loadUserWith } from "./user-shape.ts";

const organizationSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    display_name: z.string(),
    description: z.string(),
    icon: z.string(),
    created_at: time,
    updated_at: time,
    is_default: z.boolean(),
  })
  .meta({ id: "Organization" });

export const organizationRoutes = new Hono<Env>()
  .get(
    "/organizations",
    endpoint({
      summary: "List organizations",
      access: "session",
      answers: { 200: z.array(organizationSchema) },
      errors: [401, 403],
    }),
    async (c) => {
      const { organizations } = await readAsUser(c, { organizations: listOrganizations() });
      return c.json(organizations.map(toOrganization));
    },
  )
  .get(
    "/organizations/:organization",
    endpoint({
      summary: "Get an organization by id or name",
      access: "session",
      answers: { 200: organizationSchema },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { organization } = await readAsUser(c, {
        organization: findOrganization(c.req.param("organization")),
      });
      if (organization[0] === undefined) throw notFound("Organization");
      return c.json(toOrganization(organization[0]));
    },
  )
  .get(
    "/users/:user/organizations",
    endpoint({
      summary: "List a user's organizations",
      access: "session",
      answers: { 200: z.array(organizationSchema) },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { organizations } = await loadUserWith(c, c.req.param("user"), {
        organizations: listOrganizations(),
      });
      return c.json(organizations.map(toOrganization));
    },
  )
  .get(
    "/users/:user/organizations/:organization",
    endpoint({
      summary: "Get a user's organization by id or name",
      access: "session",
      answers: { 200: organizationSchema },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { organization } = await loadUserWith(c, c.req.param("user"), {
        organization: findOrganization(c.req.param("organization")),
      });
      if (organization[0] === undefined) throw notFound("Organization");
      return c.json(toOrganization(organization[0]));
    },
  );

function toOrganization(row: OrganizationRow): z.infer<typeof organizationSchema> {
  return {
    id: row.id,
    name: row.name,
    display_name: row.displayName,
    description: "",
    icon: "",
    created_at: toTime(row.createdAt),
    updated_at: toTime(row.updatedAt),
    is_default: row.name === "default",
  };
}
