// An embedded database's one connection, which remembers the statements it has prepared: libSQL's own client prepares each
// anew, which takes longer than running it. Statements go with their connection.
import { Sqlite3Client, type ConnectionPool } from "@libsql/client/sqlite3";
import Native from "libsql";
import type { DatabaseClient } from "../../db/client.ts";

type Connection = InstanceType<typeof Native>;

/** So many texts, the least recently used go first: more than the program has of those that it uses often. */
const maxRemembered = 500;
/** Transactions and settings are quick to prepare, and one that failed is never used again. */
const isRemembered = (text: string) => /^\s*(?:select|insert|update|delete|with)\b/i.test(text);

export function openFileClient(path: string, timeoutMs: number): DatabaseClient {
  return new Sqlite3Client(createPool(path, timeoutMs) as unknown as ConnectionPool, "number");
}

/** As the client's pool, of one connection: what the client does with it is synchronous, so nobody waits for another. */
function createPool(path: string, timeoutMs: number) {
  const open = () => rememberStatements(new Native(path, { timeout: timeoutMs }));
  let current: ReturnType<typeof open> | undefined = open();
  const close = () => {
    current?.close();
    current = undefined;
  };
  return {
    acquire: async () => (current ??= open()),
    /** Nothing is left open where the next one begins; a connection that can't be cleared is exchanged. */
    release: (used: ReturnType<typeof open>) => {
      if (!used.open || !used.inTransaction) return;
      try {
        used.exec("ROLLBACK");
      } catch {
        used.close();
        if (current === used) current = undefined;
      }
    },
    close,
    /** The next one to ask gets a new connection. */
    reopen: close,
  };
}

function rememberStatements(connection: Connection) {
  const remembered = new Map<string, Statement>();
  return {
    get open() {
      return connection.open;
    },
    get inTransaction() {
      return connection.inTransaction;
    },
    close: () => {
      remembered.clear();
      connection.close();
    },
    exec: (text: string) => connection.exec(text),
    prepare: (text: string) => {
      const known = remembered.get(text);
      // Used last: it moves to the end.
      remembered.delete(text);
      const statement = known ?? prepare(connection, text);
      if (!isRemembered(text)) return statement;
      remembered.set(text, statement);
      statement.onFailure = () => void remembered.delete(text);
      if (remembered.size > maxRemembered) remembered.delete(remembered.keys().next().value!);
      return statement;
    },
  };
}

interface Statement {
  safeIntegers: () => void;
  /** Throws for a statement that has no rows, as the native one does. */
  raw: () => void;
  columns: () => { name: string; type: string | null }[];
  all: (values: unknown) => unknown[];
  run: (values: unknown) => unknown;
  /** A statement that failed is not reset, so it is not used again. */
  onFailure: () => void;
}

const noRows = new TypeError("The statement returns no rows");

function prepare(connection: Connection, text: string): Statement {
  const native = connection.prepare(text);
  native.safeIntegers(true);
  const columns = columnsOf(native);
  const statement: Statement = {
    safeIntegers: () => {},
    raw: () => {
      if (columns === undefined) throw noRows;
    },
    columns: () => columns ?? [],
    all: (values) => attempt(() => native.all(values)),
    run: (values) => attempt(() => native.run(values)),
    onFailure: () => {},
  };
  function attempt<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      statement.onFailure();
      throw error;
    }
  }
  return statement;
}

/** Undefined where the statement has no rows. */
function columnsOf(native: ReturnType<Connection["prepare"]>) {
  try {
    native.raw(true);
  } catch {
    return undefined;
  }
  return native.columns().map(({ name, type }) => ({ name, type }));
}
