// belfry notifications senders: who may send custom notifications to others, besides owners.
import { exit, Failure } from "../failure.ts";
import { requireRoles } from "../inputs.ts";
import { defineCommand, outputOption } from "../rules/command.ts";

export const senders = defineCommand({
  name: "senders",
  summary: "Show or set who may send custom notifications to others, besides owners",
  details: ["Roles and groups that are not given are removed. Only owners can change it."],
  examples: [
    "belfry notifications senders",
    "belfry notifications senders --role template-admin --group sre",
    "belfry notifications senders --none",
  ],
  fields: { roles: "--role", groups: "--group" },
  options: {
    role: { type: "string", multiple: true, value: "ROLE", text: "allow all users with this role" },
    group: { type: "string", multiple: true, value: "NAME", text: "allow all members of this group" },
    none: { type: "boolean", text: "allow owners only" },
    ...outputOption,
  },
  async run(context, { options }) {
    const roles = requireRoles(options.role);
    const groups = options.group;
    const isChange = roles.length + groups.length > 0;
    if (isChange && options.none === true)
      throw new Failure(exit.usage, "--none: not with --role and --group");
    const client = context.client();
    const json = { roles, groups };
    const chosen = await client.ask((routes) =>
      isChange || options.none === true
        ? routes.notifications.custom.senders.$put({ json })
        : routes.notifications.custom.senders.$get(),
    );
    if (options.output === "json") return context.printJson(chosen);
    const who = [
      "owners",
      ...chosen.roles.map((role) => `users with the role ${role}`),
      ...chosen.groups.map((name) => `members of the group ${name}`),
    ];
    context.log(`These can send notifications to others: ${who.join(", ")}.`);
  },
});
