// Routes of the people of a source: whom Belfry doesn't recognise, and who is pinned to a user.
import { Hono } from "hono";
import * as z from "zod";
import { findUser } from "../accounts/store/users.ts";
import { currentUserIdSql, endpoint, readAsUser, valid, type Env } from "../http/endpoint.ts";
import { uuid } from "../http/schemas.ts";
import { field, number, shape, string, time } from "../http/wire.ts";
import { invalid } from "../kernel/errors.ts";
import { forget, pinToUser } from "../sources/people.ts";
import { findPersonOfSource, listPeople, type SourcePerson } from "../sources/store/people.ts";
import { findSource, sourceIdByNameSql } from "../sources/store/sources.ts";
import { foundSource, toManageSources, toReadSources } from "./sources.ts";

export const maxPeople = 1_000;

const personShape = shape<SourcePerson>("SourcePerson")({
  coder_user_id: string((row) => row.foreignId),
  username: string((row) => row.username, "in Coder"),
  email: string((row) => row.email, "in Coder"),
  name: string((row) => row.name, "in Coder"),
  reason: field(
    z.enum(["no_such_user", "pinned"]),
    (row) => (row.userId === null ? "no_such_user" : "pinned") as "no_such_user" | "pinned",
  ),
  user: field(
    z.string().nullable().meta({ description: "the username that an owner pinned them to" }),
    (row) => row.pinnedTo,
  ),
  suggested: field(
    z.string().nullable().meta({ description: "a user with their email address or username" }),
    (row) => row.suggested,
  ),
  missed: number((row) => row.missed, "messages that nobody got when they came"),
  waiting: number((row) => row.waiting, "of them, those that a pin delivers"),
  last_seen_at: time((row) => row.lastSeenAt),
});

const personParam = z.object({ source: z.string(), id: uuid });

const path = "/sources/:source/people";

export const sourcePeopleRoutes = new Hono<Env>()
  .get(
    path,
    endpoint({
      summary: "List unknown and pinned people of a source",
      access: "session",
      requires: toReadSources,
      answers: { 200: z.array(personShape.schema) },
      errors: [401, 403, 404],
    }),
    async (c) => {
      const name = c.req.param("source");
      const { source, people } = await readAsUser(c, {
        source: findSource(name),
        people: listPeople(sourceIdByNameSql(name), maxPeople),
      });
      foundSource(source);
      return c.json(people.map(personShape.from));
    },
  )
  .put(
    `${path}/:id`,
    endpoint({
      summary: "Pin a Coder user id to a user, who also gets what waited for a day at most",
      access: "session",
      requires: toManageSources,
      answers: { 200: personShape.schema.extend({ delivered: z.number() }) },
      errors: [400, 401, 403, 404, 413, 415],
    }),
    valid("param", personParam),
    valid("json", z.object({ user: z.string().meta({ description: "A username or id" }) })),
    async (c) => {
      const { source: name, id } = c.req.valid("param");
      const wanted = c.req.valid("json").user;
      const { actor, source, user } = await readAsUser(c, {
        source: findSource(name),
        user: findUser(wanted, currentUserIdSql(c)),
      });
      if (user[0] === undefined || user[0].isSystem) {
        foundSource(source);
        throw invalid("user", "no such user");
      }
      const pinned = await pinToUser(c.get("deps"), actor, foundSource(source), {
        foreignId: id.toLowerCase(),
        user: user[0],
      });
      return c.json({ ...personShape.from(pinned.person), delivered: pinned.delivered });
    },
  )
  .delete(
    `${path}/:id`,
    endpoint({
      summary: "Forget a person of a source: unpins them, and discards what waits",
      access: "session",
      requires: toManageSources,
      answers: { 204: null },
      errors: [400, 401, 403, 404],
    }),
    valid("param", personParam),
    async (c) => {
      const { source: name, id } = c.req.valid("param");
      const { actor, source, person } = await readAsUser(c, {
        source: findSource(name),
        person: findPersonOfSource(sourceIdByNameSql(name), id.toLowerCase()),
      });
      await forget(c.get("deps"), actor, foundSource(source), person[0]);
      return c.body(null, 204);
    },
  );
