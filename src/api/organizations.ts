// Routes of organizations. There is one, `default`, and everybody belongs to it; Coder's clients ask for it.
import { Hono } from "hono";
import * as z from "zod";
import { findOrganization, listOrganizations, type OrganizationRow } from "../accounts/store/deployment.ts";
import { notFound } from "../kernel/errors.ts";
import { endpoint, readAsUser, type Env } from "../http/endpoint.ts";
import { boolean, fixed, shape, string, time } from "../http/wire.ts";
import { loadUserWith } from "./user-shape.ts";

const organizationShape = shape<OrganizationRow>("Organization")({
  id: string((row) => row.id),
  name: string((row) => row.name),
  display_name: string((row) => row.displayName),
  description: fixed(""),
  icon: fixed(""),
  created_at: time((row) => row.createdAt),
  updated_at: time((row) => row.updatedAt),
  is_default: boolean((row) => row.name === "default"),
});

export const organizationRoutes = new Hono<Env>()
  .get(
    "/organizations",
    endpoint({
      summary: "List organizations",
      access: "session",
      answers: { 200: z.array(organizationShape.schema) },
      errors: [401, 403],
    }),
    async (c) => {
      const { organizations } = await readAsUser(c, { organizations: listOrganizations() });
      return c.json(organizations.map(organizationShape.from));
    },
  )
  .get(
    "/organizations/:organization",
    endpoint({
      summary: "Get an organization by id or name",
      access: "session",
      answers: { 200: organizationShape.schema },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { organization } = await readAsUser(c, {
        organization: findOrganization(c.req.param("organization")),
      });
      if (organization[0] === undefined) throw notFound("Organization");
      return c.json(organizationShape.from(organization[0]));
    },
  )
  .get(
    "/users/:user/organizations",
    endpoint({
      summary: "List a user's organizations",
      access: "session",
      answers: { 200: z.array(organizationShape.schema) },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { organizations } = await loadUserWith(c, c.req.param("user"), {
        organizations: listOrganizations(),
      });
      return c.json(organizations.map(organizationShape.from));
    },
  )
  .get(
    "/users/:user/organizations/:organization",
    endpoint({
      summary: "Get a user's organization by id or name",
      access: "session",
      answers: { 200: organizationShape.schema },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { organization } = await loadUserWith(c, c.req.param("user"), {
        organization: findOrganization(c.req.param("organization")),
      });
      if (organization[0] === undefined) throw notFound("Organization");
      return c.json(organizationShape.from(organization[0]));
    },
  );
