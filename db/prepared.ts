// Statements and fragments whose SQL text is built once, by drizzle, with placeholders; afterwards only the values are
// filled in. A call that differs in more than values (another fragment, an argument left out) has a text of its own.
import { Param, Placeholder, SQL, sql, type SQLChunk, type SQLWrapper } from "drizzle-orm";
import type { RunnableQuery } from "drizzle-orm/runnable-query";
import type { Statement } from "./client.ts";
import { createRowMapper, rowValues, type RowMapper, type Selected } from "./row-mapper.ts";

/** What drizzle's batch asks of a statement. */
interface Built {
  getQuery: () => { sql: string; params: unknown[] };
  mapResult: (result: unknown, isFromBatch?: boolean) => unknown;
}
type Buildable = SQL | Statement;
type Build = (...args: never[]) => Buildable;
/** What the prepared function returns: the fragment, or a statement that can be run, and stand in another. */
type PreparedOf<R extends Buildable> = R extends Statement
  ? RunnableQuery<R["_"]["result"], "sqlite"> & SQLWrapper
  : R;

/** Beyond so many texts of one function, its statements are built each time. */
const maxShapes = 100;

/**
 * `build` with its text remembered. It must not look at strings and numbers that it is given: they are placeholders when
 * it runs. It may look at `undefined`, `null` and booleans, which are part of the text. An argument may be an object of
 * values; any other object, such as an SQL fragment that isn't prepared, has the statement built each time.
 */
export function prepared<Args extends readonly unknown[], R extends Buildable>(
  build: (...args: Args) => R,
): (...args: Args) => PreparedOf<R> {
  const shapes = new Map<string, Shape>();
  return (...args) => {
    const call = readCall(args);
    let shape = call && shapes.get(call.key);
    if (call !== undefined && shape === undefined && shapes.size < maxShapes) {
      shape = createShape(build as unknown as Build, args);
      shapes.set(call.key, shape);
    }
    if (call === undefined || shape === undefined) return build(...args) as never;
    const direct = () => build(...args);
    return (
      shape.built === undefined
        ? new Fragment(shape, call.values, direct)
        : new PreparedStatement(shape.built, shape.parameters, call.values, direct)
    ) as never;
  };
}

/** A call without its values. */
interface Shape {
  id: number;
  decoder: unknown;
  /** The fragment, with placeholders that are numbered from here on. */
  instantiate: (first: number) => SQL;
  /** Undefined for a fragment. */
  built: BuiltOnce | undefined;
  parameters: readonly Parameter[];
}

interface BuiltOnce extends Built {
  text: string;
  /** Undefined where drizzle maps the rows. */
  toRow: RowMapper | undefined;
}

/** The position of a value, with the encoder of its column, or a value that is part of the text's shape. */
type Parameter =
  | { position: number; encode: ((value: unknown) => unknown) | undefined }
  | { position: undefined; value: unknown };

let lastShape = 0;

function createShape(build: Build, args: readonly unknown[]): Shape {
  const instantiate = (first: number) => {
    let position = first;
    const place = (argument: unknown): unknown => {
      if (isValue(argument)) return new Gap(String(position++));
      if (argument instanceof Fragment) {
        const fragment = argument.shape.instantiate(position);
        position += argument.values.length;
        return fragment;
      }
      if (!isRecord(argument)) return argument;
      return Object.fromEntries(Object.entries(argument).map(([name, value]) => [name, place(value)]));
    };
    return build(...(args.map(place) as never[]));
  };
  const whole = instantiate(0);
  const shape = { id: (lastShape += 1), instantiate: instantiate as Shape["instantiate"] };
  if (whole instanceof SQL)
    return { ...shape, decoder: Reflect.get(whole, "decoder"), built: undefined, parameters: [] };
  const built = builtOf(whole);
  const { sql: text, params } = built.getQuery();
  return {
    ...shape,
    decoder: undefined,
    built: Object.assign(built, { text, toRow: createRowMapper(built as Selected) }),
    parameters: params.map(toParameter),
  };
}

/** The name is drizzle's: it is what its batch calls. */
// oxlint-disable-next-line no-underscore-dangle
const builtOf = (statement: Buildable) => (statement as unknown as { _prepare: () => Built })._prepare();

function toParameter(parameter: unknown): Parameter {
  if (parameter instanceof Placeholder) return { position: Number(parameter.name), encode: undefined };
  if (parameter instanceof Param && parameter.value instanceof Placeholder) {
    const { encoder } = parameter;
    return { position: Number(parameter.value.name), encode: (value) => encoder.mapToDriverValue(value) };
  }
  return { position: undefined, value: parameter };
}

