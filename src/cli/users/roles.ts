// belfry users roles: gives somebody exactly these roles.
import { segment } from "../../client.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { readRoles } from "../rules/roles.ts";
import { describeUser } from "../rules/user.ts";

export const roles = defineCommand({
  name: "roles",
  summary: "Give somebody exactly these roles; without any, none",
  takes: "USER [ROLE…]",
  least: 1,
  most: 10,
  details: ["Roles are owner, user-admin, template-admin and auditor."],
  examples: ["belfry users roles grace template-admin", "belfry users roles grace"],
  options: { ...outputOption },
  async run(context, { options, words }) {
    const verdict = readRoles(words.slice(1));
    if (!verdict.ok) throw new Failure(exit.usage, verdict.problem);
    const param = { user: segment(words[0]!) };
    const json = { roles: verdict.roles };
    const user = await context.client().ask((routes) => routes.users[":user"].roles.$put({ param, json }));
    if (options.output === "json") context.printJson(user);
    else context.say(`Now: ${describeUser(user)}.`);
  },
});
