// belfry provisioner keys create, and the shorter belfry provisioner key: creates a key and prints it, once.
import { defineCommand, outputOption } from "../rules/command.ts";
import { organization } from "../templates/find.ts";

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
