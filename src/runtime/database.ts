// Opens the database for Node: an embedded file with its pragmas, or a libSQL server over pooled HTTP connections.
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient, type Client } from "@libsql/client";
import { Pool } from "undici";
import { persist } from "../../db/client.ts";
import { refuse } from "../../db/errors.ts";

export interface DatabaseAddress {
  databaseUrl: string;
  databaseAuthToken: string | undefined;
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

export async function openClient(address: DatabaseAddress, options: ClientOptions = {}): Promise<Client> {
  const file = databaseFile(address.databaseUrl);
  return file === undefined ? openServer(address, options) : openFile(file);
}

/** Milliseconds that a call waits for another process's write. The loop stands still meanwhile; `persist` comes again. */
const busyTimeout = 500;

async function openFile(file: string): Promise<Client> {
  try {
    mkdirSync(dirname(file), { recursive: true });
    // One connection: a batch never waits for another inside this process.
    const client = createClient({ url: `file:${file}`, timeout: busyTimeout, concurrency: 1 });
    // Kept in the file. That a commit is on the disk and foreign keys hold is libSQL's default for each connection.
    await persist(client, () => client.execute("PRAGMA journal_mode = WAL"));
    if (existsSync(file)) chmodSync(file, 0o600);
    return client;
  } catch (cause) {
    throw new DatabaseOpenError(
      `The database file ${file} can't be opened (${cause instanceof Error ? cause.message : String(cause)}). ` +
        "Make its folder writable for this user, or set BELFRY_DATABASE_URL=file:/another/folder/belfry.db",
      { cause },
    );
  }
}

const connections = 8;

function openServer(address: DatabaseAddress, { onAnswer, requestTimeout = 5_000 }: ClientOptions): Client {
  const url = address.databaseUrl.replace(/^libsql:/, "https:").replace(/^ws/, "http");
  const pool = new Pool(new URL(url).origin, { connections });
  const client = createClient({
    url,
    ...(address.databaseAuthToken === undefined ? {} : { authToken: address.databaseAuthToken }),
    fetch: async (request: Request) => {
      const answer = await refuse(await send(pool, request, requestTimeout));
      onAnswer?.(await answer.clone().text());
      return answer;
    },
  });
  const close = client.close.bind(client);
  client.close = () => {
    close();
    void pool.destroy();
  };
  return client;
}

/** Node's own `fetch` costs more than the database does: the pool halves a round trip. */
async function send(pool: Pool, request: Request, timeout: number): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const answer = await pool.request({
    path: pathname + search,
    method: request.method as "POST",
    headers: Object.fromEntries(request.headers),
    body: request.body === null ? null : Buffer.from(await request.arrayBuffer()),
    signal: AbortSignal.timeout(timeout),
  });
  const body = await answer.body.arrayBuffer();
  const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return new Response(answer.statusCode === 204 ? null : body, { status: answer.statusCode, headers });
}
