// belfry provisioner keys: the keys that provisioners sign in with. A key is printed once, when it is created.
import { segment } from "../../client.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { nearest } from "../rules/names.ts";
import { ageWords } from "../rules/time.ts";
import { organization } from "../templates/manage.ts";

const define = (name: string, example: string) =>
  defineCommand({
    name,
    summary: "Create a key that provisioners sign in with; prints it, once",
    takes: "NAME",
    least: 1,
    examples: [`belfry ${example} rack-1`, `export BELFRY_PROVISIONER_KEY=$(belfry ${example} rack-1)`],
    options: { ...outputOption },
    async run(context, { options, words }) {
      const created = await context.client().ask((routes) =>
        routes.organizations[":organization"].provisionerkeys.$post({
          param: { organization },
          json: { name: words[0]! },
        }),
      );
      if (options.output === "json") return context.printJson(created);
      context.say("Keep this key in a safe place, it is not shown again.");
      context.print(created.key);
    },
  });

export const key = define("key", "provisioner key");
export const createKey = define("create", "provisioner keys create");

export const listKeys = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List provisioner keys: when each was last used, and the jobs it holds",
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
      return context.say(
        "There are no provisioner keys. Create one with: belfry provisioner keys create NAME",
      );
    const now = context.now();
    const rows = keys.map((key) => [
      key.name,
      key.created_by,
      ageWords(key.created_at, now),
      key.last_used_at === null ? "never" : ageWords(key.last_used_at, now),
      key.last_used_address ?? "",
      String(key.jobs),
    ]);
    context.printTable(["NAME", "CREATED BY", "CREATED", "LAST USED", "FROM", "JOBS"], rows);
  },
});

export const deleteKey = defineCommand({
  name: "delete",
  aliases: ["rm", "remove", "revoke"],
  summary: "Revoke provisioner keys; jobs that have not begun go back to the queue",
  takes: "NAME…",
  least: 1,
  most: Infinity,
  examples: ["belfry provisioner keys delete rack-1"],
  options: {},
  async run(context, { words }) {
    const client = context.client();
    const keys = await client.ask((routes) =>
      routes.organizations[":organization"].provisionerkeys.$get({ param: { organization } }),
    );
    const names = keys.map(({ name }) => name);
    // All names are looked up before the first key is revoked.
    const found = words.map((word) => {
      const name = names.find((one) => one.toLowerCase() === word.toLowerCase());
      if (name !== undefined) return name;
      const near = nearest(word, names);
      throw new Failure(
        exit.failed,
        `NAME: there is no provisioner key "${word}".${near === undefined ? "" : ` Did you mean "${near}"?`}`,
        "Nothing was revoked. To list keys: belfry provisioner keys list",
      );
    });
    for (const name of found) {
      const param = { organization, name: segment(name) };
      await client.ask((routes) =>
        routes.organizations[":organization"].provisionerkeys[":name"].$delete({ param }),
      );
      context.say(`Revoked ${name}.`);
    }
  },
});
