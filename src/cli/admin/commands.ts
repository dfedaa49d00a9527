// belfry admin doctor, migrate, reset-password and accept-key: they run on the server's machine and open its database
// themselves. What needs the database is loaded when it runs.
import { randomBytes } from "node:crypto";
import type { Context } from "../context.ts";
import type { Config } from "../../config/config.ts";
import { exit, Failure } from "../failure.ts";
import { askNewPassword } from "../prompts.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { plain, plainLine } from "../rules/text.ts";
import { generatePassword } from "../rules/user.ts";
import { findingLines, findingSummary } from "./rules/finding.ts";

export const doctor = defineCommand({
  name: "doctor",
  summary: "Check the server that is configured on this machine, and suggest fixes",
  maxArgs: 0,
  details: [
    "Run it on the server's machine with its environment, whether the server is running or not. It changes nothing and",
    "sends no notifications. To test delivery, it only gives the mail server the sender's address and sends the webhook",
    "a HEAD request. The exit code is 1 if a check failed.",
  ],
  examples: ["belfry admin doctor", "belfry admin doctor --output json"],
  options: { ...outputOption },
  run: (context, { options }) => runDoctor(context, options.output),
});

async function runDoctor(context: Context, output: string | undefined): Promise<number> {
  const { examine } = await import("./examine.ts");
  const findings = await examine({ environment: context.environment, now: context.now });
  const isOk = findings.every(({ level }) => level !== "fail");
  if (output === "json") {
    const shown = findings.map((finding) => ({ ...finding, advice: finding.advice ?? null }));
    context.printJson({ ok: isOk, findings: shown });
  } else {
    for (const line of [...findingLines(findings), "", findingSummary(findings)]) context.print(plain(line));
  }
  return isOk ? 0 : exit.failed;
}

export const migrate = defineCommand({
  name: "migrate",
  summary: "Migrate the database to this release",
  maxArgs: 0,
  details: [
    "An embedded database is migrated when the server starts; a database server needs this command. Instances of the",
    "previous release keep working. If there is no user yet, it prints the setup code.",
  ],
  examples: ["BELFRY_DATABASE_URL=libsql://belfry.example.com belfry admin migrate"],
  options: {},
  run: (context) => runMigrate(context),
});

/** A terminal gets text, anything else one line of JSON. */
async function runMigrate(context: Context): Promise<void> {
  const [{ configOf }, { migrateDatabase, migrationLine, migrationText }, { describeFailure }] =
    await Promise.all([
      import("./machine.ts"),
      import("../../runtime/migrate.ts"),
      import("../../runtime/startup-messages.ts"),
    ]);
  let config: Config | undefined;
  try {
    config = configOf(context);
    const report = await migrateDatabase(config);
    const isScreen = context.terminal.stdout.isTTY === true;
    context.print(isScreen ? migrationText(report, config) : migrationLine(report));
  } catch (error) {
    throw new Failure(exit.failed, describeFailure(error, config?.databaseUrl));
  }
}

export const resetPassword = defineCommand({
  name: "reset-password",
  summary: "Set a user's password in the database; the server need not be running",
  args: "EMAIL",
  minArgs: 1,
  maxArgs: 1,
  details: [
    "The password is typed at a prompt, read from the first line of standard input, or generated. All sessions and tokens",
    "of the user end. The audit log records the reset.",
  ],
  examples: [
    "belfry admin reset-password ada@example.com",
    "belfry admin reset-password ada@example.com --generate",
    "belfry admin reset-password ada@example.com < password-file",
  ],
  options: {
    generate: { type: "boolean", text: "generate a password and print it once" },
    ...outputOption,
  },
  run: (context, { options, args }) => runReset(context, args[0]!, options),
});

async function runReset(
  context: Context,
  email: string,
  options: { generate: boolean; output: string | undefined },
): Promise<void> {
  const [{ withMachineErrors, withMachine }, accounts] = await Promise.all([
    import("./machine.ts"),
    import("../../accounts/change-password.ts"),
  ]);
  await withMachineErrors(context, () =>
    withMachine(context, async ({ deps }) => {
      const user = await accounts.findUserForReset(deps, email);
      const generated = options.generate ? generatePassword(randomBytes(64)) : undefined;
      await accounts.resetPassword(deps, user, generated ?? (await askNewPassword(context.prompts)));
      const { username, status } = user;
      if (options.output === "json") {
        const password = generated === undefined ? {} : { generated_password: generated };
        context.printJson({ username, email: user.email, status, ...password });
        return;
      }
      context.log(`Changed the password of ${plainLine(username)}; all sessions and tokens have ended.`);
      if (generated !== undefined) {
        context.log("Password; it is not shown again:");
        context.print(generated);
      }
      if (status === "suspended")
        context.log(
          `The user is suspended. Another administrator can reactivate it: belfry users activate ${username}`,
        );
    }),
  );
}

export const acceptKey = defineCommand({
  name: "accept-key",
  summary: "Accept the configured secret key in place of one that is lost",
  maxArgs: 0,
  details: [
    "Search for the original key first: set a copy of it as BELFRY_SECRET_KEY, or restore it as belfry.key. Once you",
    "accept another key, unsubscribe links in emails already sent stop working.",
  ],
  examples: ["belfry admin accept-key"],
  options: {},
  run: (context) => runAccept(context),
});

async function runAccept(context: Context): Promise<void> {
  const [{ withMachineErrors, withMachine }, { acceptKey: accept }] = await Promise.all([
    import("./machine.ts"),
    import("../../accounts/key-check.ts"),
  ]);
  await withMachineErrors(context, () =>
    withMachine(context, async ({ deps }) => {
      await accept(deps);
      context.log("The current key is now the deployment key. The audit log records the change.");
    }),
  );
}
