// belfry tokens create: makes a key for a script and prints it, once.
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { parseLifetime } from "../rules/duration.ts";

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
