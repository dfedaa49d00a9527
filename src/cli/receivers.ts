// belfry receivers: chats, pagers and webhooks that get events. A secret that Belfry creates is printed once.
import { segment } from "../client.ts";
import { exit, Failure, notFound } from "./failure.ts";
import type { Context } from "./context.ts";
import {
  formatOption,
  readTarget,
  readTemplate,
  requireFormat,
  targetFields,
  targetOptions,
  templateOption,
} from "./receiver-options.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { formatAge } from "./rules/time.ts";

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List receivers, the environment's webhook first",
  examples: ["belfry receivers list", "belfry receivers list --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const receivers = await context.client().ask((routes) => routes.notifications.receivers.$get());
    if (options.output === "json") return context.printJson(receivers);
    if (receivers.length === 0)
      return context.log(
        "No receivers found. Create one: belfry receivers create NAME --format slack --address URL",
      );
    const now = context.now();
    const rows = receivers.map((one) => [
      one.name,
      one.format,
      one.host,
      one.read_only ? "environment" : one.status,
      one.min_severity,
      one.kinds === null ? "all" : String(one.kinds.length),
      String(one.waiting),
      one.last_success_at === null ? "never" : formatAge(one.last_success_at, now),
      one.status === "disabled"
        ? (one.disabled_because ?? "")
        : one.failures > 0
          ? (one.last_answer ?? "")
          : "",
    ]);
    const headings = [
      "NAME",
      "FORMAT",
      "HOST",
      "STATUS",
      "SEVERITY",
      "KINDS",
      "WAITING",
      "LAST SENT",
      "RESPONSE",
    ];
    context.printTable(headings, rows, { cut: true });
  },
});

export const create = defineCommand({
  name: "create",
  summary: "Create a receiver; a secret that Belfry creates is shown only once",
  args: "NAME",
  minArgs: 1,
  details: [
    "Formats: coder (Coder's envelope, signed), slack, teams, discord, ntfy, pagerduty, alertmanager, json (your template).",
    "It gets each event once, however many people are notified, or with --recipients each a message for each of them.",
  ],
  fields: targetFields,
  examples: [
    "belfry receivers create ops --format slack --address - < slack-address",
    "belfry receivers create pager --format pagerduty --secret - --severity critical < key",
    "belfry receivers create own --format json --address https://hooks.example.com/x --template body.liquid",
  ],
  options: {
    format: formatOption,
    ...targetOptions,
    ...outputOption,
  },
  async run(context, { options, args }) {
    const format = requireFormat(options.format);
    const json = { name: args[0]!, format, ...(await readTarget(context, options)) };
    const created = await context.client().ask((routes) => routes.notifications.receivers.$post({ json }));
    if (options.output === "json") return context.printJson(created);
    context.log(`Created receiver ${created.name}. Test it: belfry receivers test ${created.name}`);
    printSecret(context, created.secret);
  },
});

export const update = defineCommand({
  name: "update",
  summary: "Change a receiver, or disable or enable it",
  args: "NAME",
  minArgs: 1,
  fields: { ...targetFields, name: "--rename" },
  examples: [
    "belfry receivers update ops --severity critical",
    "belfry receivers update ops --kinds task-failed,workspace-autobuild-failed",
    "belfry receivers update ops --disable",
  ],
  options: {
    rename: { type: "string", value: "NAME", text: "new name" },
    ...targetOptions,
    "no-headers": { type: "boolean", text: "remove the additional headers" },
    enable: { type: "boolean", text: "send notifications to it again" },
    disable: { type: "boolean", text: "stop sending to it; waiting notifications are not sent" },
    ...outputOption,
  },
  async run(context, { options, args }) {
    if (options.enable === true && options.disable === true)
      throw new Failure(exit.usage, "Use either --enable or --disable.");
    if (options["no-headers"] === true && (options.header ?? []).length > 0)
      throw new Failure(exit.usage, "Use either --header or --no-headers.");
    const enabled = options.enable === true ? true : options.disable === true ? false : undefined;
    const json = {
      ...(options.rename === undefined ? {} : { name: options.rename }),
      ...(await readTarget(context, options)),
      ...(options["no-headers"] === true ? { headers: {} } : {}),
      ...(enabled === undefined ? {} : { enabled }),
    };
    if (Object.keys(json).length === 0)
      throw new Failure(exit.usage, "Use at least one option to change something.");
    const param = { receiver: segment(await nameOf(context, args[0]!, "Nothing was changed.")) };
    const changed = await context
      .client()
      .ask((routes) => routes.notifications.receivers[":receiver"].$patch({ param, json }));
    if (options.output === "json") return context.printJson(changed);
    context.log(`Receiver ${changed.name} is ${changed.enabled ? "enabled" : "disabled"}.`);
  },
});

