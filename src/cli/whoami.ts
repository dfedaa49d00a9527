// belfry whoami: who the key belongs to, and where.
import { defineCommand, outputOption } from "./rules/command.ts";
import { describeUser } from "./rules/user.ts";

export const whoami = defineCommand({
  name: "whoami",
  summary: "Say who is signed in, and where",
  examples: ["belfry whoami", "belfry whoami --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const client = context.client();
    const user = await client.ask((routes) => routes.users[":user"].$get({ param: { user: "me" } }));
    if (options.output === "json") context.printJson(user);
    else context.print(`${describeUser(user)}, at ${client.url}`);
  },
});
