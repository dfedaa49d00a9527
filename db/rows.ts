// Many rows in one statement: `INSERT … SELECT … FROM json_each(?)`, split where the parameter gets too long.
import { getTableColumns, sql, type SQL } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { query, toPlainText, type Statement } from "./client.ts";
import { prepared, trueSql } from "./prepared.ts";

const maxParameterLength = 1_000_000;

/**
 * Inserts rows and skips those that violate a unique index. `when` guards each row: it can refer to its `id` and to other ids
 * (`row.value ->> '$.eventId'`, by the property's name), and so can the value of a column that the rows don't have.
 */
export function insertRows<T extends SQLiteTable>(
  table: T,
  rows: readonly T["$inferInsert"][],
  when: SQL = trueSql,
  computed?: Computed,
): Statement[] {
  const split = splitProperties(table, rows);
  const omitted = new Set(split.common.filter((property) => !/^id$|Id$/.test(property)));
  const parts = chunks(omitted.size === 0 ? rows : rows.map((row) => without(row, omitted)));
  return insertSplit(table, rows, parts, split, when, computed);
}

export interface Computed {
  column: string;
  value: SQL;
}

/** The same, with the rows' JSON where the caller has it: properties that are no columns are left out. */
export const insertChunks = <T extends SQLiteTable>(
  table: T,
  rows: readonly T["$inferInsert"][],
  parts: readonly string[],
  when: SQL = trueSql,
): Statement[] => insertSplit(table, rows, parts, splitProperties(table, rows), when);

function insertSplit<T extends SQLiteTable>(
  table: T,
  rows: readonly T["$inferInsert"][],
  parts: readonly string[],
  { own, common }: Split,
  when: SQL,
  computed?: Computed,
): Statement[] {
  if (rows.length === 0) return [];
  const insert = insertionOf(table, own, common, computed?.column);
  const values = common.map((property) => rows[0]![property as keyof T["$inferInsert"]]);
  return parts.map((chunk) => insert(chunk, when, computed?.value, ...values));
}

/** From so many rows on, a value that all of them have is sent once: to read it from the JSON of each takes longer than to store it. */
const minShared = 50;

/** The properties of columns: those of which all rows have one value, and the others. */
interface Split {
  own: readonly string[];
  common: readonly string[];
}

function splitProperties<T extends SQLiteTable>(table: T, rows: readonly T["$inferInsert"][]): Split {
  const properties = new Set<string>();
  for (const row of rows) for (const property in row) properties.add(property);
  const columns = Object.keys(getTableColumns(table)).filter((property) => properties.has(property));
  if (rows.length < minShared) return { own: columns, common: [] };
  const isShared = Object.groupBy(columns, (property) => String(isCommon(rows, property)));
  return { own: isShared["false"] ?? [], common: isShared["true"] ?? [] };
}

/** Not an object, which JSON writes in its own way. */
function isCommon<Row extends object>(rows: readonly Row[], property: string): boolean {
  const valueOf = (row: Row) => row[property as keyof Row] ?? null;
  const first = valueOf(rows[0]!);
  return (typeof first !== "object" || first === null) && rows.every((row) => valueOf(row) === first);
}

const without = (row: object, omitted: ReadonlySet<string>) =>
  Object.fromEntries(Object.entries(row).filter(([property]) => !omitted.has(property)));

type Insertion = (chunk: string, when: SQL, computed: SQL | undefined, ...common: unknown[]) => Statement;
const insertions = new WeakMap<SQLiteTable, Map<string, Insertion>>();

/** The prepared statement that inserts rows with these properties, of which some are the same in all rows. */
function insertionOf(
  table: SQLiteTable,
  own: readonly string[],
  common: readonly string[],
  computed: string | undefined,
): Insertion {
  const ofTable = insertions.get(table) ?? new Map<string, Insertion>();
  insertions.set(table, ofTable);
  const key = `${own.join()};${common.join()};${computed ?? ""}`;
  const insertion = ofTable.get(key) ?? prepareInsertion(table, own, common, computed);
  ofTable.set(key, insertion);
  return insertion;
}

function prepareInsertion(
  table: SQLiteTable,
  own: readonly string[],
  common: readonly string[],
  computed: string | undefined,
): Insertion {
  const columns = getTableColumns(table);
  const named = [...own, ...common].map((property) => columns[property]!.name);
  const names = list(
    (computed === undefined ? named : [...named, computed]).map((name) => sql`${sql.identifier(name)}`),
  );
  const ownValues = own.map((property) => sql.raw(`row.value ->> '$.${property}'`));
  return prepared((chunk: string, when: SQL, value: SQL | undefined, ...values: unknown[]) => {
    const selected = list([
      ...ownValues,
      ...values.map((one) => sql`${one}`),
      ...(value === undefined ? [] : [value]),
    ]);
    return query.run(
      sql`INSERT INTO ${table} (${names}) SELECT ${selected} FROM json_each(${chunk}) AS row WHERE ${when} ON CONFLICT DO NOTHING`,
    );
  });
}

