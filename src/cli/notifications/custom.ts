// belfry notifications custom: a script's own message.
import { isatty } from "node:tty";
import {
  fitCustomText,
  maxMessageBytes,
  maxTitleBytes,
} from "../../notifications/outbox/rules/custom-text.ts";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { askOnce } from "../repeat.ts";
import { defineCommand } from "../rules/command.ts";
import { decodePiped, maxPipedBytes } from "../rules/piped-text.ts";
import { readRoles } from "../rules/roles.ts";

export const custom = defineCommand({
  name: "custom",
  aliases: ["send"],
  summary: "Send a notification of your own words, to yourself or, as an owner, to others",
  takes: "TITLE [MESSAGE]",
  least: 1,
  most: 2,
  details: [
    "",
    "MESSAGE is Markdown of at most 2000 bytes, TITLE has at most 120. With - or without MESSAGE it is read from",
    "standard input; then the end of a longer message and the start of a longer title are sent. The same text again",
    "within 60 seconds is refused.",
  ],
  examples: [
    `belfry notifications custom "Build done" "All 312 tests passed"`,
    `tail -n 20 build.log | belfry notifications custom "Build failed"`,
    `belfry notifications custom "Upgrade at six" "Save your work" --role owner --user grace`,
  ],
  options: {
    user: { type: "string", multiple: true, value: "NAME", text: "send to this user instead" },
    role: { type: "string", multiple: true, value: "ROLE", text: "send to all who have this role" },
  },
  async run(context, { options, words: [title = "", given] }) {
    if (given === undefined && isatty(0))
      throw new Failure(
        exit.usage,
        "The message is missing.",
        `Write: belfry notifications custom "${title}" "MESSAGE"`,
      );
    const verdict = readRoles(options.role);
    if (!verdict.ok) throw new Failure(exit.usage, verdict.problem);
    const client = context.client();
    const content =
      given === undefined || given === "-" ? await readContent(context, title) : { title, message: given };
    const recipients = {
      ...(options.user.length === 0 ? {} : { users: options.user }),
      ...(verdict.roles.length === 0 ? {} : { roles: verdict.roles }),
    };
    const toOthers = Object.keys(recipients).length > 0;
    const json = { content, ...(toOthers ? { recipients } : {}) };
    await askOnce(client, (routes, keyed) => routes.notifications.custom.$post({ json }, keyed));
    const names = [...options.user, ...options.role.map((role) => `everybody who is ${role}`)];
    context.say(`Sent to ${toOthers ? names.join(", ") : "you"}.`);
  },
});

/** What a script pipes is cut where it is too long, and that is said. */
async function readContent(context: Context, title: string): Promise<{ title: string; message: string }> {
  const { text, isUtf8 } = await readPiped();
  if (!isUtf8) context.say("Standard input is no UTF-8; it was read as Windows-1252.");
  const { truncated, ...content } = fitCustomText({ title, message: text });
  if (content.message === "") throw new Failure(exit.usage, "There is no message on standard input.");
  const cuts = { title: `its first ${maxTitleBytes}`, message: `its last ${maxMessageBytes}` };
  for (const part of truncated) context.say(`The ${part} was too long: ${cuts[part]} bytes are sent.`);
  return content;
}

async function readPiped() {
  let bytes = Buffer.alloc(0);
  let isWhole = true;
  for await (const chunk of process.stdin) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    if (bytes.length <= maxPipedBytes) continue;
    bytes = bytes.subarray(-maxPipedBytes);
    isWhole = false;
  }
  return decodePiped(bytes, isWhole);
}
