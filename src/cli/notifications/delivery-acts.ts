// belfry notifications retry and withdraw: one message of the delivery log, or all of a filter after a question.
import type { Client } from "../../client.ts";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { ask } from "../prompts.ts";
import { defineCommand } from "../rules/command.ts";
import { shortId } from "../rules/names.ts";
import { fullMessageId } from "./deliveries.ts";
import { findTemplate } from "./templates.ts";

const scopeOptions = {
  all: {
    type: "boolean",
    text: "every delivery that matches the filters below; without a filter, every one",
  },
  template: {
    type: "string",
    value: "NAME",
    text: "with --all: only this kind of notification, by name or ID",
  },
  user: { type: "string", value: "USER", text: "with --all: only this recipient" },
  channel: {
    type: "string",
    value: "CHANNEL",
    text: "with --all: only inbox, smtp, webhook, push or receiver",
  },
  yes: { type: "boolean", short: "y", text: "don't ask for confirmation" },
} as const;

const scopeFields = { method: "--channel" };

type Method = "inbox" | "smtp" | "webhook" | "push" | "receiver";
interface Scope {
  template?: string;
  user?: string;
  method?: Method;
}
type Chosen = Record<"template" | "user" | "channel", string | undefined>;

const idDetails = (status: string) => [
  "ID is a delivery's full ID or its last characters. To find it:",
  `belfry notifications list --all --status ${status}`,
];

export const retry = defineCommand({
  name: "retry",
  summary: "Retry deliveries that failed permanently: one, or all that match (owner role only)",
  args: "[ID]",
  maxArgs: 1,
  fields: scopeFields,
  details: idDetails("failed"),
  examples: [
    "belfry notifications retry 3f9c02d1",
    "belfry notifications retry --all --channel webhook",
    "belfry notifications retry --all --template task-idle --user grace --yes",
  ],
  options: scopeOptions,
  async run(context, { options, args }) {
    const client = context.client();
    const id = await oneOrAll(client, options.all, args[0]);
    if (id !== undefined) {
      const message = await client.ask((routes) =>
        routes.notifications.messages[":id"].retry.$post({ param: { id } }),
      );
      return context.log(
        `Queued again for ${message.user.username}, channel ${message.method}. Details: belfry notifications explain ${shortId(id)}`,
      );
    }
    const json = await scopeOf(client, options);
    const send = (dry_run: "true" | "false") =>
      client.ask((routes) => routes.notifications.messages.retry.$post({ query: { dry_run }, json }));
    await changeAll(context, send, { what: "failed", verb: "Retry", done: "Queued again", yes: options.yes });
  },
});

export const withdraw = defineCommand({
  name: "withdraw",
  summary: "Withdraw deliveries that are pending or retrying: one, or all that match (owner role only)",
  args: "[ID]",
  maxArgs: 1,
  fields: scopeFields,
  details: [...idDetails("pending"), "Withdrawn notifications are never sent. This can't be undone."],
  examples: [
    "belfry notifications withdraw 3f9c02d1",
    "belfry notifications withdraw --all --template workspace-created",
  ],
  options: scopeOptions,
  async run(context, { options, args }) {
    const client = context.client();
    const id = await oneOrAll(client, options.all, args[0]);
    if (id !== undefined) {
      const message = await client.ask((routes) =>
        routes.notifications.messages[":id"].withdraw.$post({ param: { id } }),
      );
      return context.log(
        `Withdrawn: ${message.template.name} to ${message.user.username}, ${message.method}.`,
      );
    }
    const json = await scopeOf(client, options);
    const send = (dry_run: "true" | "false") =>
      client.ask((routes) => routes.notifications.messages.withdraw.$post({ query: { dry_run }, json }));
    await changeAll(context, send, { what: "unsent", verb: "Withdraw", done: "Withdrawn", yes: options.yes });
  },
});

/** The full id of the one message; undefined for all. */
async function oneOrAll(client: Client, all: boolean, word: string | undefined): Promise<string | undefined> {
  if (all && word !== undefined) throw new Failure(exit.usage, "ID and --all can't be combined.");
  if (!all && word === undefined)
    throw new Failure(exit.usage, "ID: missing; for all that match a filter, use --all");
  return word === undefined ? undefined : fullMessageId(client, word);
}

async function scopeOf(client: Client, { template, user, channel }: Chosen): Promise<Scope> {
  return {
    ...(template === undefined ? {} : { template: (await findTemplate(client, template)).id }),
    ...(user === undefined ? {} : { user }),
    // The server knows the channels.
    ...(channel === undefined ? {} : { method: channel as Method }),
  };
}

interface Words {
  what: string;
  verb: string;
  done: string;
  yes: boolean;
}

/** Counts, asks, and repeats until nothing is left. */
async function changeAll(
  context: Context,
  send: (dryRun: "true" | "false") => Promise<{ changed: number; remaining: number }>,
  { what, verb, done, yes }: Words,
): Promise<void> {
  const { remaining: count } = await send("true");
  if (count === 0) return context.log(`No ${what} deliveries found.`);
  const deliveries = `${count} ${count === 1 ? "delivery" : "deliveries"}`;
  if (!yes) {
    const { prompts } = context;
    if (!prompts.interactive)
      throw new Failure(
        exit.usage,
        `No terminal to confirm: ${verb.toLowerCase()} ${deliveries}? Use --yes.`,
      );
    if (!/^y(es)?$/i.test(await ask(prompts, `${verb} ${deliveries} (y/n)?`, "n")))
      return context.log("Nothing changed.");
  }
  let total = 0;
  for (;;) {
    const { changed, remaining } = await send("false");
    total += changed;
    // What fails again at once is not retried again.
    if (changed === 0 || remaining === 0 || total >= count) break;
  }
  context.log(`${done}: ${total} ${total === 1 ? "delivery" : "deliveries"}.`);
}