export const preview = defineCommand({
  name: "preview",
  summary: "Show what a receiver of a format would get, with the sample of a kind; nothing is sent",
  fields: { ...targetFields, format: "--format" },
  examples: [
    "belfry receivers preview --format slack",
    "belfry receivers preview --format json --template body.liquid --kind task-failed",
  ],
  options: {
    format: formatOption,
    template: templateOption,
    kind: { type: "string", value: "NAME", text: "kind of notification" },
    ...outputOption,
  },
  async run(context, { options }) {
    const { template, kind } = options;
    const json = {
      format: requireFormat(options.format),
      ...(template === undefined ? {} : { template: await readTemplate(context, template) }),
      ...(kind === undefined ? {} : { kind }),
    };
    const shown = await context
      .client()
      .ask((routes) => routes.notifications.receivers.preview.$post({ json }));
    if (options.output === "json") return context.printJson(shown);
    context.print(shown.body);
  },
});

export const rotate = defineCommand({
  name: "rotate",
  summary: "Create a new signing secret; for 24 hours, requests are also signed with the current one",
  args: "NAME",
  minArgs: 1,
  examples: ["belfry receivers rotate hooks"],
  options: { ...outputOption },
  async run(context, { options, args }) {
    const param = { receiver: segment(await nameOf(context, args[0]!, "Nothing was changed.")) };
    const rotated = await context
      .client()
      .ask((routes) => routes.notifications.receivers[":receiver"].rotate.$post({ param }));
    if (options.output === "json") return context.printJson(rotated);
    printSecret(context, rotated.secret);
  },
});

export const test = defineCommand({
  name: "test",
  summary: "Send a test notification to a receiver, and show what it answered",
  args: "NAME",
  minArgs: 1,
  examples: ["belfry receivers test ops"],
  options: { ...outputOption },
  async run(context, { options, args }) {
    const name = await nameOf(context, args[0]!, "Nothing was sent.");
    const param = { receiver: segment(name) };
    const tested = await context
      .client()
      .ask((routes) => routes.notifications.receivers[":receiver"].test.$post({ param }));
    if (options.output === "json") return context.printJson(tested);
    if (!tested.accepted) throw new Failure(exit.failed, `${name} did not accept the test: ${tested.answer}`);
    context.log(`${name} accepted the test: ${tested.answer}`);
  },
});

export const remove = defineCommand({
  name: "delete",
  aliases: ["rm", "remove"],
  summary: "Delete receivers; waiting notifications are not sent",
  args: "NAME…",
  minArgs: 1,
  maxArgs: Infinity,
  examples: ["belfry receivers delete ops"],
  options: {},
  async run(context, { args }) {
    // All names are looked up before the first receiver is deleted.
    const names: string[] = [];
    for (const word of args) names.push(await nameOf(context, word, "Nothing was deleted."));
    for (const name of names) {
      const param = { receiver: segment(name) };
      await context.client().ask((routes) => routes.notifications.receivers[":receiver"].$delete({ param }));
      context.log(`Deleted receiver ${name}.`);
    }
  },
});

function printSecret(context: Context, secret: string | null): void {
  if (secret === null) return;
  context.log("Save this signing secret; it is not shown again.");
  context.print(secret);
}

async function nameOf(context: Context, word: string, unchanged: string): Promise<string> {
  const receivers = await context.client().ask((routes) => routes.notifications.receivers.$get());
  const own = receivers.filter((one) => !one.read_only).map(({ name }) => name);
  const name = own.find((one) => one === word.toLowerCase());
  if (name !== undefined) return name;
  throw notFound("Receiver", word, own, `${unchanged} List receivers: belfry receivers list`);
}
