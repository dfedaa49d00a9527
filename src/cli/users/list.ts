// belfry users list: the accounts, or those that match.
import type { User } from "../../client.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { ageWords } from "../rules/duration.ts";
import { table } from "../rules/table.ts";
import { roleWords } from "../rules/user.ts";

const pageSize = 100;

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List the accounts",
  examples: [
    "belfry users list",
    "belfry users list --search grace",
    "belfry users list --search role:owner",
    "belfry users list --output json",
  ],
  options: {
    search: {
      type: "string",
      value: "TEXT",
      text: "only who has this in the username, name or address; also status:… and role:…",
    },
    ...outputOption,
  },
  async run(context, { options }) {
    const client = context.client();
    const users: User[] = [];
    let count: number;
    do {
      const page = await client.ask((routes) =>
        routes.users.$get({
          query: { q: options.search ?? "", limit: String(pageSize), offset: String(users.length) },
        }),
      );
      users.push(...page.users);
      count = page.users.length === 0 ? users.length : page.count;
    } while (users.length < count);
    if (options.output === "json") return context.printJson({ users, count });
    if (users.length === 0) return context.say("Nobody matches.");
    const rows = users.map((user) => [
      user.username,
      user.name,
      user.email,
      roleWords(user.roles),
      user.status,
      ageWords(user.last_seen_at, context.now()),
    ]);
    const [headings, ...lines] = table(["USERNAME", "NAME", "EMAIL", "ROLES", "STATUS", "LAST SEEN"], rows);
    context.print(context.bold(headings!));
    for (const line of lines) context.print(line);
  },
});
