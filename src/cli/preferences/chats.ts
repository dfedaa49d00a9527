// belfry preferences chats: Slack, Discord, Teams and ntfy channels of one's own.
import { segment } from "../../client.ts";
import type { Context } from "../context.ts";
import { exit, Failure, notFound } from "../failure.ts";
import { readValue, requireOneOf } from "../inputs.ts";
import { ownFormats } from "../../notifications/receivers/rules/own.ts";
import { defineCommand, outputOption, type Group } from "../rules/command.ts";

const readAll = (context: Context) => context.client().ask((routes) => routes.notifications.chats.$get());

async function find(context: Context, word: string) {
  const all = await readAll(context);
  const found = all.find(({ id, name }) => name === word.toLowerCase() || id === word);
  if (found !== undefined) return found;
  const known = all.map(({ name }) => name);
  throw notFound("Chat", word, known, "List your chats: belfry preferences chats list");
}

const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List your chats",
  examples: ["belfry preferences chats list"],
  options: outputOption,
  async run(context, { options }) {
    const all = await readAll(context);
    if (options.output === "json") return context.printJson(all);
    if (all.length === 0)
      return context.log("No chats. Add one: belfry preferences chats add NAME --format slack --address URL");
    const rows = all.map(
      ({ name, format, host, confirmed, disabled_because: because, last_answer: answer }) => [
        name,
        format,
        host,
        confirmed ? "confirmed" : because === null ? "unconfirmed" : "disabled",
        because ?? answer ?? "",
      ],
    );
    context.printTable(["NAME", "FORMAT", "HOST", "STATUS", "RESPONSE"], rows, { cut: true });
  },
});

const add = defineCommand({
  name: "add",
  summary: "Add a chat of your own; a code is sent there",
  args: "NAME",
  minArgs: 1,
  details: [
    "Address: the incoming webhook of Slack or Discord, the Workflows address of Teams, or the topic of ntfy.",
    "Once confirmed, it gets what a browser gets: warnings and what waits for you. Choose other kinds with",
    "belfry preferences set KIND on --channel NAME",
  ],
  fields: { name: "NAME", format: "--format", address: "--address", secret: "--secret" },
  examples: [
    "belfry preferences chats add my-slack --format slack --address - < address",
    "belfry preferences chats add phone --format ntfy --address https://ntfy.sh/my-topic",
  ],
  options: {
    format: { type: "string", value: "NAME", text: ownFormats.join(", ") },
    address: { type: "string", value: "URL", text: "its address; - reads standard input" },
    secret: { type: "string", value: "TOKEN", text: "access token, of ntfy only; - reads standard input" },
    ...outputOption,
  },
  async run(context, { options, args: [name] }) {
    const { format, address, secret } = options;
    if (address === undefined) throw new Failure(exit.usage, "--address: missing");
    if (address === "-" && secret === "-")
      throw new Failure(exit.usage, "Only one of --address and --secret can be read from standard input.");
    const json = {
      name: name!,
      format: requireOneOf("--format", format ?? "", ownFormats),
      address: await readValue(context, address),
      ...(secret === undefined ? {} : { secret: await readValue(context, secret) }),
    };
    const added = await context.client().ask((routes) => routes.notifications.chats.$post({ json }));
    if (options.output === "json") context.printJson(added);
    else if (added.accepted)
      context.log(`A code was sent there. Confirm: belfry preferences chats confirm ${added.name} CODE`);
    return refusal(context, added);
  },
});

/** The exit code. */
function refusal(context: Context, { accepted, answer }: { accepted: boolean; answer: string }): number {
  if (accepted) return 0;
  context.log(`The chat did not accept the code: ${answer}`);
  return exit.failed;
}

const confirm = defineCommand({
  name: "confirm",
  summary: "Confirm a chat with the code that was sent there",
  args: "NAME CODE",
  minArgs: 2,
  fields: { code: "CODE" },
  examples: ["belfry preferences chats confirm my-slack 123456"],
  options: {},
  async run(context, { args: [word, code] }) {
    const { id, name } = await find(context, word!);
    const json = { code: code! };
    await context
      .client()
      .ask((routes) =>
        routes.notifications.chats[":chat"].confirm.$post({ param: { chat: segment(id) }, json }),
      );
    context.log(`Confirmed ${name}.`);
  },
});

const resend = defineCommand({
  name: "resend",
  summary: "Send another code to a chat",
  args: "NAME",
  minArgs: 1,
  examples: ["belfry preferences chats resend my-slack"],
  options: {},
  async run(context, { args: [word] }) {
    const { id, name } = await find(context, word!);
    const sent = await context
      .client()
      .ask((routes) => routes.notifications.chats[":chat"].code.$post({ param: { chat: segment(id) } }));
    if (sent.accepted) context.log(`Sent another code to ${name}.`);
    return refusal(context, sent);
  },
});

const remove = defineCommand({
  name: "delete",
  aliases: ["rm"],
  summary: "Delete a chat",
  args: "NAME",
  minArgs: 1,
  examples: ["belfry preferences chats delete my-slack"],
  options: {},
  async run(context, { args: [word] }) {
    const { id, name } = await find(context, word!);
    await context
      .client()
      .ask((routes) => routes.notifications.chats[":chat"].$delete({ param: { chat: segment(id) } }));
    context.log(`Deleted ${name}.`);
  },
});

export const chats: Group = {
  name: "chats",
  aliases: ["chat"],
  summary: "Get notifications in a Slack, Discord, Teams or ntfy channel of your own",
  commands: [list, add, confirm, resend, remove],
};
