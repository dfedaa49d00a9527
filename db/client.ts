// The only access to the database: `read` and `write`, each one atomic batch in one round trip. drizzle's own `batch` is a
// deferred transaction, in which guarded writes fail under load.
import type { Client, InValue, ResultSet } from "@libsql/client";
import type { BatchItem } from "drizzle-orm/batch";
import { LibSQLDatabase } from "drizzle-orm/libsql/driver-core";
import { LibSQLSession } from "drizzle-orm/libsql/session";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import { DatabaseError, primaryCode, toDatabaseError } from "./errors.ts";
import { rowValues } from "./row-mapper.ts";
/** What Belfry uses of libSQL's client interface. */
export type DatabaseClient = Pick<
  Client,
  "batch" | "migrate" | "execute" | "close" | "closed" | "protocol" | "reconnect"
>;

/** A fragment of a statement, such as a guard or a subquery for an id. Rooms pass it on without importing drizzle. */
export type { SQL } from "drizzle-orm";

/** One SQL statement, built with `query`, not run yet. */
export type Statement = BatchItem<"sqlite">;
export type Reads = Record<string, Statement>;
/** The result of each named read. */
export type Answers<T extends Reads> = { [K in keyof T]: NonNullable<T[K]>["_"]["result"] };

/** Like drizzle's own factory, without the client that it bundles. */
function buildQueries() {
  const dialect = new SQLiteAsyncDialect();
  const session = new LibSQLSession({} as Client, dialect, undefined, {}, undefined);
  return new LibSQLDatabase("async", dialect, session, undefined);
}

/** Builds statements; it has no connection and runs none. */
export const query = buildQueries();

export interface Database {
  /** All reads see the same state. `timeoutMs` replaces the default of the database. */
  read<T extends Reads>(reads: T, timeoutMs?: number): Promise<Answers<T>>;
  /**
   * All changes or none, then the answer, read in the same transaction. The batch can be sent twice, since a response can
   * be lost after the commit: changes carry their own ids and guards, and the answer is the state after them.
   */
  write<T extends Reads>(changes: readonly Statement[], answer: T, timeoutMs?: number): Promise<Answers<T>>;
  /** The same database; reports each batch that it sends. An observer takes the place of an earlier one of its name. */
  observe(name: string, onBatch: BatchObserver): Database;
  close(): void;
}

/** A batch that was sent, for the log. Each retry is one of its own. */
export interface BatchReport {
  mode: "read" | "write";
  statements: number;
  /** Rows returned. */
  rows: number;
  /** Rows inserted, updated and deleted. */
  changed: number;
  /** Milliseconds from sending to the response or error. */
  ms: number;
  /** The error code of a batch that failed. */
  failure?: string;
}

export type BatchObserver = (batch: BatchReport) => void;

export interface RetryOptions {
  /** How long to retry while the database is unavailable. Default 8000. */
  timeoutMs?: number | undefined;
  /** Clock and sleep between retries; tests pass their own. */
  time?: { now: () => number; sleep: (milliseconds: number) => Promise<void> };
}

export interface DatabaseOptions extends RetryOptions {
  /** Called for each batch sent, retries included. */
  onTrip?: (trip: { mode: "read" | "write"; statements: number }) => void;
  /** Called after each batch sent; see `Database.observe`. */
  observers?: Readonly<Record<string, BatchObserver>>;
  /** Called for each statement of a batch before it is sent. */
  onStatement?: ((statement: Statement) => void) | undefined;
}

/** What drizzle makes of a statement. It is drizzle's own name: its batch calls it. */
interface Prepared {
  getQuery: () => { sql: string; params: unknown[] };
  mapResult: (result: unknown, isFromBatch: true) => unknown;
}
// oxlint-disable-next-line no-underscore-dangle
const prepare = (statement: Statement) => (statement as unknown as { _prepare: () => Prepared })._prepare();

interface PlainStatement {
  sql: string;
  args: InValue[];
}

