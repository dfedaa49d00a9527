// belfry notifications custom: sends a message to oneself or to others, after a question if they are many.
import type { Client } from "../../client.ts";
import {
  fitCustomText,
  maxMessageBytes,
  maxTitleBytes,
} from "../../notifications/outbox/rules/custom-text.ts";
import { createOnce, type Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { requireRoles } from "../inputs.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { describeReach, describeRest } from "../../notifications/custom/rules/reach.ts";
import { decodePiped, maxPipedBytes } from "../rules/text.ts";
import type { SiteRole } from "../../../db/rules/values.ts";
import type { Terminal } from "../terminal.ts";

/** More people than these are asked about. */
const manyPeople = 20;

export const custom = defineCommand({
  name: "custom",
  aliases: ["send"],
  summary: "Send a custom notification to yourself or to others",
  args: "TITLE [MESSAGE]",
  minArgs: 1,
  maxArgs: 2,
  details: [
    "TITLE has at most 120 bytes, MESSAGE (Markdown) at most 2000. If MESSAGE is - or omitted, it is read from standard",
    "input. Then text that is too long is cut, not rejected: a title keeps its beginning, a message its end.",
    "An identical notification is rejected for 60 seconds after the first.",
    "Owners, and the roles and groups that they choose, can send to others. Recipients add up, and each person gets it once.",
    `If it is for more than ${manyPeople} people, the command asks first.`,
  ],
  examples: [
    `belfry notifications custom "Build done" "All 312 tests passed"`,
    `tail -n 20 build.log | belfry notifications custom "Build failed"`,
    `belfry notifications custom "Upgrade at six" "Save your work" --role owner --user grace --group sre`,
    `belfry notifications custom "docker@v2 ends today" "Update it" --workspaces "template:docker@v2 status:running"`,
  ],
  fields: {
    "recipients.users": "--user",
    "recipients.roles": "--role",
    "recipients.groups": "--group",
    "recipients.workspaces": "--workspaces",
  },
  options: {
    user: {
      type: "string",
      multiple: true,
      value: "NAME",
      text: "send to this user instead of yourself",
    },
    role: {
      type: "string",
      multiple: true,
      value: "ROLE",
      text: "send to all users with this role",
    },
    group: {
      type: "string",
      multiple: true,
      value: "NAME",
      text: "send to all members of this group",
    },
    workspaces: {
      type: "string",
      value: "FILTER",
      text: "send to owners of these workspaces, like template:docker@v2 status:running",
    },
    "dry-run": { type: "boolean", text: "show how many people it would reach; send nothing" },
    yes: { type: "boolean", short: "y", text: "don't ask for confirmation" },
    ...outputOption,
  },
  async run(context, { options, args: [title = "", given] }) {
    const recipients = toRecipients({ ...options, roles: requireRoles(options.role) });
    if (options["dry-run"] === true) return dryRun(context, recipients, options.output);
    if (given === undefined && context.terminal.stdin.isTTY === true)
      throw new Failure(
        exit.usage,
        "MESSAGE: missing",
        `For example: belfry notifications custom "${title}" "All 312 tests passed"`,
      );
    const client = context.client();
    const content =
      given === undefined || given === "-" ? await readContent(context, title) : { title, message: given };
    if (isManyPossible(recipients) && options.yes !== true)
      if (!(await confirmed(context, client, recipients!))) return exit.failed;
    const json = { content, ...(recipients === undefined ? {} : { recipients }) };
    let headers = new Headers();
    await createOnce(
      client,
      (routes, keyed) => routes.notifications.custom.$post({ json }, keyed),
      (received) => (headers = received),
    );
    if (options.output === "json") return context.printJson(toJson(headers));
    const recipient = describeRecipients(options);
    if (headers.get("belfry-paused") !== null)
      return context.log(
        `Not sent yet: notifications are paused. Yours will be sent to ${recipient} when they are resumed.`,
      );
    context.log(`Sent to ${recipient}.${describeRest(toJson(headers))}`);
  },
});

interface Recipients {
  users?: string[];
  roles?: SiteRole[];
  groups?: string[];
  workspaces?: string;
}

interface Chosen {
  user: string[];
  role: string[];
  group: string[];
  workspaces?: string | undefined;
}

/** Undefined: oneself. */
function toRecipients({
  user,
  roles,
  group,
  workspaces,
}: Chosen & { roles: SiteRole[] }): Recipients | undefined {
  const recipients = {
    ...(user.length === 0 ? {} : { users: user }),
    ...(roles.length === 0 ? {} : { roles }),
    ...(group.length === 0 ? {} : { groups: group }),
    ...(workspaces === undefined ? {} : { workspaces }),
  };
  return Object.keys(recipients).length === 0 ? undefined : recipients;
}

function describeRecipients({ user, role, group, workspaces }: Chosen): string {
  const names = [
    ...user,
    ...role.map((one) => `all users with the role ${one}`),
    ...group.map((one) => `the group ${one}`),
    ...(workspaces === undefined ? [] : [`owners of workspaces that match ${workspaces}`]),
  ];
  return names.length === 0 ? "you" : names.join(", ");
}

/** What a script can read of the response's headers. */
const toJson = (headers: Headers) => ({
  event_id: headers.get("belfry-event-id"),
  recipients: Number(headers.get("belfry-recipients") ?? 1),
  minutes: Number(headers.get("belfry-minutes") ?? 0),
  paused: headers.get("belfry-paused") !== null,
});

/** Users who are named one by one are not asked about. */
const isManyPossible = (recipients: Recipients | undefined): boolean =>
  recipients !== undefined && Object.keys(recipients).some((name) => name !== "users");

const countReach = (client: Client, recipients: Recipients) =>
  client.ask((routes) => routes.notifications.custom.recipients.$post({ json: { recipients } }));

async function dryRun(
  context: Context,
  recipients: Recipients | undefined,
  output: string | undefined,
): Promise<void> {
  if (recipients === undefined)
    throw new Failure(exit.usage, "--dry-run: name recipients with --user, --role, --group or --workspaces");
  const reach = await countReach(context.client(), recipients);
  if (output === "json") return context.printJson(reach);
  context.log(`${describeReach(reach)} Nothing was sent.`);
  for (const { username } of reach.sample) context.print(username);
  const more = reach.recipients - reach.sample.length;
  if (more > 0) context.log(`and ${more} more`);
}

async function confirmed(context: Context, client: Client, recipients: Recipients): Promise<boolean> {
  const reach = await countReach(client, recipients);
  if (reach.recipients <= manyPeople) return true;
  context.log(describeReach(reach));
  if (!context.prompts.interactive)
    throw new Failure(exit.usage, "No terminal to confirm. Nothing was sent. Use --yes to send it.");
  const answer = await context.prompts.line(`Send it to ${reach.reached} people? [y/N] `);
  if (/^y(es)?$/i.test(answer?.trim() ?? "")) return true;
  context.log("Nothing was sent.");
  return false;
}

/** Piped text that is too long is truncated, with a message. */
async function readContent(context: Context, title: string): Promise<{ title: string; message: string }> {
  const { text, isUtf8 } = await readPiped(context.terminal);
  if (!isUtf8) context.log("Standard input is not UTF-8; reading it as Windows-1252.");
  const { truncated, ...content } = fitCustomText({ title, message: text });
  if (content.message === "")
    throw new Failure(
      exit.usage,
      "MESSAGE: missing",
      "Give it as the second argument, or pipe it in: echo TEXT | belfry notifications custom TITLE",
    );
  const cuts = { title: `first ${maxTitleBytes}`, message: `last ${maxMessageBytes}` };
  for (const field of truncated) context.log(`The ${field} is too long; sending its ${cuts[field]} bytes.`);
  return content;
}

async function readPiped({ stdin }: Terminal) {
  let bytes = Buffer.alloc(0);
  let isWhole = true;
  for await (const chunk of stdin) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    if (bytes.length <= maxPipedBytes) continue;
    bytes = bytes.subarray(-maxPipedBytes);
    isWhole = false;
  }
  return decodePiped(bytes, isWhole);
}