const fill = (parameters: readonly Parameter[], values: readonly unknown[]): unknown[] =>
  parameters.map((parameter) => {
    if (parameter.position === undefined) return parameter.value;
    const value = values[parameter.position];
    return parameter.encode === undefined ? value : parameter.encode(value);
  });

/** Stands for a value while a text is built. */
class Gap extends Placeholder {
  toJSON(): never {
    throw new TypeError(
      "A prepared statement looks at a value, which it doesn't have while its text is built",
    );
  }
  [Symbol.toPrimitive](): never {
    return this.toJSON();
  }
}

/** In a statement that isn't prepared it is the SQL that it was built as. */
class Fragment extends SQL {
  readonly shape: Shape;
  readonly values: readonly unknown[];
  constructor(shape: Shape, values: readonly unknown[], direct: () => Buildable) {
    super([]);
    this.queryChunks.push(new Direct(direct) as unknown as SQLChunk);
    this.shape = shape;
    this.values = values;
    Reflect.set(this, "decoder", shape.decoder);
  }
}

class Direct {
  readonly getSQL: () => SQL;
  constructor(build: () => Buildable) {
    this.getSQL = build as () => SQL;
  }
  shouldOmitSQLParens(): boolean {
    return true;
  }
}

class PreparedStatement {
  readonly #built: BuiltOnce;
  readonly #parameters: readonly Parameter[];
  readonly #values: readonly unknown[];
  readonly #direct: () => Buildable;
  constructor(
    built: BuiltOnce,
    parameters: readonly Parameter[],
    values: readonly unknown[],
    direct: () => Buildable,
  ) {
    this.#built = built;
    this.#parameters = parameters;
    this.#values = values;
    this.#direct = direct;
  }
  _prepare(): this {
    return this;
  }
  getQuery(): { sql: string; params: unknown[] } {
    return { sql: this.#built.text, params: fill(this.#parameters, this.#values) };
  }
  mapResult(result: unknown, isFromBatch?: boolean): unknown {
    const { toRow } = this.#built;
    const rows = (result as { [rowValues]?: unknown[][] })[rowValues];
    if (toRow === undefined || rows === undefined) return this.#built.mapResult(result, isFromBatch);
    return rows.map(toRow);
  }
  getSQL(): SQL {
    return (this.#direct() as unknown as SQLWrapper).getSQL();
  }
  get text(): string {
    return this.#built.text;
  }
  verify(): void {
    const query = this.getQuery();
    const { sql: text, params } = builtOf(this.#direct()).getQuery();
    const isSame = text === query.sql && params.every((value, at) => Object.is(value, query.params[at]));
    if (!isSame || params.length !== query.params.length)
      throw new Error(`A prepared statement isn't the one that its values make: ${query.sql} / ${text}`);
  }
}

/** For tests. Throws if a prepared statement isn't the one that drizzle builds from its values. */
export function verifyPrepared(statement: unknown, isWanted: (text: string) => boolean = () => true): void {
  if (statement instanceof PreparedStatement && isWanted(statement.text)) statement.verify();
}

/** The values of a call, and what its text depends on; undefined where that is unknown. */
function readCall(args: readonly unknown[]): { key: string; values: unknown[] } | undefined {
  const values: unknown[] = [];
  let key = "";
  for (const argument of args) {
    const part = readArgument(argument, values);
    if (part === undefined) return undefined;
    key += part;
  }
  return { key, values };
}

function readArgument(argument: unknown, values: unknown[]): string | undefined {
  if (isValue(argument)) {
    values.push(argument);
    return "v";
  }
  if (argument === undefined || argument === null || typeof argument === "boolean") return `${argument};`;
  if (argument instanceof Fragment) {
    values.push(...argument.values);
    return `#${argument.shape.id};`;
  }
  if (!isRecord(argument)) return undefined;
  let key = "{";
  for (const name of Object.keys(argument)) {
    const part = readArgument(argument[name], values);
    if (part === undefined) return undefined;
    key += `${name}:${part}`;
  }
  return `${key}}`;
}

const isValue = (value: unknown): boolean =>
  typeof value === "string" ||
  typeof value === "number" ||
  typeof value === "bigint" ||
  value instanceof Uint8Array ||
  value instanceof ArrayBuffer;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** For a fragment without values. */
export const preparedSql = (fragment: SQL): SQL => prepared(() => fragment)();

export const trueSql: SQL = preparedSql(sql`true`);
export const falseSql: SQL = preparedSql(sql`false`);
export const andSql: (first: SQL, second: SQL) => SQL = prepared(
  (first: SQL, second: SQL): SQL => sql`${first} AND ${second}`,
);
