// Maps the rows that an embedded database answers to a prepared statement: as drizzle does, but with the decoders of its
// columns looked up once and from the values as they come, without a named row in between.
import { Column, is, SQL } from "drizzle-orm";

/** What drizzle has of a statement that answers rows of columns. */
export interface Selected {
  fields?: readonly { path: readonly string[]; field: Column | SQL | SQL.Aliased }[];
  customResultMapper?: unknown;
}

/** A client whose result has this has the values of its rows here, by position; it names them only for those who ask. */
export const rowValues = Symbol("row values");

export type RowMapper = (values: readonly unknown[]) => Record<string, unknown>;

/** Does what drizzle does for each row, with the decoders looked up once. */
export function createRowMapper({ fields, customResultMapper }: Selected): RowMapper | undefined {
  if (fields === undefined || customResultMapper !== undefined) return undefined;
  if (fields.some(({ path }) => path.length !== 1)) return undefined;
  const columns = fields.map(({ path, field }) => ({ name: path[0]!, decoder: decoderOf(field) }));
  return (values) => {
    const row: Record<string, unknown> = {};
    for (let position = 0; position < columns.length; position += 1) {
      const { name, decoder } = columns[position]!;
      const value = values[position];
      const plain = value instanceof ArrayBuffer ? Buffer.from(value) : value;
      row[name] = plain === null || decoder === undefined ? plain : decoder.mapFromDriverValue(plain);
    }
    return row;
  };
}

interface Decoder {
  mapFromDriverValue: (value: unknown) => unknown;
}

/** Undefined for a column that is as the database has it. */
function decoderOf(field: Column | SQL | SQL.Aliased): Decoder | undefined {
  if (is(field, Column)) {
    const isPlain = field.mapFromDriverValue === Column.prototype.mapFromDriverValue;
    return isPlain ? undefined : field;
  }
  return Reflect.get(is(field, SQL) ? field : field.sql, "decoder") as Decoder;
}
