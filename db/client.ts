// The only way to the database: `read` and `write`, each one atomic batch and one round trip.
// drizzle's own `batch` is a deferred transaction, in which a guarded write fails under load; hence one
// instance bound to each mode.
import type { Client, InStatement, InValue, ResultSet } from "@libsql/client";
import type { BatchItem } from "drizzle-orm/batch";
import { LibSQLDatabase } from "drizzle-orm/libsql/driver-core";
import { LibSQLSession } from "drizzle-orm/libsql/session";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import { DatabaseError, primaryCode, toDatabaseError } from "./errors.ts";

/** What is asked of libSQL's own client for a file, and of ours for a server. */
export type DatabaseClient = Pick<
  Client,
  "batch" | "migrate" | "execute" | "close" | "closed" | "protocol" | "reconnect"
>;

/** A piece of a statement: a guard, an id found by a subquery. Rooms pass it on without knowing drizzle. */
export type { SQL } from "drizzle-orm";

/** One SQL statement, built with `query` and not run yet. */
export type Statement = BatchItem<"sqlite">;
export type Reads = Record<string, Statement>;
/** What each named read answers. */
export type Answers<T extends Reads> = { [K in keyof T]: T[K]["_"]["result"] };

let textsBuilt = 0;
/** How many SQL texts were built in this process: a statement that is sent often is prepared (prepared.ts). */
export const countTextsBuilt = (): number => textsBuilt;

class CountingDialect extends SQLiteAsyncDialect {
  override sqlToQuery(...args: Parameters<SQLiteAsyncDialect["sqlToQuery"]>) {
    textsBuilt += 1;
    return super.sqlToQuery(...args);
  }
}

/** What drizzle's own function makes, without the client that comes with it. */
function build(client: Client) {
  const dialect = new CountingDialect();
  const session = new LibSQLSession(client, dialect, undefined, {}, undefined);
  return new LibSQLDatabase("async", dialect, session, undefined);
}

/** Builds statements; it has no connection and runs nothing. */
export const query = build({} as Client);

export interface Database {
  /** All reads see the same state. `patience`: milliseconds, instead of the usual ones. */
  read<T extends Reads>(reads: T, patience?: number): Promise<Answers<T>>;
  /**
   * All changes or none, then the answer, read in the same transaction. The whole batch may be sent twice (an answer
   * can be lost after the commit): changes carry their own ids and guards, and the answer says what holds now.
   */
  write<T extends Reads>(changes: readonly Statement[], answer: T, patience?: number): Promise<Answers<T>>;
  /** The same database, which reports each batch that it sends. */
  observe(onBatch: (batch: BatchReport) => void): Database;
  close(): void;
}

/** A batch that was sent, retries included: what a log may say of it. */
export interface BatchReport {
  mode: "read" | "write";
  statements: number;
  /** Rows answered. */
  rows: number;
  /** Rows inserted, updated and deleted. */
  changed: number;
  /** Milliseconds from sending to the answer or failure. */
  ms: number;
  /** The error's code, for a batch that failed. */
  failure?: string;
}

export interface Persistence {
  /** Milliseconds after which a batch that keeps finding the database unavailable gives up. Default 8000. */
  patience?: number | undefined;
  /** How time passes between tries; a test brings its own. */
  time?: { now: () => number; sleep: (milliseconds: number) => Promise<void> };
}

export interface DatabaseOptions extends Persistence {
  /** Called for each batch sent, retries included: the meter. */
  onTrip?: (trip: { mode: "read" | "write"; statements: number }) => void;
  /** Called after each batch sent; see `Database.observe`. */
  onBatch?: (batch: BatchReport) => void;
}

