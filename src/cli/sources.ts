// belfry sources: the Coder deployments that send their notifications here. An address is printed once, when it is created.
import { segment } from "../client.ts";
import { notFound } from "./failure.ts";
import type { Context } from "./context.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { formatAge } from "./rules/time.ts";

const printAddress = (context: Context, created: { address: string }, isJson: boolean): void => {
  if (isJson) return context.printJson(created);
  context.log(
    "Save this address; it is not shown again. In Coder, set CODER_NOTIFICATIONS_METHOD=webhook and",
  );
  context.log("CODER_NOTIFICATIONS_WEBHOOK_ENDPOINT=…");
  context.print(created.address);
};

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List sources with the notifications they sent and unknown people",
  examples: ["belfry sources list", "belfry sources list --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const sources = await context.client().ask((routes) => routes.sources.$get());
    if (options.output === "json") return context.printJson(sources);
    if (sources.length === 0) return context.log("No sources found. Create one: belfry sources create NAME");
    const now = context.now();
    const rows = sources.map((source) => [
      source.name,
      source.kind,
      source.enabled ? "enabled" : "disabled",
      formatAge(source.created_at, now),
      source.last_received_at === null ? "never" : formatAge(source.last_received_at, now),
      String(source.received),
      String(source.unmatched),
      String(source.unmatched_people),
    ]);
    const headings = ["NAME", "KIND", "STATUS", "CREATED", "LAST RECEIVED"];
    context.printTable([...headings, "RECEIVED", "FOR UNKNOWN PEOPLE", "UNKNOWN PEOPLE"], rows);
  },
});

export const create = defineCommand({
  name: "create",
  summary: "Create a source; its address is shown only once",
  args: "NAME",
  minArgs: 1,
  examples: ["belfry sources create prod"],
  options: { ...outputOption },
  async run(context, { options, args }) {
    const json = { name: args[0]!, kind: "coder" as const };
    const created = await context.client().ask((routes) => routes.sources.$post({ json }));
    printAddress(context, created, options.output === "json");
  },
});

export const rotate = defineCommand({
  name: "rotate",
  summary: "Create a new address for a source; the current one keeps working for 24 hours",
  args: "NAME",
  minArgs: 1,
  examples: ["belfry sources rotate prod"],
  options: { ...outputOption },
  async run(context, { options, args }) {
    const param = { source: segment(await nameOf(context, args[0]!, "Nothing was changed.")) };
    const rotated = await context.client().ask((routes) => routes.sources[":source"].rotate.$post({ param }));
    printAddress(context, rotated, options.output === "json");
  },
});

const defineChange = (name: "enable" | "disable", summary: string) =>
  defineCommand({
    name,
    summary,
    args: "NAME",
    minArgs: 1,
    examples: [`belfry sources ${name} prod`],
    options: {},
    async run(context, { args: [word = ""] }) {
      const source = await nameOf(context, word, "Nothing was changed.");
      const request = { param: { source: segment(source) }, json: { enabled: name === "enable" } };
      await context.client().ask((routes) => routes.sources[":source"].$patch(request));
      context.log(`${name === "enable" ? "Enabled" : "Disabled"} source ${source}.`);
    },
  });

export const enable = defineChange("enable", "Enable a source that was disabled");
export const disable = defineChange("disable", "Disable a source: Belfry rejects its notifications");

export const remove = defineCommand({
  name: "delete",
  aliases: ["rm", "remove"],
  summary: "Delete sources: their addresses stop working; delivered notifications stay",
  args: "NAME…",
  minArgs: 1,
  maxArgs: Infinity,
  examples: ["belfry sources delete staging"],
  options: {},
  async run(context, { args }) {
    // All names are looked up before the first source is deleted.
    const names: string[] = [];
    for (const word of args) names.push(await nameOf(context, word, "Nothing was deleted."));
    for (const name of names) {
      const param = { source: segment(name) };
      await context.client().ask((routes) => routes.sources[":source"].$delete({ param }));
      context.log(`Deleted source ${name}.`);
    }
  },
});

export async function nameOf(context: Context, word: string, unchanged: string): Promise<string> {
  const sources = await context.client().ask((routes) => routes.sources.$get());
  const names = sources.map(({ name }) => name);
  const name = names.find((one) => one === word.toLowerCase());
  if (name !== undefined) return name;
  throw notFound("Source", word, names, `${unchanged} List sources: belfry sources list`);
}
