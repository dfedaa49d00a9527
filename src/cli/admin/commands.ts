// belfry admin doctor, migrate, reset-password and accept-key: they run on the server's machine and open its database
// themselves. What needs the database is loaded when it runs.
import { randomBytes } from "node:crypto";
import type { Context } from "../context.ts";
import { exit } from "../failure.ts";
import { askNewPassword } from "../prompts.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { plain, plainLine } from "../rules/text.ts";
import { passwordFrom } from "../rules/user.ts";
import { findingLines, verdict } from "./rules/finding.ts";

export const doctor = defineCommand({
  name: "doctor",
  summary: "Look at everything that may be wrong, and say what to do",
  most: 0,
  details: [
    "On the server's machine, with its environment, whether it runs or not. It changes nothing and sends nobody anything:",
    "the mail server hears the sender's address and no message, the webhook gets a HEAD request. The exit code is 1 when",
    "something is wrong.",
  ],
  examples: ["belfry admin doctor", "belfry admin doctor --output json"],
  options: { ...outputOption },
  run: (context, { options }) => runDoctor(context, options.output),
});

async function runDoctor(context: Context, output: string | undefined): Promise<number> {
  const { examine } = await import("./examine.ts");
  const findings = await examine({ environment: context.environment, now: context.now });
  const isWell = findings.every(({ level }) => level !== "fail");
  if (output === "json") {
    const shown = findings.map((finding) => ({ ...finding, advice: finding.advice ?? null }));
    context.printJson({ ok: isWell, findings: shown });
  } else {
    for (const line of [...findingLines(findings), "", verdict(findings)]) context.print(plain(line));
  }
  return isWell ? 0 : exit.failed;
}

export const migrate = defineCommand({
  name: "migrate",
  summary: "Bring the database to this release, as a start does for an embedded one",
  most: 0,
  details: [
    "Instances of the release before go on working meanwhile. It prints the set-up code while there is no first user.",
  ],
  examples: ["BELFRY_DATABASE_URL=libsql://belfry.example.com belfry admin migrate"],
  options: {},
  // A program of its own, and what npm run db:migrate runs.
  run: async () => {
    await import("../../runtime/migrate.ts");
    return Number(process.exitCode ?? 0);
  },
});

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
  run: (context, { options, words }) => runReset(context, words[0]!, options),
});

async function runReset(
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

export const acceptKey = defineCommand({
  name: "accept-key",
  summary: "Take the secret key at hand for the right one, after the old one was lost",
  most: 0,
  details: [
    "Look for the old one first: if there is a copy, set it as BELFRY_SECRET_KEY, or put it back as belfry.key. What was",
    "made with it is lost otherwise: unsubscribe links in mails that have been sent no longer work.",
  ],
  examples: ["belfry admin accept-key"],
  options: {},
  run: (context) => runAccept(context),
});

async function runAccept(context: Context): Promise<void> {
  const [{ explained, withMachine }, { acceptKey: accept }] = await Promise.all([
    import("./machine.ts"),
    import("../../accounts/key-check.ts"),
  ]);
  await explained(context, () =>
    withMachine(context, async ({ deps }) => {
      await accept(deps);
      context.say("The key at hand is the deployment's from now on. It stands in the audit log.");
    }),
  );
}
