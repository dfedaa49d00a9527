// belfry tokens: keys for scripts. A key is printed once, when it is created.
import { tokenScopes } from "../../db/rules/values.ts";
import { segment } from "../client.ts";
import { notFound } from "./failure.ts";
import { requireDuration, requireOneOf } from "./inputs.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { formatAge } from "./rules/time.ts";

export const create = defineCommand({
  name: "create",
  summary: "Create a token for a script; it is shown only once",
  details: [
    "Scopes: all (everything that you can do), read (read only), notify (only send notifications to yourself).",
  ],
  examples: [
    "belfry tokens create --name nightly-build --scope notify",
    "belfry tokens create --name ci --lifetime 90d",
    "export BELFRY_SESSION_TOKEN=$(belfry tokens create --name here --lifetime 12h)",
  ],
  options: {
    name: { type: "string", value: "NAME", text: "name of the token (default: generated)" },
    lifetime: { type: "string", value: "TIME", text: "time until it expires: 12h, 30d, 1y (default 30d)" },
    scope: { type: "string", value: "SCOPE", text: "all, read or notify (default all)" },
    ...outputOption,
  },
  async run(context, { options }) {
    const lifetime = requireDuration("--lifetime", options.lifetime ?? "30d", "12h, 30d or 1y");
    const scope = requireOneOf("--scope", options.scope ?? "all", tokenScopes);
    const body = {
      // Nanoseconds, as in Coder.
      lifetime: lifetime * 1_000_000,
      scope,
      ...(options.name === undefined ? {} : { token_name: options.name }),
    };
    const created = await context
      .client()
      .ask((routes) => routes.users[":user"].keys.tokens.$post({ param: { user: "me" }, json: body }));
    if (options.output === "json") return context.printJson(created);
    context.log("Save this token; it is not shown again. Use it as BELFRY_SESSION_TOKEN.");
    context.print(created.key);
  },
});

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
      return context.log("No tokens found. Create one: belfry tokens create --name NAME");
    const now = context.now();
    const rows = tokens.map((token) => [
      token.token_name,
      token.id,
      token.scope,
      formatAge(token.created_at, now),
      formatAge(token.last_used, now),
      token.expires_at.slice(0, 10),
    ]);
    context.printTable(["NAME", "ID", "SCOPE", "CREATED", "LAST USED", "EXPIRES"], rows);
  },
});

export const remove = defineCommand({
  name: "remove",
  aliases: ["rm", "delete"],
  summary: "Remove tokens; they stop working at once",
  args: "NAME…",
  minArgs: 1,
  maxArgs: Infinity,
  examples: ["belfry tokens remove nightly-build"],
  options: {},
  async run(context, { args }) {
    const client = context.client();
    const tokens = await client.ask((routes) =>
      routes.users[":user"].keys.tokens.$get({ param: { user: "me" }, query: {} }),
    );
    // All names are checked before the first token is removed.
    const found = args.map((word) => {
      const token =
        tokens.find(({ token_name }) => token_name === word) ?? tokens.find(({ id }) => id === word);
      if (token !== undefined) return token;
      const names = tokens.map(({ token_name }) => token_name);
      throw notFound("Token", word, names, "Nothing was removed. List your tokens: belfry tokens list");
    });
    for (const { id, token_name } of found) {
      const param = { user: "me", id: segment(id) };
      await client.ask((routes) => routes.users[":user"].keys[":id"].$delete({ param }));
      context.log(`Removed token ${token_name}.`);
    }
  },
});
