// The client of an embedded database. The reads of one iteration of the event loop share a transaction, in which equal
// statements run once; any other call is a synchronous transaction.
import type { InArgs, InStatement, ResultSet, TransactionMode } from "@libsql/client";
import type { DatabaseClient } from "../../db/client.ts";
import { ClientClosed } from "../../db/errors.ts";
import { ask, openConnection, toResultSet, type Asked, type Connection } from "./file-connection.ts";

/** Can share a transaction with other callers' reads: an error has nothing to roll back. */
const isRead = ({ sql }: Asked) => /^\s*select\b/i.test(sql);

/** Limits of a shared transaction, so that the event loop handles other work in between. */
const maxSharedBatches = 64;
const maxSharedMs = 10;

/** After so much time in one iteration of the event loop, the next transaction begins in another. */
const maxIterationMs = 5;

interface SharedRead {
  statements: Asked[];
  resolve: (results: ResultSet[]) => void;
  reject: (error: unknown) => void;
}

export function openFileClient(path: string, timeoutMs: number): DatabaseClient {
  const connector = createConnector(() => openConnection(path, timeoutMs));
  const { connect, inTransaction } = connector;
  const shareRead = createSharedReads(connector);
  const turns = createTurns();
  const all = (statements: readonly Asked[]) => (connection: Connection) =>
    statements.map((statement) => toResultSet(...ask(connection, statement)));

  return {
    protocol: "file",
    get closed() {
      return connector.closed;
    },
    close: () => connector.close(),
    /** The next call opens a new connection. */
    reconnect: async () => connector.reopen(),
    execute: async (statement: InStatement) => all([toAsked(statement)])(connect())[0]!,
    batch: async (given, mode = "deferred") => {
      const statements = given.map(toAsked);
      if (mode === "read" && statements.every(isRead)) return shareRead(statements);
      while (turns.isSpent()) await turns.next();
      return inTransaction(begins[mode], all(statements));
    },
    migrate: async (statements) => {
      // It has no effect inside a transaction.
      connect().exec("PRAGMA foreign_keys = off");
      try {
        return inTransaction(begins.deferred, all(statements.map(toAsked)));
      } finally {
        if (!connector.closed) connect().exec("PRAGMA foreign_keys = on");
      }
    },
  };
}

const begins: Record<TransactionMode, string> = {
  write: "BEGIN IMMEDIATE",
  read: "BEGIN TRANSACTION READONLY",
  deferred: "BEGIN DEFERRED",
};

const toAsked = (statement: InStatement | [sql: string, args?: InArgs]): Asked => {
  if (typeof statement === "string") return { sql: statement, args: [] };
  if (Array.isArray(statement)) return { sql: statement[0], args: statement[1] ?? [] };
  return { sql: statement.sql, args: statement.args ?? [] };
};

type Connector = ReturnType<typeof createConnector>;

/** The only connection. Its calls are synchronous, so none has to wait. */
function createConnector(open: () => Connection) {
  let current: Connection | undefined = open();
  let isClosed = false;
  const disconnect = () => {
    current?.close();
    current = undefined;
  };
  const connect = () => {
    if (isClosed) throw new ClientClosed();
    return (current ??= open());
  };
  /** Ends an open transaction; a connection that can't roll back is replaced. */
  const rollBack = (connection: Connection) => {
    if (!connection.open || !connection.inTransaction) return;
    try {
      connection.exec("ROLLBACK");
    } catch {
      connection.close();
      if (current === connection) current = undefined;
    }
  };
  return {
    get closed() {
      return isClosed;
    },
    close: () => {
      isClosed = true;
      disconnect();
    },
    reopen: () => {
      disconnect();
      isClosed = false;
    },
    connect,
    rollBack,
    inTransaction: <T>(begin: string, work: (connection: Connection) => T): T => {
      const connection = connect();
      connection.exec(begin);
      try {
        const result = work(connection);
        connection.exec("COMMIT");
        return result;
      } finally {
        rollBack(connection);
      }
    },
  };
}

/**
 * Transactions are synchronous, so a caller that awaits one after another would let nothing else happen in between: what it
 * awaits is there already.
 */
function createTurns() {
  let end: number | undefined;
  return {
    isSpent: (): boolean => {
      const now = performance.now();
      if (end === undefined) setImmediate(() => (end = undefined));
      end ??= now + maxIterationMs;
      return now >= end;
    },
    next: () => new Promise<void>((resolve) => setImmediate(resolve)),
  };
}

/** Gathers the reads of one iteration of the event loop. Each caller's batch succeeds or fails alone. */
function createSharedReads({ connect, rollBack }: Connector) {
  const waiting: SharedRead[] = [];

  /** Batches beyond the limits run in the next iteration. */
  function runWaiting(): void {
    const batches = waiting.splice(0, maxSharedBatches);
    const settlements: (() => void)[] = [];
    try {
      const connection = connect();
      connection.exec(begins.read);
      const askShared = askOnce(connection);
      const end = performance.now() + maxSharedMs;
      do settlements.push(outcomeOf(batches[settlements.length]!, askShared));
      while (settlements.length < batches.length && connection.inTransaction && performance.now() < end);
      rollBack(connection);
    } catch (error) {
      for (const { reject } of batches.slice(settlements.length)) settlements.push(() => reject(error));
    }
    waiting.unshift(...batches.slice(settlements.length));
    if (waiting.length > 0) setImmediate(runWaiting);
    for (const settle of settlements) settle();
  }

  return (statements: Asked[]) =>
    new Promise<ResultSet[]>((resolve, reject) => {
      if (waiting.push({ statements, resolve, reject }) === 1) setImmediate(runWaiting);
    });
}

function outcomeOf({ statements, resolve, reject }: SharedRead, askShared: (statement: Asked) => ResultSet) {
  try {
    const results = statements.map(askShared);
    return () => resolve(results);
  } catch (error) {
    return () => reject(error);
  }
}

/** Runs a statement with the same values once, and repeats its result or error. */
function askOnce(connection: Connection): (statement: Asked) => ResultSet {
  const known = new Map<string, Map<string, () => ResultSet>>();
  return (asked) => {
    const ofText = known.get(asked.sql) ?? new Map<string, () => ResultSet>();
    known.set(asked.sql, ofText);
    const key = keyOf(asked.args);
    if (key === undefined) return askNow(connection, asked)();
    const answer = ofText.get(key) ?? askNow(connection, asked);
    ofText.set(key, answer);
    return answer();
  };
}

/** Each caller gets its own rows. */
function askNow(connection: Connection, asked: Asked): () => ResultSet {
  try {
    const [statement, answer] = ask(connection, asked);
    return () => toResultSet(statement, answer);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** Equal for equal values only; undefined for values that are not compared: bytes, dates and named ones. */
function keyOf(args: InArgs): string | undefined {
  if (!Array.isArray(args)) return undefined;
  let key = "";
  for (const value of args) {
    if (typeof value === "object" && value !== null) return undefined;
    key += typeof value === "string" ? `${value.length} ${value},` : `${typeof value} ${String(value)},`;
  }
  return key;
}
