// belfry tokens: keys for scripts. A key is printed once, when it is created.
import { segment } from "../client.ts";
import { exit, Failure } from "./failure.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { nearest } from "./rules/names.ts";
import { ageWords, parseLifetime } from "./rules/time.ts";

const scopes = ["all", "read", "notify"] as const;
type Scope = (typeof scopes)[number];
const isScope = (text: string): text is Scope => (scopes as readonly string[]).includes(text);

export const create = defineCommand({
  name: "create",
  summary: "Make a token for a script; prints the key, which is shown only now",
  details: [
    "",
    "Scopes: all (what you may), read (only look), notify (only send notifications to yourself).",
  ],
  examples: [
    "belfry tokens create --name nightly-build --scope notify",
    "belfry tokens create --name ci --lifetime 90d",
    "export BELFRY_SESSION_TOKEN=$(belfry tokens create --name here --lifetime 12h)",
  ],
  options: {
    name: { type: "string", value: "NAME", text: "what you know it by; made up when missing" },
    lifetime: { type: "string", value: "TIME", text: "how long it is good: 12h, 30d, 1y (30d when missing)" },
    scope: { type: "string", value: "SCOPE", text: "all, read or notify (all when missing)" },
    ...outputOption,
  },
  async run(context, { options }) {
    const lifetime = parseLifetime(options.lifetime ?? "30d");
    if (lifetime === undefined)
      throw new Failure(
        exit.usage,
        `--lifetime ${options.lifetime} is no time.`,
        "Write it like 12h, 30d or 1y.",
      );
    const scope = options.scope ?? "all";
    if (!isScope(scope))
      throw new Failure(exit.usage, `--scope ${scope} is none.`, `It must be one of ${scopes.join(", ")}.`);
    const body = {
      // Nanoseconds, as in Coder.
      lifetime: lifetime * 1_000_000,
      scope,
      ...(options.name === undefined ? {} : { token_name: options.name }),
    };
    const made = await context
      .client()
      .ask((routes) => routes.users[":user"].keys.tokens.$post({ param: { user: "me" }, json: body }));
    if (options.output === "json") return context.printJson(made);
    context.say("Keep this key in a safe place, it is not shown again. Use it as BELFRY_SESSION_TOKEN.");
    context.print(made.key);
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
    context.printTable(["NAME", "ID", "SCOPE", "MADE", "LAST USED", "GOOD UNTIL"], rows);
  },
});

export const remove = defineCommand({
  name: "remove",
  aliases: ["rm", "delete"],
  summary: "Remove tokens; what uses them is signed out at once",
  takes: "NAME…",
  least: 1,
  most: Infinity,
  examples: ["belfry tokens remove nightly-build"],
  options: {},
  async run(context, { words }) {
    const client = context.client();
    const tokens = await client.ask((routes) =>
      routes.users[":user"].keys.tokens.$get({ param: { user: "me" }, query: {} }),
    );
    // All names are looked at before the first one goes.
    const found = words.map((word) => {
      const token =
        tokens.find(({ token_name }) => token_name === word) ?? tokens.find(({ id }) => id === word);
      if (token !== undefined) return token;
      const near = nearest(
        word,
        tokens.map(({ token_name }) => token_name),
      );
      throw new Failure(
        exit.failed,
        `You have no token "${word}".${near === undefined ? "" : ` Did you mean "${near}"?`}`,
        "Nothing was removed. To see yours: belfry tokens list",
      );
    });
    for (const { id, token_name } of found) {
      const param = { user: "me", id: segment(id) };
      await client.ask((routes) => routes.users[":user"].keys[":id"].$delete({ param }));
      context.say(`Removed ${token_name}.`);
    }
  },
});
