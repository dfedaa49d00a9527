// Opens the database for Node: an embedded file with its pragmas, or a libSQL server over pooled HTTP connections.
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import { retryTransient, type DatabaseClient } from "../../db/client.ts";
import { createServerClient, serverUrl, type Send, type ServerAddress } from "../../db/server.ts";
import { createClient } from "@libsql/client/http";
import { ServerRefusal } from "../../db/errors.ts";

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

/** For people: a file's path or a server's host, without a token from its URL. */
export const databaseName = (url: string) => databaseFile(url) ?? new URL(url).host;

export interface ClientOptions {
  /** Receives each response of a server; it has `rows_read`. */
  onAnswer?: ((text: string) => void) | undefined;
  /** Of one request to a server. */
  requestTimeoutMs?: number;
}

export async function openClient(
  address: DatabaseAddress,
  options: ClientOptions = {},
): Promise<DatabaseClient> {
  const file = databaseFile(address.databaseUrl);
  return file === undefined ? openServer(address, options) : openFile(file);
}

/** How long a call waits for another process's write. It blocks the event loop; `retryTransient` retries. */
const busyTimeoutMs = 20;

async function openFile(file: string): Promise<DatabaseClient> {
  try {
    mkdirSync(dirname(file), { recursive: true });
    // The native part is loaded only where there is a file.
    const { openFileClient } = await import("./file-client.ts");
    const client = openFileClient(file, busyTimeoutMs);
    // Stored in the file. `synchronous = FULL` and foreign keys are libSQL's defaults for each connection.
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
    "It is not an SQLite database. To replace it with a backup: belfry admin restore BACKUP. If the path is wrong, set BELFRY_DATABASE_URL=file:/folder/belfry.db",
  ],
  [/CORRUPT/, "It is damaged. Restore the last backup: belfry admin restore BACKUP"],
  [/BUSY|LOCKED/, "Another program holds its lock. Find it with fuser or lsof, and stop it."],
  [/FULL|ENOSPC|EDQUOT/, "Its disk is full. Free some space."],
  [/IOERR/, "Its disk is failing or full. Check dmesg and df."],
];

/** Why an embedded database can't be used, and what to do. `cause`: the error of SQLite or the file system. */
export function describeFileFailure(file: string, cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const remedy =
    remedies.find(([codes]) => codes.test(code))?.[1] ??
    "Make its folder writable for this user, or set BELFRY_DATABASE_URL=file:/another/folder/belfry.db";
  return `The database file ${file} can't be used (${message}). ${remedy}`;
}

/**
 * Writes don't queue behind reads: one write is what a hundred requests wait for, whose successors' reads would keep it waiting
 * until it times out.
 */
const connections = { read: 5, write: 3 };

function openServer(
  address: DatabaseAddress,
  { onAnswer, requestTimeoutMs = 5_000 }: ClientOptions,
): DatabaseClient {
  const { origin } = new URL(serverUrl(address.databaseUrl));
  // Half the time of `fetch`.
  const reads = new Pool(origin, { connections: connections.read });
  const writes = new Pool(origin, { connections: connections.write });
  const send: Send = async (url, headers, body, isWrite = false) => {
    const answer = await (isWrite ? writes : reads).request({
      path: new URL(url).pathname,
      method: "POST",
      headers,
      body,
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    const text = await answer.body.text();
    if (answer.statusCode === 200) onAnswer?.(text);
    return { status: answer.statusCode, text };
  };
  const create = address.databaseClient === "official" ? createOfficialClient : createServerClient;
  return create(address, send, () => void Promise.all([reads.destroy(), writes.destroy()]));
}

export function createOfficialClient(
  { databaseUrl, databaseAuthToken }: ServerAddress,
  send: Send,
  onClose: () => void,
): DatabaseClient {
  const client = createClient({
    url: serverUrl(databaseUrl),
    ...(databaseAuthToken === undefined ? {} : { authToken: databaseAuthToken }),
    fetch: (request: Request) => answer(request, send),
  });
  return {
    protocol: "http",
    get closed() {
      return client.closed;
    },
    close: () => {
      client.close();
      onClose();
    },
    // Each request may go over another connection as it is.
    reconnect: async () => {},
    execute: (statement: string | { sql: string }) => client.execute(statement),
    batch: (statements, mode) => client.batch(statements, mode),
    migrate: (statements) => client.migrate(statements),
  };
}

async function answer(request: Request, send: Send): Promise<Response> {
  const { status, text } = await send(request.url, Object.fromEntries(request.headers), await request.text());
  // The client's own error forgets the status if the answer is JSON.
  if (status < 200 || status > 299) throw new ServerRefusal(status, text.trim());
  return new Response(text, { headers: { "content-type": "application/json" } });
}
