// belfry admin backup and restore: a consistent copy of the database, also while the server runs, and the way back while
// it is stopped.
import type { Config } from "../../config/config.ts";
import type { Context } from "../context.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { formatSize } from "./rules/finding.ts";

export const backup = defineCommand({
  name: "backup",
  summary: "Back up the database to a file; servers can be running",
  args: "FILE",
  minArgs: 1,
  maxArgs: 1,
  details: [
    "Run it on the server's machine with its environment. FILE must not exist. It gets mode 0600, since it contains email",
    "addresses and notifications of all users. If BELFRY_DATABASE_URL is a database server, all of its database is fetched in",
    "one transaction; the file can be restored to another server, or used as an embedded database.",
  ],
  examples: ["belfry admin backup /var/backups/belfry.db"],
  options: { ...outputOption },
  run: (context, { options, args }) => runBackup(context, args[0]!, options.output),
});

async function runBackup(context: Context, target: string, output: string | undefined): Promise<void> {
  // Loaded here: commands that call the server don't need a database client.
  const [{ backUp }, { configOf, withMachineErrors, keptKeyFile }] = await Promise.all([
    import("../../runtime/backup.ts"),
    import("./machine.ts"),
  ]);
  await withMachineErrors(context, async () => {
    const config = configOf(context);
    const { file, bytes, migration } = await backUp(config, target);
    const key = keptKeyFile(config);
    if (output === "json") {
      context.printJson({ file, bytes, migration, key_file: key ?? null });
      return;
    }
    context.log(`Backed up the database to ${file} (${formatSize(bytes)}, migration ${migration}).`);
    if (key !== undefined) context.log(`The backup does not contain the key ${key}. Back it up separately.`);
  });
}

export const restore = defineCommand({
  name: "restore",
  summary: "Replace the database with a backup; stop the server first",
  args: "FILE",
  minArgs: 1,
  maxArgs: 1,
  details: [
    "The current database is kept beside it. A backup of an earlier release is migrated when the server starts. Sessions",
    "and tokens are restored too: any revoked after the backup become valid again.",
    "If BELFRY_DATABASE_URL is a database server, its database must be empty; this is how to move a deployment from an",
    "embedded file to a server.",
  ],
  examples: [
    "belfry admin restore /var/backups/belfry-2026-11-21.db",
    "BELFRY_DATABASE_URL=libsql://belfry.example.com belfry admin restore /var/backups/belfry.db",
  ],
  options: { ...outputOption },
  run: (context, { options, args }) => runRestore(context, args[0]!, options.output),
});

async function runRestore(context: Context, source: string, output: string | undefined): Promise<void> {
  const [{ databaseFile }, { configOf, withMachineErrors }] = await Promise.all([
    import("../../runtime/database.ts"),
    import("./machine.ts"),
  ]);
  await withMachineErrors(context, async () => {
    const config = configOf(context);
    const file = databaseFile(config.databaseUrl);
    const result =
      file === undefined
        ? await onServer(context, config, source)
        : await onDisk(context, config, { file, source });
    if (output === "json") return context.printJson(result.json);
    for (const line of result.lines) context.log(line);
  });
}

interface RestoreResult {
  json: Record<string, unknown>;
  lines: string[];
}

async function onDisk(
  context: Context,
  config: Config,
  { file, source }: { file: string; source: string },
): Promise<RestoreResult> {
  const { restore } = await import("../../runtime/restore.ts");
  const { keptKeyFile } = await import("./machine.ts");
  const { aside, migration, waiting } = await restore(file, source, context.now());
  const needsKey = config.secretKey === undefined && keptKeyFile(config) === undefined;
  return {
    json: { file, aside: aside ?? null, migration, waiting_messages: waiting, key_is_missing: needsKey },
    lines: [
      `Restored the backup to ${file} (migration ${migration}).`,
      ...(aside === undefined ? [] : [`The previous database is kept as ${aside}.`]),
      ...describeWaiting(waiting),
      ...(needsKey
        ? ["belfry.key is missing beside it. Restore the key of this database before you start the server."]
        : []),
      "Start the server: belfry serve",
    ],
  };
}

async function onServer(context: Context, config: Config, source: string): Promise<RestoreResult> {
  const { upload } = await import("../../runtime/upload.ts");
  const { database, rows, migration, waiting } = await upload(config, source, context.now());
  return {
    json: { database, rows, migration, waiting_messages: waiting },
    lines: [
      `Restored the backup to ${database} (${rows} rows, migration ${migration}).`,
      ...describeWaiting(waiting),
      "Set BELFRY_SECRET_KEY on every instance to the content of belfry.key beside the old database.",
    ],
  };
}

const describeWaiting = (waiting: number): string[] =>
  waiting === 0
    ? []
    : [
        `${waiting === 1 ? "1 message is" : `${waiting} messages are`} pending. The server sends them when it starts; those sent after the backup are sent again.`,
      ];
