// belfry admin backup: a consistent copy of the embedded database, also while the server works with it.
import type { Context } from "../context.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { sizeWords } from "./rules/size.ts";

export const backup = defineCommand({
  name: "backup",
  summary: "Copy the database into a file, also while the server runs",
  takes: "FILE",
  least: 1,
  most: 1,
  details: [
    "For an embedded database, on the server's machine and with its environment. Nothing is overwritten. The copy is for",
    "your eyes only (mode 0600): it has everybody's addresses and notifications in it.",
  ],
  examples: ["belfry admin backup /var/backups/belfry.db"],
  options: { ...outputOption },
  run: (context, { options, words }) => run(context, words[0]!, options.output),
});

async function run(context: Context, target: string, output: string | undefined): Promise<void> {
  // Loaded when it is needed: the commands that talk to a server don't wait for a database's client.
  const [{ backUp }, { configOf, explained }, { keptKeyFile }] = await Promise.all([
    import("../../runtime/backup.ts"),
    import("./machine.ts"),
    import("./kept-key.ts"),
  ]);
  await explained(context, async () => {
    const config = configOf(context);
    const { file, bytes, migration } = await backUp(config.databaseUrl, target);
    const key = keptKeyFile(config);
    if (output === "json") {
      context.printJson({ file, bytes, migration, key_file: key ?? null });
      return;
    }
    context.say(`The database is in ${file} (${sizeWords(bytes)}, migration ${migration}).`);
    if (key !== undefined)
      context.say(`The key ${key} is not in it: keep a copy of that too, in another place.`);
  });
}
