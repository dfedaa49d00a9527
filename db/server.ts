// A client of a libSQL server over HTTP: a batch is one request of the Hrana protocol, version 2. Node and Workers pass
// their own `Send`. The official client is five times the size, which slows down every cold start of a Worker.
import type { InStatement, InValue, ResultSet, Row, TransactionMode } from "@libsql/client";
import type { DatabaseClient } from "./client.ts";
import { ClientClosed, ServerFailure, ServerRefusal } from "./errors.ts";

/** POSTs JSON, of a transaction that writes or of anything else; throws when the connection fails or times out. */
export type Send = (
  url: string,
  headers: Record<string, string>,
  body: string,
  isWrite?: boolean,
) => Promise<{ status: number; text: string }>;

export interface ServerAddress {
  /** `libsql:`, `https:` or `http:`; `ws:` and `wss:` mean the same server over HTTP. */
  databaseUrl: string;
  databaseAuthToken: string | undefined;
}

export const serverUrl = (databaseUrl: string): string =>
  databaseUrl
    .replace(/^libsql:/, "https:")
    .replace(/^ws/, "http")
    .replace(/\/+$/, "");

/** A server that may compress takes longer for it than for the answer itself, with brotli some 20 ms for a single row. */
export const uncompressed = { "accept-encoding": "identity" };

const begin: Record<TransactionMode, string> = {
  write: "BEGIN IMMEDIATE",
  read: "BEGIN TRANSACTION READONLY",
  deferred: "BEGIN DEFERRED",
};

export function createServerClient(
  { databaseUrl, databaseAuthToken }: ServerAddress,
  send: Send,
  onClose: () => void = () => {},
): DatabaseClient {
  const url = `${serverUrl(databaseUrl)}/v2/pipeline`;
  const headers: Record<string, string> = {
    "content-type": "application/json",
    ...uncompressed,
    ...(databaseAuthToken === undefined ? {} : { authorization: `Bearer ${databaseAuthToken}` }),
  };
  let closed = false;

  async function ask<T>(request: object, isWrite = false): Promise<T> {
    if (closed) throw new ClientClosed();
    const body = JSON.stringify({ baton: null, requests: [request, { type: "close" }] });
    const { status, text } = await send(url, headers, body, isWrite);
    if (status < 200 || status > 299) throw new ServerRefusal(status, text.trim());
    const answer = (JSON.parse(text) as { results?: PipelineResult<T>[] }).results?.[0];
    if (answer === undefined)
      throw new ServerFailure({ message: "no libSQL server", code: "HRANA_PROTO_ERROR" });
    if (answer.type === "error") throw new ServerFailure(answer.error);
    return answer.response.result;
  }

  return {
    protocol: "http",
    get closed() {
      return closed;
    },
    close: () => {
      closed = true;
      onClose();
    },
    // Requests don't depend on a connection.
    reconnect: async () => {},
    execute: async (statement: InStatement) =>
      toResultSet(await ask<StatementResult>({ type: "execute", stmt: toStatement(statement) })),
    batch: async (statements, mode = "deferred") => {
      const steps = transaction(statements as InStatement[], mode);
      const answer = await ask<BatchResult>({ type: "batch", batch: { steps } }, mode === "write");
      return inTransaction(answer, statements.length);
    },
    migrate: async (statements) => {
      const steps = transaction(statements, "write", [foreignKeys("off")], [foreignKeys("on")]);
      return inTransaction(await ask<BatchResult>({ type: "batch", batch: { steps } }), statements.length, 1);
    },
  };
}

/** It has no effect inside a transaction. */
const foreignKeys = (state: "on" | "off") => ({
  stmt: { sql: `PRAGMA foreign_keys = ${state}`, want_rows: false },
});

