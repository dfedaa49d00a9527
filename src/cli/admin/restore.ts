// belfry admin restore: puts a backup into the database's place while no server runs.
import type { Context } from "../context.ts";
import { defineCommand, outputOption } from "../rules/command.ts";

export const restore = defineCommand({
  name: "restore",
  summary: "Put a backup into the database's place; the server must be stopped",
  takes: "FILE",
  least: 1,
  most: 1,
  details: [
    "The database that was there is kept beside it. A backup of an earlier release is brought up to date when the server",
    "starts. Sessions and tokens are those of the backup: what was revoked since then works again.",
  ],
  examples: ["belfry admin restore /var/backups/belfry-2026-11-21.db"],
  options: { ...outputOption },
  run: (context, { options, words }) => run(context, words[0]!, options.output),
});

async function run(context: Context, source: string, output: string | undefined): Promise<void> {
  const [runtime, { configOf, explained }, { keptKeyFile }] = await Promise.all([
    import("../../runtime/restore.ts"),
    import("./machine.ts"),
    import("./kept-key.ts"),
  ]);
  await explained(context, async () => {
    const config = configOf(context);
    const { file, aside, migration, waiting } = await runtime.restore(
      config.databaseUrl,
      source,
      context.now(),
    );
    const needsKey = config.secretKey === undefined && keptKeyFile(config) === undefined;
    if (output === "json") {
      context.printJson({
        file,
        aside: aside ?? null,
        migration,
        waiting_messages: waiting,
        key_is_missing: needsKey,
      });
      return;
    }
    context.say(`${file} is the backup now (migration ${migration}).`);
    if (aside !== undefined) context.say(`What was there before is ${aside}.`);
    if (waiting > 0)
      context.say(
        `${waiting === 1 ? "1 message waits" : `${waiting} messages wait`} in it: the server sends them when it starts, once more if it did so after the backup.`,
      );
    if (needsKey)
      context.say(
        "There is no belfry.key beside it: put the one back that belongs to it, before you start the server.",
      );
    context.say("Start the server with: belfry serve");
  });
}
