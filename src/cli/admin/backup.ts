// belfry admin backup and restore: a consistent copy of the database, also while the server runs, and the way back while
// it is stopped.
import type { Config } from "../../config/config.ts";
import type { Context } from "../context.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { sizeWords } from "./rules/finding.ts";

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
  run: (context, { options, words }) => runBackup(context, words[0]!, options.output),
});

async function runBackup(context: Context, target: string, output: string | undefined): Promise<void> {
  // Loaded when it is needed: the commands that talk to a server don't wait for a database's client.
  const [{ backUp }, { configOf, explained, keptKeyFile }] = await Promise.all([
    import("../../runtime/backup.ts"),
    import("./machine.ts"),
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

export const restore = defineCommand({
  name: "restore",
  summary: "Put a backup into the database's place; the server must be stopped",
  takes: "FILE",
  least: 1,
  most: 1,
  details: [
    "The database that was there is kept beside it. A backup of an earlier release is brought up to date when the server",
    "starts. Sessions and tokens are those of the backup: what was revoked since then works again.",
    "Where BELFRY_DATABASE_URL names a server, its database must be a new one, and is filled: this is how a deployment",
    "moves from an embedded file to a server.",
  ],
  examples: [
    "belfry admin restore /var/backups/belfry-2026-11-21.db",
    "BELFRY_DATABASE_URL=libsql://belfry.example.com belfry admin restore /var/backups/belfry.db",
  ],
  options: { ...outputOption },
  run: (context, { options, words }) => runRestore(context, words[0]!, options.output),
});

async function runRestore(context: Context, source: string, output: string | undefined): Promise<void> {
  const [{ databaseFile }, { configOf, explained }] = await Promise.all([
    import("../../runtime/database.ts"),
    import("./machine.ts"),
  ]);
  await explained(context, async () => {
    const config = configOf(context);
    const told =
      databaseFile(config.databaseUrl) === undefined
        ? await onServer(context, config, source)
        : await onDisk(context, config, source);
    if (output === "json") return context.printJson(told.json);
    for (const line of told.lines) context.say(line);
  });
}

interface Told {
  json: Record<string, unknown>;
  lines: string[];
}

async function onDisk(context: Context, config: Config, source: string): Promise<Told> {
  const { restore } = await import("../../runtime/restore.ts");
  const { keptKeyFile } = await import("./machine.ts");
  const { file, aside, migration, waiting } = await restore(config.databaseUrl, source, context.now());
  const needsKey = config.secretKey === undefined && keptKeyFile(config) === undefined;
  return {
    json: { file, aside: aside ?? null, migration, waiting_messages: waiting, key_is_missing: needsKey },
    lines: [
      `${file} is the backup now (migration ${migration}).`,
      ...(aside === undefined ? [] : [`What was there before is ${aside}.`]),
      ...waitingWords(waiting),
      ...(needsKey
        ? [
            "There is no belfry.key beside it: put the one back that belongs to it, before you start the server.",
          ]
        : []),
      "Start the server with: belfry serve",
    ],
  };
}

async function onServer(context: Context, config: Config, source: string): Promise<Told> {
  const { upload } = await import("../../runtime/upload.ts");
  const { database, rows, migration, waiting } = await upload(config, source, context.now());
  return {
    json: { database, rows, migration, waiting_messages: waiting },
    lines: [
      `The database on ${database} is the backup now (${rows} rows, migration ${migration}).`,
      ...waitingWords(waiting),
      "Give every instance the secret key that belongs to it: BELFRY_SECRET_KEY is what belfry.key beside the old database says.",
    ],
  };
}

const waitingWords = (waiting: number): string[] =>
  waiting === 0
    ? []
    : [
        `${waiting === 1 ? "1 message waits" : `${waiting} messages wait`} in it: the server sends them when it starts, once more if it did so after the backup.`,
      ];
