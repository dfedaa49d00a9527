// belfry users reset-password: a new password for who has forgotten theirs, by a code that is mailed. Needs no sign-in.
import { createClient, type Client } from "../../client.ts";
import type { Context } from "../context.ts";
import { ask, askNewPassword } from "../prompts.ts";
import { defineCommand } from "../rules/command.ts";
import { plainLine } from "../rules/text.ts";

export const resetPassword = defineCommand({
  name: "reset-password",
  summary: "Set a new password with a code that is mailed to you",
  takes: "EMAIL",
  least: 1,
  most: 1,
  details: [
    "At a terminal the code and the new password are asked for. Elsewhere there are two steps: without --code the mail is",
    "asked for, with it the new password is the first line of standard input. All sessions and tokens of the account end.",
    "Where no mail is set up: belfry admin reset-password, on the server's machine.",
  ],
  examples: [
    "belfry users reset-password ada@example.com",
    "belfry users reset-password ada@example.com --code 7KQM-40618253 < password-file",
  ],
  options: {
    code: { type: "string", value: "CODE", text: "the code from the mail; none is asked for then" },
  },
  async run(context, { options, words }) {
    const email = words[0]!;
    const client = createClient({ url: context.choice().url });
    if (options.code !== undefined) return change(context, client, email, options.code);
    await client.ask((routes) => routes.users.otp.request.$post({ json: { email } }));
    context.say(
      `If ${plainLine(email)} has an account, a mail with a code is on its way. It works for 20 minutes.`,
    );
    if (context.prompts.interactive)
      return change(context, client, email, await ask(context.prompts, "Code"));
    context.say(`Then: belfry users reset-password ${plainLine(email)} --code CODE < password-file`);
  },
});

async function change(context: Context, client: Client, email: string, code: string): Promise<void> {
  const password = await askNewPassword(context.prompts);
  const json = { email, one_time_passcode: code, password };
  await client.ask((routes) => routes.users.otp["change-password"].$post({ json }));
  context.say("Your password is changed; all sessions and tokens have ended. Sign in with: belfry login");
}
