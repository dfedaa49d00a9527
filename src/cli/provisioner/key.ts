// belfry provisioner key: makes a key for a provisioner and prints it, once.
import { defineCommand, outputOption } from "../rules/command.ts";
import { organization } from "../templates/find.ts";

export const key = defineCommand({
  name: "key",
  summary: "Make a key that provisioners sign in with; prints it, which is shown only now",
  takes: "NAME",
  least: 1,
  examples: [
    "belfry provisioner key rack-1",
    "export BELFRY_PROVISIONER_KEY=$(belfry provisioner key rack-1)",
  ],
  options: { ...outputOption },
  async run(context, { options, words }) {
    const made = await context.client().ask((routes) =>
      routes.organizations[":organization"].provisionerkeys.$post({
        param: { organization },
        json: { name: words[0]! },
      }),
    );
    if (options.output === "json") return context.printJson(made);
    context.say("Keep this key in a safe place, it is not shown again.");
    context.print(made.key);
  },
});