export function createDatabase(client: DatabaseClient, options: DatabaseOptions = {}): Database {
  const { onTrip } = options;
  const observers = Object.values(options.observers ?? {});

  function send(batch: PlainStatement[], mode: "read" | "write"): Promise<ResultSet[]> {
    onTrip?.({ mode, statements: batch.length });
    return observers.length === 0 ? client.batch(batch, mode) : observed(client, batch, mode, observers);
  }

  /** Does what drizzle's batch does. */
  async function run(
    mode: "read" | "write",
    changes: readonly Statement[],
    reads: Reads,
    timeoutMs = options.timeoutMs,
  ) {
    const answers: Record<string, unknown> = {};
    const all = [...changes, ...Object.values(reads)];
    if (options.onStatement !== undefined) all.forEach(options.onStatement);
    const statements = all.map(prepare);
    if (statements.length === 0) return answers;
    const batch = statements.map((statement) => {
      const { sql, params } = statement.getQuery();
      return { sql, args: params.map((value) => toPlainValue(value as InValue)) };
    });
    const results = await retryTransient(client, () => send(batch, mode), { ...options, timeoutMs });
    let position = changes.length;
    for (const name of Object.keys(reads)) {
      answers[name] = statements[position]!.mapResult(results[position], true);
      position += 1;
    }
    return answers;
  }

  return {
    read: (reads, timeoutMs) => run("read", [], reads, timeoutMs) as never,
    write: (changes, answer, timeoutMs) => run("write", changes, answer, timeoutMs) as never,
    observe: (name, onBatch) =>
      createDatabase(client, { ...options, observers: { ...options.observers, [name]: onBatch } }),
    close: () => client.close(),
  };
}

async function observed(
  client: DatabaseClient,
  batch: PlainStatement[],
  mode: "read" | "write",
  observers: readonly BatchObserver[],
): Promise<ResultSet[]> {
  const started = performance.now();
  const report = (rows: number, changed: number, failure?: string) => {
    const ms = Math.round((performance.now() - started) * 100) / 100;
    const counts = { mode, statements: batch.length, rows, changed, ms };
    for (const observe of observers) observe(failure === undefined ? counts : { ...counts, failure });
  };
  try {
    const results = await client.batch(batch, mode);
    let [rows, changed] = [0, 0];
    for (const result of results) {
      rows += countRows(result);
      changed += result.rowsAffected;
    }
    report(rows, changed);
    return results;
  } catch (error) {
    report(0, 0, toDatabaseError(error).code);
    throw error;
  }
}

/** Where a client keeps values apart, rows would be made only to be counted. */
const countRows = (result: ResultSet & { [rowValues]?: unknown[][] }): number =>
  (result[rowValues] ?? result.rows).length;

const realTime = {
  now: () => performance.now(),
  sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
};

/** A file's lock is held for a few milliseconds; a server that is down needs longer. Both are jittered. */
const maxBusyWaitMs = 50;
const maxWaitMs = 1_000;

/** Retries while the database is unavailable, with exponential, jittered waits, until the timeout. */
export async function retryTransient<T>(
  client: DatabaseClient,
  attempt: () => Promise<T>,
  { timeoutMs = 8_000, time = realTime }: RetryOptions = {},
): Promise<T> {
  const started = time.now();
  for (let attempts = 0; ; attempts += 1) {
    try {
      return await attempt();
    } catch (cause) {
      const error = toDatabaseError(cause);
      await reconnectIfStuck(client, error);
      const maxMs = primaryCode(error.code) === "SQLITE_BUSY" ? maxBusyWaitMs : maxWaitMs;
      const wait = Math.min(maxMs, 5 * 2 ** attempts) * (0.5 + Math.random());
      if (!error.isPassing || client.closed || time.now() - started + wait > timeoutMs) throw error;
      await time.sleep(wait);
    }
  }
}

/**
 * A file's connection that couldn't begin a transaction keeps the failed statement and commits nothing until it is
 * garbage-collected, so it is replaced. Calls that wait for the old one get `CLIENT_CLOSED` and are retried.
 */
async function reconnectIfStuck(client: DatabaseClient, error: DatabaseError): Promise<void> {
  const isStuck = error.kind === "unavailable" && error.code.startsWith("SQLITE_");
  if (client.protocol === "file" && isStuck && !client.closed) await client.reconnect();
}

/**
 * A file binds every JavaScript number as REAL and ends a text at NUL; a server rejects half a surrogate pair. Both get
 * integers and text that they store alike.
 */
function toPlainValue(value: InValue): InValue {
  if (typeof value === "string") return toPlainText(value);
  return Number.isSafeInteger(value) ? BigInt(value as number) : value;
}

export const toPlainText = (text: string) => text.toWellFormed().replaceAll("\0", "\uFFFD");

/** Whether a write failed because a value is taken. `column`: like `users.email`, or an index's name. */
export function isTaken(error: unknown, column: string): boolean {
  return error instanceof DatabaseError && error.kind === "constraint" && error.message.includes(column);
}

/** Runs `work` with `maxRows`; halves the limit for as long as the batch is too large for the database. */
export async function withShrinkingBatch<T>(
  maxRows: number,
  work: (limit: number) => Promise<T>,
): Promise<T & { limit: number }> {
  for (let limit = maxRows; ; limit = Math.ceil(limit / 2)) {
    try {
      return { ...(await work(limit)), limit };
    } catch (error) {
      if (limit <= 1 || !(error instanceof DatabaseError) || error.kind !== "too_large") throw error;
    }
  }
}
