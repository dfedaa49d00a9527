// belfry admin reset-password: for an owner who is locked out, where no mail can help.
import { randomBytes } from "node:crypto";
import type { Context } from "../context.ts";
import { askNewPassword } from "../prompts.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { passwordFrom } from "../rules/password.ts";
import { plainLine } from "../rules/text.ts";

export const resetPassword = defineCommand({
  name: "reset-password",
  summary: "Give somebody a new password, without a server's help",
  takes: "EMAIL",
  least: 1,
  most: 1,
  details: [
    "The password is asked for, read from the first line of standard input, or generated. All sessions and tokens of the",
    "account end. It stands in the audit log.",
  ],
  examples: [
    "belfry admin reset-password ada@example.com",
    "belfry admin reset-password ada@example.com --generate",
    "belfry admin reset-password ada@example.com < password-file",
  ],
  options: {
    generate: { type: "boolean", text: "make a password and print it, once, on standard output" },
    ...outputOption,
  },
  run: (context, { options, words }) => run(context, words[0]!, options),
});

async function run(
  context: Context,
  email: string,
  options: { generate: boolean; output: string | undefined },
): Promise<void> {
  const [{ explained, withMachine }, accounts] = await Promise.all([
    import("./machine.ts"),
    import("../../accounts/reset-password.ts"),
  ]);
  await explained(context, () =>
    withMachine(context, async ({ deps }) => {
      const user = await accounts.findLockedOut(deps, email);
      const generated = options.generate ? passwordFrom(randomBytes(64)) : undefined;
      await accounts.resetPassword(deps, user, generated ?? (await askNewPassword(context.prompts)));
      const { username, status } = user;
      if (options.output === "json") {
        const password = generated === undefined ? {} : { generated_password: generated };
        context.printJson({ username, email: user.email, status, ...password });
        return;
      }
      context.say(`${plainLine(username)} has a new password; all sessions and tokens have ended.`);
      if (generated !== undefined) {
        context.say("It is shown only now:");
        context.print(generated);
      }
      if (status === "suspended")
        context.say(
          `The account is suspended. Another administrator can lift that: belfry users activate ${username}`,
        );
    }),
  );
}
