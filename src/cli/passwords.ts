// belfry users set-password and reset-password: one's own password, another user's, and a forgotten one by a mailed code.
import { randomBytes } from "node:crypto";
import { type Client, createClient, segment } from "../client.ts";
import type { Context } from "./context.ts";
import { exit, Failure } from "./failure.ts";
import { ask, askNewPassword, askPassword } from "./prompts.ts";
import { defineCommand } from "./rules/command.ts";
import { plainLine } from "./rules/text.ts";
import { generatePassword } from "./rules/user.ts";

export const setPassword = defineCommand({
  name: "set-password",
  summary: "Change your password, or set the password of another user",
  args: "[USER]",
  maxArgs: 1,
  details: [
    "Passwords are typed at a prompt, or read from standard input, one per line: without USER the current password,",
    "then the new one. This ends the user's other sessions and all tokens.",
  ],
  examples: [
    "belfry users set-password",
    "belfry users set-password grace --generate-password",
    "belfry users set-password grace --send-link",
  ],
  fields: { old_password: "current password" },
  options: {
    "generate-password": { type: "boolean", text: "with USER: generate a password and print it once" },
    "send-link": {
      type: "boolean",
      text: "with USER: change nothing, and email the user a link for setting a password",
    },
  },
  async run(context, { options, args: [name] }) {
    const isGenerated = options["generate-password"];
    const sendsLink = options["send-link"];
    if (name === undefined && (isGenerated || sendsLink))
      throw new Failure(exit.usage, "--generate-password, --send-link: only with USER");
    if (isGenerated && sendsLink)
      throw new Failure(exit.usage, "Use one of --generate-password and --send-link.");
    const client = context.client();
    const param = { user: segment(name ?? "me") };
    if (sendsLink) {
      await client.ask((routes) => routes.users[":user"].password.reset.$post({ param }));
      return context.log(
        "Belfry sends an email with a link for setting a password. It expires after 20 minutes.",
      );
    }
    const old = name === undefined ? await askPassword(context.prompts, "Current password") : null;
    const password = isGenerated ? generatePassword(randomBytes(64)) : await askNewPassword(context.prompts);
    const json = { old_password: old, password };
    await client.ask((routes) => routes.users[":user"].password.$put({ param, json }));
    if (name === undefined)
      return context.log("Password changed; all your other sessions and all tokens have ended.");
    context.log(`Password of ${plainLine(name)} changed; all their sessions and tokens have ended.`);
    if (isGenerated) context.print(password);
  },
});

export const resetPassword = defineCommand({
  name: "reset-password",
  summary: "Reset your own forgotten password with a code sent by email",
  args: "EMAIL",
  minArgs: 1,
  maxArgs: 1,
  details: [
    "At a terminal you are prompted for the code and the new password. In a script, run it twice: first without --code to",
    "request the email, then with --code and the new password on the first line of standard input. This revokes all",
    "sessions and tokens of the user. If email is not configured, use belfry admin reset-password on the server's machine.",
  ],
  examples: [
    "belfry users reset-password ada@example.com",
    "belfry users reset-password ada@example.com --code 7KQM-40618253 < password-file",
  ],
  options: {
    code: { type: "string", value: "CODE", text: "code from the email; no new one is requested" },
  },
  async run(context, { options, args }) {
    const email = args[0]!;
    const client = createClient({ url: context.choice().url });
    if (options.code !== undefined) return change(context, client, email, options.code);
    let isWithoutEmail = false;
    await client.ask(
      (routes) => routes.users.otp.request.$post({ json: { email } }),
      (headers) => (isWithoutEmail = headers.get("belfry-no-email") !== null),
    );
    if (isWithoutEmail)
      throw new Failure(
        exit.failed,
        "This server can't send email, so nobody gets a code.",
        `Ask an administrator to run on the server's machine: belfry admin reset-password ${plainLine(email)}`,
      );
    context.log(
      `If ${plainLine(email)} has an account, Belfry sends it an email with a code, which is valid for 20 minutes.`,
    );
    if (context.prompts.interactive)
      return change(context, client, email, await ask(context.prompts, "Code"));
    context.log(`Next: belfry users reset-password ${plainLine(email)} --code CODE < password-file`);
  },
});

async function change(context: Context, client: Client, email: string, code: string): Promise<void> {
  const password = await askNewPassword(context.prompts);
  const json = { email, one_time_passcode: code, password };
  await client.ask((routes) => routes.users.otp["change-password"].$post({ json }));
  context.log("Password changed; all sessions and tokens have ended. Sign in: belfry login");
}
