// belfry sources people: whom Belfry doesn't recognise, and who they are here.
import { segment } from "../client.ts";
import type { Context } from "./context.ts";
import { notFound } from "./failure.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { plainLine } from "./rules/text.ts";
import { formatAge } from "./rules/time.ts";
import { nameOf } from "./sources.ts";

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List unknown and pinned people of a source",
  args: "SOURCE",
  minArgs: 1,
  examples: ["belfry sources people list prod"],
  options: { ...outputOption },
  async run(context, { options, args: [word = ""] }) {
    const people = await readPeople(context, await nameOf(context, word, ""));
    if (options.output === "json") return context.printJson(people);
    if (people.length === 0) return context.log("No unknown or pinned people.");
    const rows = people.map((person) => [
      person.username,
      person.name,
      person.email,
      person.user ?? (person.suggested === null ? "unknown" : `unknown, maybe ${person.suggested}`),
      String(person.missed),
      String(person.waiting),
      formatAge(person.last_seen_at, context.now()),
    ]);
    context.printTable(["PERSON", "NAME", "EMAIL", "USER", "RECEIVED", "WAITING", "LAST SEEN"], rows);
  },
});

export const pin = defineCommand({
  name: "pin",
  summary: "Pin a person of a source to a user, who also gets the person's waiting notifications",
  args: "SOURCE PERSON USER",
  minArgs: 3,
  details: ["PERSON is a username or user ID in Coder. To create a missing user first: belfry users create"],
  examples: ["belfry sources people pin prod g.hopper grace"],
  fields: { user: "USER" },
  options: {},
  async run(context, { args: [word = "", person = "", user = ""] }) {
    const { param, label } = await find(context, word, person);
    const pinned = await context
      .client()
      .ask((routes) => routes.sources[":source"].people[":id"].$put({ param, json: { user } }));
    const delivered = pinned.delivered === 1 ? "1 notification" : `${pinned.delivered} notifications`;
    context.log(plainLine(`Pinned ${label} to ${user}; delivered ${delivered}.`));
  },
});

export const forget = defineCommand({
  name: "forget",
  summary: "Unpin a person of a source, and discard their waiting notifications",
  args: "SOURCE PERSON",
  minArgs: 2,
  examples: ["belfry sources people forget prod g.hopper"],
  options: {},
  async run(context, { args: [word = "", person = ""] }) {
    const { param, label } = await find(context, word, person);
    await context.client().ask((routes) => routes.sources[":source"].people[":id"].$delete({ param }));
    context.log(plainLine(`Forgot ${label}.`));
  },
});

const readPeople = (context: Context, source: string) =>
  context
    .client()
    .ask((routes) => routes.sources[":source"].people.$get({ param: { source: segment(source) } }));

async function find(context: Context, word: string, person: string) {
  const source = await nameOf(context, word, "Nothing was changed.");
  const people = await readPeople(context, source);
  const wanted = person.toLowerCase();
  const found = people.find(
    ({ username, coder_user_id: id }) => id === wanted || username.toLowerCase() === wanted,
  );
  const names = people.map(({ username }) => username);
  if (found === undefined)
    throw notFound(
      "Person",
      person,
      names,
      `Nothing was changed. List people: belfry sources people list ${source}`,
    );
  return {
    param: { source: segment(source), id: found.coder_user_id },
    label: found.username || found.coder_user_id,
  };
}
