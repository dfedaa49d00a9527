// belfry groups: named groups of users, whom notifications can be sent to.
import { type Client, ClientError, segment } from "../client.ts";
import { organization, readPages, type Context } from "./context.ts";
import { notFound } from "./failure.ts";
import { defineCommand, outputOption, type Group } from "./rules/command.ts";
import { plainLine } from "./rules/text.ts";

const pageSize = 200;
const param = { organization };

/** All of them; the route returns a list without a count. */
async function readGroups(client: Client, q = "") {
  const { items } = await readPages(async (offset) => {
    const query = { q, limit: String(pageSize), offset };
    const page = await client.ask((routes) =>
      routes.organizations[":organization"].groups.$get({ param, query }),
    );
    const count = page.length < pageSize ? Number(offset) + page.length : Infinity;
    return { items: page, count };
  });
  return items;
}

const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List groups",
  examples: ["belfry groups list", "belfry groups list --search sre --output json"],
  fields: { q: "--search" },
  options: {
    search: { type: "string", value: "TEXT", text: "match name or display name" },
    ...outputOption,
  },
  async run(context, { options }) {
    const groups = await readGroups(context.client(), options.search);
    if (options.output === "json") return context.printJson(groups);
    if (groups.length === 0) return context.log("No groups found. Create one: belfry groups create NAME");
    const rows = groups.map((group) => [group.name, group.display_name, String(group.total_member_count)]);
    context.printTable(["NAME", "DISPLAY NAME", "MEMBERS"], rows);
  },
});

const show = defineCommand({
  name: "show",
  summary: "Show a group and its members",
  args: "GROUP",
  minArgs: 1,
  examples: ["belfry groups show sre"],
  options: { ...outputOption },
  async run(context, { options, args: [word = ""] }) {
    const client = context.client();
    const group = await orNearest(client, word, () =>
      client.ask((routes) => routes.groups[":group"].$get({ param: { group: segment(word) } })),
    );
    const { items: members, count } = await readPages(async (offset) => {
      const query = { q: "", limit: String(pageSize), offset };
      const page = await client.ask((routes) =>
        routes.groups[":group"].members.$get({ param: { group: segment(group.id) }, query }),
      );
      return { items: page.users, count: page.count };
    });
    if (options.output === "json") return context.printJson({ ...group, members });
    context.printField("Name", group.name);
    if (group.display_name !== "") context.printField("Display name", group.display_name);
    context.printField("Members", String(Math.max(count, members.length)));
    if (members.length === 0) return;
    const rows = members.map((user) => [user.username, user.name, user.email, user.status]);
    context.printTable(["USERNAME", "NAME", "EMAIL", "STATUS"], rows);
  },
});

const displayName = {
  "display-name": { type: "string", value: "TEXT", text: "name for people, at most 64 characters" },
} as const;
const fields = { name: "NAME", display_name: "--display-name", add_users: "USER", remove_users: "USER" };

const create = defineCommand({
  name: "create",
  summary: "Create a group, with members if you name them",
  args: "NAME [USER…]",
  minArgs: 1,
  maxArgs: 1_000,
  fields,
  details: ["A name has letters, digits and single hyphens. Owners and user admins can manage groups."],
  examples: [
    "belfry groups create sre",
    `belfry groups create sre grace linus --display-name "Site reliability"`,
  ],
  options: { ...displayName, ...outputOption },
  async run(context, { options, args: [name = "", ...users] }) {
    const client = context.client();
    const json = { name, display_name: options["display-name"] ?? "", add_users: users };
    const group = await client.ask((routes) =>
      routes.organizations[":organization"].groups.$post({ param, json }),
    );
    if (options.output === "json") return context.printJson(group);
    context.log(`Created group ${describe(group)}.`);
  },
});

const edit = defineCommand({
  name: "edit",
  summary: "Rename a group, or change its display name",
  args: "GROUP",
  minArgs: 1,
  fields: { ...fields, name: "--name" },
  examples: ["belfry groups edit sre --name ops", `belfry groups edit sre --display-name ""`],
  options: {
    name: { type: "string", value: "NAME", text: "new name" },
    ...displayName,
    ...outputOption,
  },
  async run(context, { options, args: [word = ""] }) {
    const json = { name: options.name, display_name: options["display-name"] };
    await changeAndReport(context, word, json, options.output);
  },
});

const add = defineCommand({
  name: "add",
  summary: "Add members to a group",
  args: "GROUP USER…",
  minArgs: 2,
  maxArgs: 1_000,
  fields,
  examples: ["belfry groups add sre grace linus"],
  options: { ...outputOption },
  run: (context, { options, args: [word = "", ...users] }) =>
    changeAndReport(context, word, { add_users: users }, options.output),
});

const removeMembers = defineCommand({
  name: "remove",
  summary: "Remove members from a group",
  args: "GROUP USER…",
  minArgs: 2,
  maxArgs: 1_000,
  fields,
  examples: ["belfry groups remove sre linus"],
  options: { ...outputOption },
  run: (context, { options, args: [word = "", ...users] }) =>
    changeAndReport(context, word, { remove_users: users }, options.output),
});

const remove = defineCommand({
  name: "delete",
  aliases: ["rm"],
  summary: "Delete a group; its members stay users",
  args: "GROUP",
  minArgs: 1,
  examples: ["belfry groups delete sre"],
  options: {},
  async run(context, { args: [word = ""] }) {
    const client = context.client();
    await orNearest(client, word, () =>
      client.ask((routes) => routes.groups[":group"].$delete({ param: { group: segment(word) } })),
    );
    context.log(`Deleted group ${plainLine(word)}.`);
  },
});

interface Change {
  name?: string | undefined;
  display_name?: string | undefined;
  add_users?: string[];
  remove_users?: string[];
}

const change = (client: Client, group: string, json: Change) =>
  client.ask((routes) => routes.groups[":group"].$patch({ param: { group: segment(group) }, json }));

async function changeAndReport(
  context: Context,
  word: string,
  json: Change,
  output: string | undefined,
): Promise<void> {
  const client = context.client();
  const group = await orNearest(client, word, () => change(client, word, json));
  if (output === "json") return context.printJson(group);
  context.log(`Updated group ${describe(group)}.`);
}

/** `sre (Site reliability), 3 members` */
function describe(group: { name: string; display_name: string; total_member_count: number }): string {
  const { name, display_name: display, total_member_count: count } = group;
  const members = `${count} ${count === 1 ? "member" : "members"}`;
  return plainLine(`${name}${display === "" ? "" : ` (${display})`}, ${members}`);
}

/** An unknown group fails with the nearest name. */
async function orNearest<T>(client: Client, word: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ClientError && error.isBelfry && error.status === 404)) throw error;
    const names = (await readGroups(client)).map(({ name }) => name);
    throw notFound("Group", word, names, "List groups: belfry groups list");
  }
}

export const groups: Group = {
  name: "groups",
  aliases: ["group"],
  summary: "Manage groups of users, whom notifications can be sent to",
  commands: [list, show, create, edit, add, removeMembers, remove],
};
