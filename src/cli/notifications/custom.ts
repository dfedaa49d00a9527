// belfry notifications custom: a script's own message.
import { text } from "node:stream/consumers";
import { isatty } from "node:tty";
import { exit, Failure } from "../failure.ts";
import { defineCommand } from "../rules/command.ts";
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
    "standard input. The same text again within a minute is refused.",
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
    const message = given === undefined || given === "-" ? await readMessage() : given;
    const recipients = {
      ...(options.user.length === 0 ? {} : { users: options.user }),
      ...(verdict.roles.length === 0 ? {} : { roles: verdict.roles }),
    };
    const toOthers = Object.keys(recipients).length > 0;
    const json = { content: { title, message }, ...(toOthers ? { recipients } : {}) };
    await client.ask((routes) => routes.notifications.custom.$post({ json }));
    const names = [...options.user, ...options.role.map((role) => `everybody who is ${role}`)];
    context.say(`Sent to ${toOthers ? names.join(", ") : "you"}.`);
  },
});

async function readMessage(): Promise<string> {
  const message = (await text(process.stdin)).trimEnd();
  if (message !== "") return message;
  throw new Failure(exit.usage, "There is no message on standard input.");
}
