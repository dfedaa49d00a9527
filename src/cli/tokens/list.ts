// belfry tokens list: one's own tokens, without their keys.
import { defineCommand, outputOption } from "../rules/command.ts";
import { ageWords } from "../rules/duration.ts";
import { table } from "../rules/table.ts";

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List your tokens",
  examples: ["belfry tokens list", "belfry tokens list --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const tokens = await context
      .client()
      .ask((routes) => routes.users[":user"].keys.tokens.$get({ param: { user: "me" }, query: {} }));
    if (options.output === "json") return context.printJson(tokens);
    if (tokens.length === 0)
      return context.say("You have no tokens. Make one with: belfry tokens create --name NAME");
    const now = context.now();
    const rows = tokens.map((token) => [
      token.token_name,
      token.id,
      token.scope,
      ageWords(token.created_at, now),
      ageWords(token.last_used, now),
      token.expires_at.slice(0, 10),
    ]);
    const [headings, ...lines] = table(["NAME", "ID", "SCOPE", "MADE", "LAST USED", "GOOD UNTIL"], rows);
    context.print(context.bold(headings!));
    for (const line of lines) context.print(line);
  },
});
