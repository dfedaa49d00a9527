// The connection to an embedded database, with a cache of prepared statements: preparing takes longer than running. Values
// and rows are like those of libSQL's own client.
import type { InArgs, InValue, ResultSet, Row } from "@libsql/client";
import Native from "libsql";
import { rowValues } from "../../db/row-mapper.ts";

/** Least recently used statements are dropped; the program has fewer frequent ones. */
const maxRemembered = 500;
/** PRAGMA and the like are not worth caching. */
const isRemembered = (text: string) => /^\s*(?:select|insert|update|delete|with)\b/i.test(text);

export type Connection = ReturnType<typeof openConnection>;

export const openConnection = (path: string, timeoutMs: number) =>
  rememberStatements(new Native(path, { timeout: timeoutMs }));

export interface Asked {
  sql: string;
  args: InArgs;
}

/** The result of a statement: the values of its rows, or the number of changes. */
type Answer = unknown[][] | { changes: number; lastInsertRowid: number | bigint };

export function ask(connection: Connection, { sql, args }: Asked): [statement: Remembered, answer: Answer] {
  const statement = connection.prepare(sql);
  if (Array.isArray(args)) return [statement, statement.run(args.map(toNative))];
  const named = Object.entries(args).map(([name, value]) => [name.replace(/^[@$:]/, ""), toNative(value)]);
  return [statement, statement.run(Object.fromEntries(named))];
}

function toNative(value: InValue): unknown {
  if (value === undefined) throw new TypeError("undefined can't be a value of a statement");
  if (typeof value === "number" && !Number.isFinite(value))
    throw new RangeError("Only finite numbers can be values of a statement");
  // The native layer aborts the process on it.
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  return value instanceof Date ? value.valueOf() : value;
}

interface FileResult extends ResultSet {
  [rowValues]: unknown[][];
}

export const toResultSet = (statement: Remembered, answer: Answer): FileResult =>
  new StatementResult(statement, answer);

/** Names its rows only for those who ask. */
class StatementResult implements FileResult {
  readonly columns: string[];
  readonly columnTypes: string[];
  readonly [rowValues]: unknown[][];
  readonly #statement: Remembered;
  readonly #answer: Answer;
  #rows: Row[] | undefined;
  constructor(statement: Remembered, answer: Answer) {
    this.columns = statement.columns;
    this.columnTypes = statement.columnTypes;
    this[rowValues] = Array.isArray(answer) ? answer : [];
    this.#statement = statement;
    this.#answer = answer;
  }
  get rows(): Row[] {
    return (this.#rows ??= this[rowValues].map(this.#statement.toRow));
  }
  get rowsAffected(): number {
    return Array.isArray(this.#answer) ? 0 : this.#answer.changes;
  }
  get lastInsertRowid(): bigint | undefined {
    return Array.isArray(this.#answer) ? undefined : BigInt(this.#answer.lastInsertRowid);
  }
  toJSON() {
    return { columns: this.columns, columnTypes: this.columnTypes, rows: this.#answer };
  }
}

function rememberStatements(connection: InstanceType<typeof Native>) {
  const remembered = new Map<string, Remembered>();
  return {
    get open() {
      return connection.open;
    },
    get inTransaction() {
      return connection.inTransaction;
    },
    close: () => {
      remembered.clear();
      if (connection.open) connection.close();
    },
    exec: (text: string) => connection.exec(text),
    prepare: (text: string): Remembered => {
      const known = remembered.get(text);
      // Used last: it moves to the end.
      remembered.delete(text);
      // A statement that failed is not reset, so it is not used again.
      const statement = known ?? prepare(connection, text, () => void remembered.delete(text));
      if (!isRemembered(text)) return statement;
      remembered.set(text, statement);
      if (remembered.size > maxRemembered) remembered.delete(remembered.keys().next().value!);
      return statement;
    },
  };
}

interface Remembered {
  columns: string[];
  columnTypes: string[];
  run: (values: unknown) => Answer;
  toRow: (values: unknown[]) => Row;
}

function prepare(connection: InstanceType<typeof Native>, text: string, onFailure: () => void): Remembered {
  const native = connection.prepare(text);
  native.safeIntegers(true);
  const hasRows = native.reader;
  if (hasRows) native.raw(true);
  const described = hasRows ? native.columns() : [];
  const columns = described.map(({ name }) => name);
  return {
    columns,
    columnTypes: described.map(({ type }) => type ?? ""),
    toRow: createRows(columns),
    run: (values) => {
      try {
        return hasRows ? toPlainRows(native.all(values) as unknown[][]) : native.run(values);
      } catch (error) {
        onFailure();
        throw error;
      }
    },
  };
}

const toPlainRows = (rows: unknown[][]) => rows.map((values) => values.map(fromNative));

/** Values by name and, not enumerable, by position: what drizzle expects of a row. */
function createRows(columns: readonly string[]): (values: unknown[]) => Row {
  class NamedRow {
    [name: string]: unknown;
    readonly #values: unknown[];
    constructor(values: unknown[]) {
      this.#values = values;
      for (const [name, position] of named) this[name] = values[position];
    }
    get length(): number {
      return this.#values.length;
    }
    static {
      for (const position of columns.keys())
        Object.defineProperty(this.prototype, position, {
          get(this: NamedRow) {
            return this.#values[position];
          },
        });
    }
  }
  // Of two columns of one name the first has it.
  const named = [...columns.entries()]
    .filter(([position, name]) => columns.indexOf(name) === position && !(name in NamedRow.prototype))
    .map(([position, name]) => [name, position] as const);
  return (values) => new NamedRow(values) as unknown as Row;
}

function fromNative(value: unknown): unknown {
  if (typeof value !== "bigint") return value instanceof Buffer ? value.buffer : value;
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new RangeError("Received an integer that can't be safely represented as a JavaScript number");
}
