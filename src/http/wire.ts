// Shapes of answers. One description of the members gives the schema (for OpenAPI), the mapper from a row, and the type
// of what the mapper returns.
import * as z from "zod";
import { timeSchema, toTime, toTimeOrNull } from "./schemas.ts";

/** A member of an answer, and how it is read from a row. One that is always the same has a value instead. */
interface Member<Row, Schema extends z.ZodType = z.ZodType> {
  schema: Schema;
  read?: (row: Row) => z.output<Schema>;
  value?: z.output<Schema>;
}
type Members<Row> = Record<string, Member<Row>>;
type SchemaOf<M extends Members<never>> = z.ZodObject<
  { [Name in keyof M]: M[Name]["schema"] },
  z.core.$strip
>;

export interface Shape<Row, M extends Members<Row>> {
  /** For a shape that has these and more. */
  members: M;
  schema: SchemaOf<M>;
  from: (row: Row) => z.output<SchemaOf<M>>;
}

/** The type of what a shape's mapper returns. */
export type Wire<S extends { schema: z.ZodType }> = z.output<S["schema"]>;

/** With an id, the schema is named in the OpenAPI document. */
export const shape =
  <Row>(id?: string) =>
  <M extends Members<Row>>(members: M): Shape<Row, M> => {
    const schema = z.object(mapValues(members, (member) => member.schema)) as unknown as SchemaOf<M>;
    // A copy has every member in its order: setting members is faster than adding them, and `assign` than `...`.
    const blank = mapValues(members, (member) => member.value);
    const readers = Object.entries(members).flatMap(([name, { read }]) => (read ? [{ name, read }] : []));
    return {
      members,
      schema: id === undefined ? schema : schema.meta({ id }),
      from(row) {
        const answer = Object.assign<Record<string, unknown>, typeof blank>({}, blank);
        for (const { name, read } of readers) answer[name] = read(row);
        return answer as z.output<SchemaOf<M>>;
      },
    };
  };

const mapValues = <T, U>(record: Record<string, T>, map: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));

type Read<Row, T> = (row: Row) => T;
const described = <Schema extends z.ZodType>(schema: Schema, description?: string): Schema =>
  description === undefined ? schema : schema.meta({ description });

export const field = <Row, Schema extends z.ZodType>(
  schema: Schema,
  read: Read<Row, z.output<Schema>>,
): Member<Row, Schema> => ({ schema, read });

export const string = <Row>(read: Read<Row, string>, description?: string) =>
  field(described(z.string(), description), read);
export const number = <Row>(read: Read<Row, number>, description?: string) =>
  field(described(z.number(), description), read);
export const boolean = <Row>(read: Read<Row, boolean>, description?: string) =>
  field(described(z.boolean(), description), read);

/** RFC 3339, of epoch milliseconds. */
export const time = <Row>(read: Read<Row, number>, description?: string) =>
  field(described(timeSchema, description), (row: Row) => toTime(read(row)));
export const timeOrNull = <Row>(read: Read<Row, number | null>, description?: string) =>
  field(described(timeSchema.nullable(), description), (row: Row) => toTimeOrNull(read(row)));

/** What Go's clients read as never. */
export const neverTime = "0001-01-01T00:00:00Z";
export const timeOrNever = <Row>(read: Read<Row, number | null>, description?: string) =>
  field(described(timeSchema, description), (row: Row) => toTimeOrNull(read(row)) ?? neverTime);

/** Left out where it is null: some clients of Coder can't read null. */
export const optional = <Row, Schema extends z.ZodType>(
  schema: Schema,
  read: Read<Row, z.output<Schema> | null | undefined>,
  description?: string,
) =>
  field(
    described(schema.optional(), description),
    (row: Row) => (read(row) ?? undefined) as z.output<Schema> | undefined,
  );
export const optionalTime = <Row>(read: Read<Row, number | null>) =>
  optional(timeSchema, (row: Row) => toTimeOrNull(read(row)));

/** Always that value: Coder's clients expect many members that have no meaning here. */
export function fixed(value: string): Member<unknown, z.ZodString>;
export function fixed(value: number): Member<unknown, z.ZodNumber>;
export function fixed(value: boolean): Member<unknown, z.ZodBoolean>;
export function fixed<Schema extends z.ZodType>(
  value: z.output<Schema>,
  schema: Schema,
): Member<unknown, Schema>;
export function fixed(value: unknown, schema?: z.ZodType): Member<unknown> {
  return { schema: schema ?? plain[typeof value as keyof typeof plain], value };
}
const plain = { string: z.string(), number: z.number(), boolean: z.boolean() };

/** The same, and the document says so. */
export const literal = <const T extends string | number | boolean>(value: T, description?: string) =>
  fixed(value as z.output<z.ZodLiteral<T>>, described(z.literal(value), description));
export const emptyList = fixed([], z.array(z.never()));

/** An object within, of the same row. */
export const object = <Row, M extends Members<Row>>(members: M): Member<Row, SchemaOf<M>> => {
  const { schema, from } = shape<Row>()(members);
  return { schema, read: from };
};
export const nested = <Row, Inner, M extends Members<Inner>>(
  { schema, from }: Shape<Inner, M>,
  read: Read<Row, Inner>,
) => field(schema, (row: Row) => from(read(row)));
export const nestedOrNull = <Row, Inner, M extends Members<Inner>>(
  { schema, from }: Shape<Inner, M>,
  read: Read<Row, Inner | null>,
) =>
  field(schema.nullable(), (row: Row) => {
    const inner = read(row);
    return (inner === null ? null : from(inner)) as z.output<SchemaOf<M>> | null;
  });
export const list = <Row, Inner, M extends Members<Inner>>(
  { schema, from }: Shape<Inner, M>,
  read: Read<Row, readonly Inner[]>,
  description?: string,
) => field(described(z.array(schema), description), (row: Row) => read(row).map((inner) => from(inner)));
