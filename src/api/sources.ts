// Routes of sources: the Coder deployments that send their notifications to Belfry.
import { Hono, type Context } from "hono";
import * as z from "zod";
import { sourceKinds } from "../../db/schema.ts";
import { endpoint, readAsUser, valid, type Env, type Requirement } from "../http/endpoint.ts";
import { text } from "../http/schemas.ts";
import { boolean, field, number, shape, string, time, timeOrNull } from "../http/wire.ts";
import { notFound } from "../kernel/errors.ts";
import { rotationMs } from "../sources/rules/source.ts";
import {
  changeSource,
  createSource,
  removeSource,
  rotateSecret,
  type AddressedSource,
} from "../sources/sources.ts";
import { findSource, listSources, type SourceRow } from "../sources/store/sources.ts";

export const toManageSources: Requirement = {
  permission: "deployment:manage",
  deniedMessage: "Only owners can manage sources.",
};
export const toReadSources: Requirement = {
  permission: "deployment:read",
  deniedMessage: "Only owners and auditors can see sources.",
};

export const sourceShape = shape<SourceRow>("Source")({
  id: string((row) => row.id),
  name: string((row) => row.name),
  kind: field(z.enum(sourceKinds), (row) => row.kind),
  enabled: boolean((row) => row.isEnabled),
  created_by: field(z.string().nullable().meta({ description: "A username" }), (row) => row.creator),
  created_at: time((row) => row.createdAt),
  last_received_at: timeOrNull((row) => row.lastReceivedAt),
  received: number((row) => row.receivedCount, "messages since it was created, each once"),
  unmatched: number((row) => row.unmatchedCount, "of them, for unknown people"),
  unmatched_people: number((row) => row.unmatchedPeople, "unknown people now"),
  waiting: number((row) => row.waiting, "messages that wait for them, for a day"),
  previous_secret_valid_until: timeOrNull((row) => row.previousUntil),
});

const addressed = sourceShape.schema.extend({
  address: z.string().meta({ description: "with a secret; returned only once" }),
});
const withAddress = ({ source, address }: AddressedSource) => ({ ...sourceShape.from(source), address });

const nameSchema = text(1_024);

export const foundSource = (rows: readonly SourceRow[]): SourceRow => {
  if (rows[0] === undefined) throw notFound("Source");
  return rows[0];
};

const path = "/sources";
const ofSource = `${path}/:source` as const;

type C = Context<Env>;
const readSource = (c: C, name: string) => readAsUser(c, { source: findSource(name) });

export const sourceRoutes = new Hono<Env>()
  .get(
    path,
    endpoint({
      summary: "List the sources, without their addresses",
      access: "session",
      requires: toReadSources,
      answers: { 200: z.array(sourceShape.schema) },
      errors: [401, 403],
    }),
    async (c) => {
      const { sources } = await readAsUser(c, { sources: listSources() });
      return c.json(sources.map(sourceShape.from));
    },
  )
  .post(
    path,
    endpoint({
      summary: "Create a source; its address is returned only once",
      access: "session",
      requires: toManageSources,
      answers: { 201: addressed },
      errors: [400, 401, 403, 409, 413, 415],
    }),
    valid("json", z.object({ name: nameSchema, kind: z.enum(sourceKinds).default("coder") })),
    async (c) => {
      const { actor } = await readAsUser(c, {});
      return c.json(withAddress(await createSource(c.get("deps"), actor, c.req.valid("json"))), 201);
    },
  )
  .patch(
    ofSource,
    endpoint({
      summary: "Rename a source, or disable or enable it",
      access: "session",
      requires: toManageSources,
      answers: { 200: sourceShape.schema },
      errors: [400, 401, 403, 404, 409, 413, 415],
    }),
    valid("json", z.object({ name: nameSchema.optional(), enabled: z.boolean().optional() })),
    async (c) => {
      const { actor, source } = await readSource(c, c.req.param("source"));
      const { name, enabled } = c.req.valid("json");
      const change = { name, isEnabled: enabled };
      return c.json(sourceShape.from(await changeSource(c.get("deps"), actor, foundSource(source), change)));
    },
  )
  .post(
    `${ofSource}/rotate`,
    endpoint({
      summary: `Give a source a new address; the present one works for another ${rotationMs / 3_600_000} hours`,
      access: "session",
      requires: toManageSources,
      answers: { 200: addressed },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { actor, source } = await readSource(c, c.req.param("source"));
      return c.json(withAddress(await rotateSecret(c.get("deps"), actor, foundSource(source))));
    },
  )
  .delete(
    ofSource,
    endpoint({
      summary: "Delete a source; what was received from it stays",
      access: "session",
      requires: toManageSources,
      answers: { 204: null },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const { actor, source } = await readSource(c, c.req.param("source"));
      await removeSource(c.get("deps"), actor, foundSource(source));
      return c.body(null, 204);
    },
  );
