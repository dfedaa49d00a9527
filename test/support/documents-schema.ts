// Reading an OpenAPI document: its schemas, whichever way they are named.
export type Json = Record<string, unknown>;

/** The schema itself, where a reference leads to one among the document's components. */
export function schemaOfRef(schema: Json, document: Json): Json {
  const reference = schema["$ref"];
  if (typeof reference !== "string") return schema;
  const found = reference
    .replace(/^#\//, "")
    .split("/")
    .reduce<unknown>((at, name) => (at as Json)[name], document);
  return schemaOfRef(found as Json, document);
}
