// A database as the first start leaves it, made once for each process of the suite: every test server begins with a copy.
import { mkdtempSync, rmSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase } from "../../db/client.ts";
import { createNewId } from "../../src/kernel/crypto.ts";
import { openClient } from "../../src/runtime/database.ts";
import { prepareDatabase } from "../../src/runtime/prepare.ts";

let made: Promise<string> | undefined;

async function make(at: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "belfry-new-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "belfry.db");
  const databaseUrl = `file:${file}`;
  const client = await openClient({ databaseUrl, databaseAuthToken: undefined });
  const now = () => at;
  await prepareDatabase(client, createDatabase(client), databaseUrl, { now, newId: createNewId(now) });
  // What is in the log would not be copied, and the native client ends only when it is collected.
  await client.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  client.close();
  return file;
}

/** `at`: when it was made, epoch milliseconds. */
export async function copyNewDatabase(target: string, at: number): Promise<void> {
  await copyFile(await (made ??= make(at)), target);
}
