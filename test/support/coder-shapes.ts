// Coder's shapes as schemas that read an answer, and what a declared answer of ours has that contradicts one.
import * as z from "zod";
import { coderTypes, ownMembers } from "../compatibility/coder-types.ts";

/** `time.Time` takes RFC 3339 and nothing else; Coder's own server writes UTC. */
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/);
/** Go's int64 as JSON: no fraction, no exponent. */
const int = z.number().refine((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 63);
const plain: Record<string, z.ZodType> = {
  uuid: z.guid(),
  time,
  int,
  number: z.number(),
  bool: z.boolean(),
  text: z.string(),
};

interface Kind {
  base: string;
  many: "" | "[]" | "{}";
  nullable: boolean;
}

function kindOf(written: string): Kind {
  const nullable = written.endsWith("|null");
  const rest = nullable ? written.slice(0, -"|null".length) : written;
  const many = rest.endsWith("[]") ? "[]" : rest.endsWith("{}") ? "{}" : "";
  return { base: rest.slice(0, rest.length - many.length), many, nullable };
}

/** Reads what Go's structure takes, and refuses every member that neither it nor `ownMembers` has. */
export function coderShape(written: string): z.ZodType {
  const { base, many, nullable } = kindOf(written);
  const one = many === "" ? (plain[base] ?? objectOf(base)) : coderShape(base);
  const shape = many === "[]" ? z.array(one) : many === "{}" ? z.record(z.string(), one) : one;
  return nullable ? shape.nullable() : shape;
}

function objectOf(name: string): z.ZodType {
  const members = coderTypes[name];
  if (members === undefined) throw new Error(`There is no shape ${name} of Coder's.`);
  const fields = Object.entries(members).map(([field, written]) => [
    field.replace(/\?$/, ""),
    field.endsWith("?") ? coderShape(written).optional() : coderShape(written),
  ]);
  const own = (ownMembers[name] ?? []).map((field) => [field, z.unknown()]);
  return z.strictObject(Object.fromEntries([...own, ...fields]) as Record<string, z.ZodType>);
}

type Schema = Record<string, unknown>;

/** What in a JSON schema contradicts a shape: one line each, with the path to it. */
export function contradictions(schema: Schema, written: string, components: Schema, path = ""): string[] {
  const { base, many, nullable } = kindOf(written);
  const { schema: found, mayBeNull } = resolve(schema, components);
  const at = path === "" ? "the answer" : path;
  const wrong = mayBeNull && !nullable ? [`${at}: may be null`] : [];
  if (many === "[]") {
    if (found["type"] !== "array") return [...wrong, `${at}: is no list`];
    const items = found["items"] as Schema;
    // There are never any.
    if ("not" in items) return wrong;
    return [...wrong, ...contradictions(items, base, components, `${path}[]`)];
  }
  if (many === "{}") {
    if (found["type"] !== "object") return [...wrong, `${at}: is no object`];
    const values = found["additionalProperties"];
    if (typeof values !== "object") return wrong;
    return [...wrong, ...contradictions(values as Schema, base, components, `${path}{}`)];
  }
  if (base in plain) return isOfKind(found, base) ? wrong : [...wrong, `${at}: is no ${base}`];
  return [...wrong, ...ofObject(found, base, components, path)];
}

function resolve(schema: Schema, components: Schema): { schema: Schema; mayBeNull: boolean } {
  const ref = schema["$ref"] as string | undefined;
  if (ref !== undefined) return resolve(components[ref.split("/").at(-1)!] as Schema, components);
  const { type } = schema;
  if (Array.isArray(type) && type.length === 2 && type.includes("null"))
    return { schema: { ...schema, type: type.find((one) => one !== "null") as string }, mayBeNull: true };
  const choices = (schema["anyOf"] as Schema[] | undefined) ?? [];
  const others = choices.filter(({ type }) => type !== "null");
  if (choices.length === 0) return { schema, mayBeNull: type === "null" };
  if (others.length !== 1) return { schema, mayBeNull: others.length < choices.length };
  const inner = resolve(others[0]!, components);
  return { schema: inner.schema, mayBeNull: inner.mayBeNull || others.length < choices.length };
}

function isOfKind(schema: Schema, kind: string): boolean {
  const { type, format } = schema;
  // Nothing but null comes: whoever reads it takes it for none.
  if (type === "null") return true;
  if (kind === "int" || kind === "number") return type === "number" || type === "integer";
  if (kind === "bool") return type === "boolean";
  if (kind === "time") return type === "string" && format === "date-time";
  return type === "string";
}

function ofObject(schema: Schema, name: string, components: Schema, path: string): string[] {
  const theirs = coderTypes[name];
  if (theirs === undefined) throw new Error(`There is no shape ${name} of Coder's.`);
  const ours = (schema["properties"] ?? {}) as Record<string, Schema>;
  const required = (schema["required"] ?? []) as string[];
  const own = ownMembers[name] ?? [];
  const known = new Set([...Object.keys(theirs).map((field) => field.replace(/\?$/, "")), ...own]);
  const member = (field: string) => (path === "" ? field : `${path}.${field}`);
  return [
    ...Object.entries(theirs).flatMap(([field, written]) => {
      const key = field.replace(/\?$/, "");
      if (ours[key] === undefined) return field.endsWith("?") ? [] : [`${member(key)}: is missing`];
      const mayBeMissing = !field.endsWith("?") && !required.includes(key);
      return [
        ...(mayBeMissing ? [`${member(key)}: may be missing`] : []),
        ...contradictions(ours[key], written, components, member(key)),
      ];
    }),
    ...Object.keys(ours).flatMap((key) => (known.has(key) ? [] : [`${member(key)}: Coder has none`])),
    ...own.flatMap((key) => (key in ours ? [] : [`${member(key)}: is missing, though it is named as ours`])),
  ];
}
