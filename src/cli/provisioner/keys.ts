// belfry provisioner keys: the keys that provisioners sign in with. A key is printed once, when it is created.
import { segment } from "../../client.ts";
import { organization } from "../context.ts";
import { notFound } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { formatAge } from "../rules/time.ts";

const define = (name: string, example: string, summary: string) =>
  defineCommand({
    name,
    summary,
    args: "NAME",
    minArgs: 1,
    examples: [`belfry ${example} rack-1`, `export BELFRY_PROVISIONER_KEY=$(belfry ${example} rack-1)`],
    options: { ...outputOption },
    async run(context, { options, args }) {
      const created = await context.client().ask((routes) =>
        routes.organizations[":organization"].provisionerkeys.$post({
          param: { organization },
          json: { name: args[0]! },
        }),
      );
      if (options.output === "json") return context.printJson(created);
      context.log("Save this key; it is not shown again. Use it as BELFRY_PROVISIONER_KEY.");
      context.print(created.key);
    },
  });

export const key = define("key", "provisioner key", "Same as: belfry provisioner keys create");
export const createKey = define(
  "create",
  "provisioner keys create",
  "Create a provisioner key; it is shown only once",
);

export const listKeys = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List provisioner keys with their last use and current jobs",
  examples: ["belfry provisioner keys list", "belfry provisioner keys list --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const keys = await context
      .client()
      .ask((routes) =>
        routes.organizations[":organization"].provisionerkeys.$get({ param: { organization } }),
      );
    if (options.output === "json") return context.printJson(keys);
    if (keys.length === 0)
      return context.log("No provisioner keys found. Create one: belfry provisioner keys create NAME");
    const now = context.now();
    const rows = keys.map((key) => [
      key.name,
      key.created_by,
      formatAge(key.created_at, now),
      key.last_used_at === null ? "never" : formatAge(key.last_used_at, now),
      key.last_used_address ?? "",
      String(key.jobs),
    ]);
    context.printTable(["NAME", "CREATED BY", "CREATED", "LAST USED", "FROM", "JOBS"], rows);
  },
});

export const deleteKey = defineCommand({
  name: "delete",
  aliases: ["rm", "remove", "revoke"],
  summary: "Revoke provisioner keys; jobs not yet started return to the queue, running builds fail",
  args: "NAME…",
  minArgs: 1,
  maxArgs: Infinity,
  examples: ["belfry provisioner keys delete rack-1"],
  options: {},
  async run(context, { args }) {
    const client = context.client();
    const keys = await client.ask((routes) =>
      routes.organizations[":organization"].provisionerkeys.$get({ param: { organization } }),
    );
    const names = keys.map(({ name }) => name);
    // All names are looked up before the first key is revoked.
    const found = args.map((word) => {
      const name = names.find((one) => one.toLowerCase() === word.toLowerCase());
      if (name !== undefined) return name;
      const hint = "Nothing was revoked. List keys: belfry provisioner keys list";
      throw notFound("Provisioner key", word, names, hint);
    });
    for (const name of found) {
      const param = { organization, name: segment(name) };
      await client.ask((routes) =>
        routes.organizations[":organization"].provisionerkeys[":name"].$delete({ param }),
      );
      context.log(`Revoked provisioner key ${name}.`);
    }
  },
});