const list = (parts: SQL[]) => sql.join(parts, sql`, `);

/**
 * Inserts rows that are not stored yet: fails with a constraint error if one is. The values of `shared` properties are sent
 * once where all rows agree on all of them. Properties that are null in all rows are left out. A single row is sent as it
 * is: reading it from JSON takes longer than storing it.
 */
export function insertNewRows<T extends SQLiteTable>(
  table: T,
  rows: readonly T["$inferInsert"][],
  shared: readonly (keyof T["$inferInsert"] & string)[],
): Statement[] {
  const [first] = rows;
  if (first === undefined) return [];
  const used = Object.keys(getTableColumns(table)).filter((property) =>
    rows.some((row) => row[property as keyof typeof row] != null),
  );
  if (rows.length === 1)
    return [
      newInsertionOf(table, [], used)(undefined, ...used.map((name) => first[name as keyof typeof first])),
    ];
  const isShared = shared.every((property) => rows.every((row) => row[property] === first[property]));
  const common = isShared ? shared.filter((property) => used.includes(property)) : [];
  const own = used.filter((property) => !common.includes(property));
  const insert = newInsertionOf(table, own, common);
  const values = common.map((property) => first[property]);
  return chunks(rows.map((row) => own.map((property) => row[property as keyof typeof row] ?? null))).map(
    (chunk) => insert(chunk, ...values),
  );
}

/** `chunk`: arrays of the own properties' values; undefined for a single row, which has none. */
type NewInsertion = (chunk: string | undefined, ...common: unknown[]) => Statement;
const newInsertions = new WeakMap<SQLiteTable, Map<string, NewInsertion>>();

/** The prepared statement that inserts arrays of the own properties' values, each with the common ones. */
function newInsertionOf(table: SQLiteTable, own: readonly string[], common: readonly string[]): NewInsertion {
  const ofTable = newInsertions.get(table) ?? new Map<string, NewInsertion>();
  newInsertions.set(table, ofTable);
  const key = `${own.join()};${common.join()}`;
  const insertion = ofTable.get(key) ?? prepareNewInsertion(table, own, common);
  ofTable.set(key, insertion);
  return insertion;
}

function prepareNewInsertion(
  table: SQLiteTable,
  own: readonly string[],
  common: readonly string[],
): NewInsertion {
  const columns = getTableColumns(table);
  const names = list([...own, ...common].map((property) => sql`${sql.identifier(columns[property]!.name)}`));
  const ownValues = own.map((_property, position) => sql.raw(`row.value ->> ${position}`));
  return prepared((chunk: string | undefined, ...values: unknown[]) => {
    const selected = list([...ownValues, ...values.map((value) => sql`${value}`)]);
    return query.run(
      chunk === undefined
        ? sql`INSERT INTO ${table} (${names}) VALUES (${selected})`
        : sql`INSERT INTO ${table} (${names}) SELECT ${selected} FROM json_each(${chunk}) AS row`,
    );
  });
}

/** A page of a list: at most `limit` rows after the first `offset`; without `limit`, all that follow. */
export interface Page {
  limit?: number | undefined;
  offset?: number | undefined;
}

/** For a list's SELECT: SQL has no OFFSET without a LIMIT, and drizzle omits a negative one. */
export const sliceOf = ({
  limit = Number.MAX_SAFE_INTEGER,
  offset = 0,
}: Page): { limit: number; offset: number } => ({ limit, offset });

/** Lists count so many rows after the beginning of their page; pages say "1,000+" for more. */
export const maxCounted = 1_000;

/** For the LIMIT of a count: one more, which says that there are more. */
export const countLimit = ({ offset = 0 }: Page): number => offset + maxCounted + 1;

/** JSON arrays of the rows, each at most about as long as a parameter can be. */
export function chunks(rows: readonly unknown[]): string[] {
  if (rows.length === 0) return [];
  const whole = toJson(rows);
  if (whole.length <= maxParameterLength) return [whole];
  const result: string[] = [];
  let current: string[] = [];
  let length = 0;
  for (const row of rows) {
    const text = toJson(row);
    if (length + text.length > maxParameterLength && current.length > 0) {
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

/** NUL and lone surrogates survive JSON as escapes; SQLite turns them into text that crashes the reader of a file. */
function toJson(rows: unknown): string {
  const text = JSON.stringify(rows);
  return text.includes("\\u0000") || text.includes("\\ud")
    ? JSON.stringify(rows, (_name, value: unknown) =>
        typeof value === "string" ? toPlainText(value) : value,
      )
    : text;
}
