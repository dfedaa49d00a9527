// Requests drawn from the API's own document: values that its schemas allow, values a step beyond, and right requests with
// a part changed. fast-check shrinks what fails to the smallest request that still does.
import fc, { type Arbitrary } from "fast-check";
import { schemaOfRef, type Json } from "./documents-schema.ts";

export interface Operation {
  method: string;
  /** As in the document: `{id}` for what is to be filled in. */
  path: string;
  parameters: { name: string; in: string; required?: boolean; schema: Json }[];
  /** By media type. */
  bodies: Record<string, Json>;
}

export interface DrawnRequest {
  query: Record<string, string>;
  headers: Record<string, string>;
  /** What stands for each name in the path; left out: what the world has. */
  path: Record<string, string>;
  /** Undefined: none. JSON text or bytes as text. */
  body: { type: string; text: string } | undefined;
}

/** Text that has broken programs: empty, long, not in Unicode, of other scripts, of other languages' syntax. */
const nasty = fc.constantFrom(
  "",
  " ",
  "\0",
  "\uFEFF",
  "\u202E",
  "\uD800",
  "é".normalize("NFD"),
  "İ",
  "ß",
  "👩‍👩‍👧",
  "‮",

  "../../etc/passwd",
  "%00",
  "%2e%2e%2f",
  "' OR 1=1 --",
  '"',
  "${7*7}",
  "{{7*7}}",
  "{% raw %}",
  "<script>",
  "null",
  "undefined",
  "true",
  "NaN",
  "1e400",
  "-0",
  "0x10",
  "9".repeat(40),
  "__proto__",
  "constructor",
  "2026-02-30T00:00:00Z",
  "2026-11-26T00:00:00+99:00",
  "a".repeat(300),
  "x".repeat(20_000),
  "\r\nX-A: b",
);
const anyText = fc.oneof(
  { arbitrary: fc.string({ unit: "binary", maxLength: 40 }), weight: 2 },
  { arbitrary: nasty, weight: 2 },
  { arbitrary: fc.string({ maxLength: 40 }), weight: 2 },
  { arbitrary: fc.uuid(), weight: 1 },
);
const anyNumber = fc.oneof(
  fc.integer(),
  fc.constantFrom(0, -1, 1, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 0.1, 1e-7),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
/** JSON of any kind: for a schema, mostly the wrong one. */
const anything = fc.oneof(
  anyText,
  anyNumber,
  fc.constantFrom(null, true, false, [], {}, [[]], { a: { b: {} } }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A value that the schema allows, but for what it cannot say; now and then one that it does not. */
export function valueOf(schema: Json, document: Json): Arbitrary<unknown> {
  const right = rightValueOf(schemaOfRef(schema, document), document);
  return fc.oneof({ arbitrary: right, weight: 12 }, { arbitrary: anything, weight: 1 });
}

function rightValueOf(schema: Json, document: Json): Arbitrary<unknown> {
  const options = (schema["anyOf"] ?? schema["oneOf"]) as Json[] | undefined;
  if (options !== undefined) return fc.oneof(...options.map((option) => valueOf(option, document)));
  if ("const" in schema) return fc.constant(schema["const"]);
  if (Array.isArray(schema["enum"])) return fc.constantFrom(...(schema["enum"] as unknown[]));
  const type: unknown = schema["type"];
  if (type === "string") return textOf(schema);
  if (type === "integer" || type === "number") return numberOf(schema, type);
  if (type === "boolean") return fc.boolean();
  if (type === "null") return fc.constant(null);
  if (type === "array") {
    const maxLength = Math.min(5, (schema["maxItems"] as number | undefined) ?? 5);
    return fc.array(valueOf((schema["items"] as Json | undefined) ?? {}, document), { maxLength });
  }
  if (type === "object") return objectOf(schema, document);
  return anything;
}

function textOf({ pattern, format, maxLength = 60, minLength = 0 }: Json): Arbitrary<string> {
  const most = Math.max(Number(minLength), Math.min(Number(maxLength), 60));
  if (format === "uuid" || format === "guid") return fc.uuid();
  if (format === "date-time") return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const matching = typeof pattern === "string" ? textMatching(pattern) : undefined;
  if (matching !== undefined) return matching;
  const usual = fc.string({ minLength: Number(minLength), maxLength: most });
  return fc.oneof(
    { arbitrary: usual, weight: 4 },
    { arbitrary: anyText, weight: 1 },
    // As long as may be, and one more; of several bytes each.
    { arbitrary: fc.constantFrom("x", "é", "👍").map((unit) => unit.repeat(most)), weight: 1 },
    { arbitrary: fc.constant("x".repeat(Math.min(Number(maxLength), 70_000) + 1)), weight: 1 },
  );
}

/** Undefined for what fast-check can't draw from: looking ahead and back. */
function textMatching(pattern: string): Arbitrary<string> | undefined {
  if (/\(\?[=!<]/.test(pattern)) return undefined;
  return fc.stringMatching(new RegExp(pattern, "u"));
}

function numberOf({ minimum, maximum }: Json, type: "integer" | "number"): Arbitrary<number> {
  const min = Math.max(Number(minimum ?? -1_000), -(2 ** 31));
  const max = Math.min(Number(maximum ?? 1_000), 2 ** 31 - 1);
  const inside = fc.integer({ min: Math.ceil(min), max: Math.max(Math.ceil(min), Math.floor(max)) });
  return type === "integer" ? inside : fc.oneof(inside, fc.double({ min, max, noNaN: true }));
}

function objectOf(schema: Json, document: Json): Arbitrary<Json> {
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, Json>);
  const members = Object.fromEntries(properties.map(([name, member]) => [name, valueOf(member, document)]));
  const required = (schema["required"] ?? []) as string[];
  const known = fc.oneof(
    { arbitrary: fc.record(members, { requiredKeys: required }), weight: 12 },
    // Something required is missing.
    { arbitrary: fc.record(members, { requiredKeys: [] }), weight: 1 },
  ) as Arbitrary<Json>;
  const more = schema["additionalProperties"];
  const extra =
    typeof more === "object" && more !== null
      ? valueOf(more as Json, document)
      : (anything as Arbitrary<unknown>);
  const names = fc.oneof(fc.uuid(), anyText);
  const isMap = typeof more === "object" || schema["propertyNames"] !== undefined;
  const others = fc.dictionary(names, extra, { maxKeys: isMap ? 4 : 1, noNullPrototype: true });
  return fc
    .tuple(known, fc.boolean(), others)
    .map(([one, withMore, added]) => (isMap || withMore ? { ...one, ...added } : one));
}

/** A request of an operation; `usual` is the body of one that is right, to be changed a little. */
export function requestOf(operation: Operation, usual: unknown, document: Json): Arbitrary<DrawnRequest> {
  const named = (place: string) => {
    const those = operation.parameters.filter((one) => one.in === place);
    const members = those.map(({ name, schema }) => [name, valueOf(schema, document).map(toText)] as const);
    return fc.record(Object.fromEntries(members), { requiredKeys: [] }) as Arbitrary<Record<string, string>>;
  };
  const places = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name!, anyText] as const);
  // Mostly what there is, so that the rest of the request is looked at.
  const path = fc.oneof(
    { arbitrary: fc.constant({}), weight: 6 },
    { arbitrary: fc.record(Object.fromEntries(places), { requiredKeys: [] }), weight: 1 },
  ) as Arbitrary<Record<string, string>>;
  return fc.record({
    query: named("query"),
    headers: named("header"),
    path,
    body: bodyOf(operation, usual, document),
  });
}

const toText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function bodyOf(operation: Operation, usual: unknown, document: Json): Arbitrary<DrawnRequest["body"]> {
  const kinds = Object.entries(operation.bodies);
  const nothing = fc.constant(undefined);
  if (kinds.length === 0) return nothing;
  const drawn = kinds.map(([type, schema]) =>
    type === "application/json"
      ? valueOf(schema, document).map((value) => ({ type, text: JSON.stringify(value) ?? "" }))
      : anyText.map((text) => ({ type, text })),
  );
  const json = "application/json";
  const changed = anything
    .chain((value) => changeOf(usual, value))
    .map((body) => ({ type: json, text: JSON.stringify(body) }));
  return fc.oneof(
    ...drawn.map((arbitrary) => ({ arbitrary, weight: 6 })),
    ...(usual === undefined
      ? []
      : [
          { arbitrary: changed, weight: 3 },
          // As it is: what else the request carries is what is drawn.
          { arbitrary: fc.constant({ type: json, text: JSON.stringify(usual) }), weight: 2 },
        ]),
    {
      arbitrary: fc.constantFrom("{", "[]", "null", '"x"', "", "{}{}").map((text) => ({ type: json, text })),
      weight: 1,
    },
    { arbitrary: anyText.map((text) => ({ type: "text/plain", text })), weight: 1 },
    { arbitrary: nothing, weight: 1 },
  );
}

/** One member, at any depth, is something else. */
function changeOf(usual: unknown, value: unknown): Arbitrary<unknown> {
  if (typeof usual !== "object" || usual === null || Object.keys(usual).length === 0)
    return fc.constant(value);
  return fc.constantFrom(...Object.keys(usual)).chain((name) =>
    fc.oneof(
      fc.constant({ ...usual, [name]: value }),
      changeOf((usual as Json)[name], value).map((member) => ({ ...usual, [name]: member })),
    ),
  );
}