export function createDatabase(client: DatabaseClient, options: DatabaseOptions = {}): Database {
  const { onBatch } = options;
  const bound = (mode: "read" | "write") =>
    build({
      // drizzle asks nothing else of the client than this one call.
      batch: (statements: InStatement[]) => {
        options.onTrip?.({ mode, statements: statements.length });
        const batch = statements.map(withPlainValues);
        return onBatch === undefined ? client.batch(batch, mode) : observed(client, batch, mode, onBatch);
      },
    } as unknown as Client);
  const reader = bound("read");
  const writer = bound("write");

  async function run(
    instance: typeof reader,
    changes: readonly Statement[],
    reads: Reads,
    patience = options.patience,
  ) {
    const names = Object.keys(reads);
    const statements = [...changes, ...Object.values(reads)];
    if (statements.length === 0) return {};
    const results = (await persist(client, () => instance.batch(statements as [Statement, ...Statement[]]), {
      ...options,
      patience,
    })) as unknown[];
    return Object.fromEntries(names.map((name, position) => [name, results[changes.length + position]]));
  }

  return {
    read: (reads, patience) => run(reader, [], reads, patience) as never,
    write: (changes, answer, patience) => run(writer, changes, answer, patience) as never,
    observe: (onBatch) => createDatabase(client, { ...options, onBatch }),
    close: () => client.close(),
  };
}

async function observed(
  client: DatabaseClient,
  batch: InStatement[],
  mode: "read" | "write",
  onBatch: (batch: BatchReport) => void,
): Promise<ResultSet[]> {
  const started = performance.now();
  const report = (rows: number, changed: number, failure?: string) =>
    onBatch({
      mode,
      statements: batch.length,
      rows,
      changed,
      ms: Math.round((performance.now() - started) * 100) / 100,
      ...(failure === undefined ? {} : { failure }),
    });
  try {
    const results = await client.batch(batch, mode);
    const sum = (count: (result: ResultSet) => number) => results.reduce((all, one) => all + count(one), 0);
    report(
      sum(({ rows }) => rows.length),
      sum(({ rowsAffected }) => rowsAffected),
    );
    return results;
  } catch (error) {
    report(0, 0, toDatabaseError(error).code);
    throw error;
  }
}

const realTime = {
  now: () => performance.now(),
  sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
};

/** Milliseconds, about. Whoever holds a file's lock has it for a few; a server that is away is not back so soon. */
const longestBusyWait = 50;
const longestWait = 1_000;

/** Tries again while the database is unavailable, with growing, jittered waits, until patience ends. */
export async function persist<T>(
  client: DatabaseClient,
  attempt: () => Promise<T>,
  { patience = 8_000, time = realTime }: Persistence = {},
): Promise<T> {
  const started = time.now();
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (cause) {
      const error = toDatabaseError(cause);
      await renew(client, error);
      const longest = primaryCode(error.code) === "SQLITE_BUSY" ? longestBusyWait : longestWait;
      const wait = Math.min(longest, 5 * 2 ** tries) * (0.5 + Math.random());
      if (!error.isPassing || client.closed || time.now() - started + wait > patience) throw error;
      await time.sleep(wait);
    }
  }
}

/**
 * A file's connection that couldn't begin a transaction keeps the statement that failed, and commits nothing more until
 * that is collected: it is exchanged. Calls that wait for the old one are told `CLIENT_CLOSED` and come again.
 */
async function renew(client: DatabaseClient, error: DatabaseError): Promise<void> {
  const isStuck = error.kind === "unavailable" && error.code.startsWith("SQLITE_");
  if (client.protocol === "file" && isStuck && !client.closed) await client.reconnect();
}

const withPlainValues = (statement: InStatement): InStatement =>
  typeof statement === "string" || !Array.isArray(statement.args)
    ? statement
    : { sql: statement.sql, args: statement.args.map(toPlainValue) };

/**
 * A file binds every JavaScript number as REAL and ends a text at NUL, a server doesn't take half a surrogate pair: both
 * get integers and text that both keep.
 */
function toPlainValue(value: InValue): InValue {
  if (typeof value === "string") return toPlainText(value);
  return Number.isSafeInteger(value) ? BigInt(value as number) : value;
}

export const toPlainText = (text: string) => text.toWellFormed().replaceAll("\0", "\uFFFD");

/** Whether a write was refused because a value is taken (`column` as in `users.email` or an index's name). */
export function isTaken(error: unknown, column: string): boolean {
  return error instanceof DatabaseError && error.kind === "constraint" && error.message.includes(column);
}