/** BEGIN, each statement if the one before it succeeded, COMMIT if all did, else ROLLBACK. */
function transaction(
  statements: readonly InStatement[],
  mode: TransactionMode,
  before: readonly object[] = [],
  afterwards: readonly object[] = [],
): object[] {
  const after = (step: number) => ({ condition: { type: "ok", step } });
  const start = before.length;
  const commit = start + statements.length + 1;
  return [
    ...before,
    { stmt: { sql: begin[mode], want_rows: false } },
    ...statements.map((statement, index) => ({ ...after(start + index), stmt: toStatement(statement) })),
    { ...after(commit - 1), stmt: { sql: "COMMIT", want_rows: false } },
    {
      condition: { type: "not", cond: { type: "ok", step: commit } },
      stmt: { sql: "ROLLBACK", want_rows: false },
    },
    ...afterwards,
  ];
}

/** The results of the statements. `before`: the number of steps before BEGIN. */
function inTransaction(
  { step_results, step_errors }: BatchResult,
  statements: number,
  before = 0,
): ResultSet[] {
  // The rollback's error doesn't count: the transaction can have ended already.
  const failure = step_errors.slice(0, before + statements + 2).find((error) => error !== null);
  if (failure !== undefined) throw new ServerFailure(failure);
  return step_results.slice(before + 1, before + statements + 1).map((result) => toResultSet(result!));
}

function toStatement(statement: InStatement): object {
  if (typeof statement === "string") return { sql: statement, args: [], want_rows: true };
  const args = (statement.args ?? []) as InValue[];
  return { sql: statement.sql, args: args.map(encode), want_rows: true };
}

function encode(value: InValue): Value {
  if (value === null) return { type: "null" };
  if (typeof value === "string") return { type: "text", value };
  if (typeof value === "bigint") return { type: "integer", value: String(value) };
  if (typeof value === "boolean") return { type: "integer", value: value ? "1" : "0" };
  if (typeof value === "number" && Number.isFinite(value)) return { type: "float", value };
  if (value instanceof ArrayBuffer) return { type: "blob", base64: Buffer.from(value).toString("base64") };
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { type: "blob", base64: bytes.toString("base64") };
  }
  throw new TypeError(`${typeof value} can't be a value of a statement`);
}

function decode(value: Value): Row[number] {
  switch (value.type) {
    case "null":
      return null;
    case "integer": {
      const integer = Number(value.value);
      if (!Number.isSafeInteger(integer)) throw new RangeError(`${value.value} is too large for a number`);
      return integer;
    }
    case "blob":
      return new Uint8Array(Buffer.from(value.base64, "base64")).buffer;
    default:
      return value.value;
  }
}

function toResultSet(result: StatementResult): ResultSet {
  const columns = result.cols.map(({ name }) => name ?? "");
  const rows = result.rows.map((row) => toRow(columns, row.map(decode)));
  return {
    columns,
    columnTypes: result.cols.map(({ decltype }) => decltype ?? ""),
    rows,
    rowsAffected: result.affected_row_count,
    lastInsertRowid: result.last_insert_rowid === null ? undefined : BigInt(result.last_insert_rowid),
    toJSON: () => result,
  };
}

/** Values by name and, not enumerable, by position: drizzle reads rows by position. */
function toRow(columns: string[], values: Row[number][]): Row {
  const row: Record<string, Row[number]> = {};
  Object.defineProperty(row, "length", { value: values.length });
  values.forEach((value, at) => {
    Object.defineProperty(row, at, { value });
    const name = columns[at]!;
    if (!Object.hasOwn(row, name)) row[name] = value;
  });
  return row as unknown as Row;
}

type Value =
  | { type: "null" }
  | { type: "integer" | "text"; value: string }
  | { type: "float"; value: number }
  | { type: "blob"; base64: string };

interface StatementResult {
  cols: { name: string | null; decltype?: string | null }[];
  rows: Value[][];
  affected_row_count: number;
  last_insert_rowid: string | null;
}

interface Failure {
  message: string;
  code: string | null;
}

interface BatchResult {
  step_results: (StatementResult | null)[];
  step_errors: (Failure | null)[];
}

type PipelineResult<T> = { type: "ok"; response: { result: T } } | { type: "error"; error: Failure };
