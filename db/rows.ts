// Many rows in one statement: `INSERT … SELECT … FROM json_each(?)`, cut where the parameter grows too long.
import { getTableColumns, sql, type SQL } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { query, toPlainText, type Statement } from "./client.ts";
import { prepared, trueSql } from "./prepared.ts";

const longestParameter = 1_000_000;

/**
 * Inserts rows, leaving out those that meet a unique index. `when` guards each row: it may speak of the row as `row`
 * (`row.value ->> 'id'`, by the property's name) and of the database.
 */
export function insertRows<T extends SQLiteTable>(
  table: T,
  rows: readonly T["$inferInsert"][],
  when: SQL = trueSql,
): Statement[] {
  if (rows.length === 0) return [];
  const insert = insertionOf(table, new Set(rows.flatMap((row) => Object.keys(row))));
  return chunks(rows).map((chunk) => insert(chunk, when));
}

type Insertion = (chunk: string, when: SQL) => Statement;
const insertions = new WeakMap<SQLiteTable, Map<string, Insertion>>();

/** The statement that inserts rows with these properties, prepared. */
function insertionOf(table: SQLiteTable, properties: ReadonlySet<string>): Insertion {
  const ofTable = insertions.get(table) ?? new Map<string, Insertion>();
  insertions.set(table, ofTable);
  const columns = Object.entries(getTableColumns(table)).filter(([property]) => properties.has(property));
  const key = columns.map(([property]) => property).join();
  const insertion = ofTable.get(key) ?? prepareInsertion(table, columns);
  ofTable.set(key, insertion);
  return insertion;
}

function prepareInsertion(table: SQLiteTable, columns: readonly [string, SQLiteColumn][]): Insertion {
  const names = sql.join(
    columns.map(([, column]) => sql.identifier(column.name)),
    sql`, `,
  );
  const values = sql.join(
    columns.map(([property]) => sql.raw(`row.value ->> '$.${property}'`)),
    sql`, `,
  );
  return prepared((chunk: string, when: SQL) =>
    query.run(
      sql`INSERT INTO ${table} (${names}) SELECT ${values} FROM json_each(${chunk}) AS row WHERE ${when} ON CONFLICT DO NOTHING`,
    ),
  );
}

/** Which part of a list: from the `offset`th row on, at most `limit`; all that follow where that is left out. */
export interface Page {
  limit?: number | undefined;
  offset?: number | undefined;
}

/** For the end of a list's SELECT: SQL has no OFFSET without a LIMIT, and drizzle leaves out one below zero. */
export const sliceOf = ({
  limit = Number.MAX_SAFE_INTEGER,
  offset = 0,
}: Page): { limit: number; offset: number } => ({ limit, offset });

/** JSON arrays of the rows, each about as long as a parameter may be. */
export function chunks(rows: readonly unknown[]): string[] {
  const result: string[] = [];
  let current: string[] = [];
  let length = 0;
  for (const row of rows) {
    const text = toJson(row);
    if (length + text.length > longestParameter && current.length > 0) {
      result.push(`[${current.join(",")}]`);
      current = [];
      length = 0;
    }
    current.push(text);
    length += text.length + 1;
  }
  if (current.length > 0) result.push(`[${current.join(",")}]`);
  return result;
}

/** NUL and halves of surrogate pairs survive JSON as escapes, and a file's reader dies of what SQLite makes of them. */
function toJson(row: unknown): string {
  const text = JSON.stringify(row);
  return text.includes("\\u0000") || text.includes("\\ud")
    ? JSON.stringify(row, (_name, value: unknown) => (typeof value === "string" ? toPlainText(value) : value))
    : text;
}
