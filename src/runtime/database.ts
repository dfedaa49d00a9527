// Opens the database for Node: an embedded file with its pragmas, or a libSQL server over pooled HTTP connections.
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import { retryTransient, type DatabaseClient } from "../../db/client.ts";
import { createServerClient, serverUrl, type Send } from "../../db/server.ts";
import { openFileClient } from "./file-client.ts";
import { createOfficialClient } from "./official-client.ts";

export interface DatabaseAddress {
  databaseUrl: string;
  databaseAuthToken: string | undefined;
  /** Of a server; Belfry's own when left out. */
  databaseClient?: "belfry" | "official";
}

export class DatabaseOpenError extends Error {
  override readonly name = "DatabaseOpenError";
}

/** The path of an embedded database; undefined for a server's. */
export function databaseFile(url: string): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  return url.startsWith("file://") ? fileURLToPath(url) : resolve(url.slice("file:".length));
}

/** What to call it where people read: a file's path or a server's host, never a token in its address. */
export const databaseName = (url: string) => databaseFile(url) ?? new URL(url).host;

export interface ClientOptions {
  /** Gets the text of each of a server's answers: the meter reads its `rows_read`. */
  onAnswer?: ((text: string) => void) | undefined;
  /** Milliseconds that a server has for its answer. */
  requestTimeout?: number;
}

export async function openClient(
  address: DatabaseAddress,
  options: ClientOptions = {},
): Promise<DatabaseClient> {
  const file = databaseFile(address.databaseUrl);
  return file === undefined ? openServer(address, options) : openFile(file);
}

/** Milliseconds that a call waits for another process's write. The loop stands still meanwhile; `persist` comes again. */
const busyTimeoutMs = 20;

async function openFile(file: string): Promise<DatabaseClient> {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const client = openFileClient(file, busyTimeoutMs);
    // Kept in the file. That a commit is on the disk and foreign keys hold is libSQL's default for each connection.
    await retryTransient(client, () => client.execute("PRAGMA journal_mode = WAL"));
    if (existsSync(file)) chmodSync(file, 0o600);
    return client;
  } catch (cause) {
    throw new DatabaseOpenError(describeFileFailure(file, cause), { cause });
  }
}

const remedies: [codes: RegExp, remedy: string][] = [
  [
    /NOTADB/,
    "It is no SQLite database. If a backup should stand there: belfry admin restore BACKUP. If it is another file, set BELFRY_DATABASE_URL=file:/folder/belfry.db",
  ],
  [/CORRUPT/, "It is damaged. Put the last backup in its place: belfry admin restore BACKUP"],
  [/BUSY|LOCKED/, "Another program holds its lock: fuser or lsof tells which. Stop that program."],
  [/FULL|ENOSPC|EDQUOT/, "Its disk is full. Make room."],
  [/IOERR/, "Its disk fails, or is full: dmesg and df tell more."],
];

/** Why an embedded database can't be used, and what to do; `cause` is what SQLite or the file system said. */
export function describeFileFailure(file: string, cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const remedy =
    remedies.find(([codes]) => codes.test(code))?.[1] ??
    "Make its folder writable for this user, or set BELFRY_DATABASE_URL=file:/another/folder/belfry.db";
  return `The database file ${file} can't be used (${message}). ${remedy}`;
}

const connections = 8;

function openServer(
  address: DatabaseAddress,
  { onAnswer, requestTimeout = 5_000 }: ClientOptions,
): DatabaseClient {
  // Node's own `fetch` costs more than the database does: the pool halves a round trip.
  const pool = new Pool(new URL(serverUrl(address.databaseUrl)).origin, { connections });
  const send: Send = async (url, headers, body) => {
    const answer = await pool.request({
      path: new URL(url).pathname,
      method: "POST",
      headers,
      body,
      signal: AbortSignal.timeout(requestTimeout),
    });
    const text = await answer.body.text();
    if (answer.statusCode === 200) onAnswer?.(text);
    return { status: answer.statusCode, text };
  };
  const create = address.databaseClient === "official" ? createOfficialClient : createServerClient;
  return create(address, send, () => void pool.destroy());
}
