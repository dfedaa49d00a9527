// What the Worker's bundle leaves out: the OpenAPI document is made beforehand, and the Worker serves it as a file.
import type { Plugin } from "rolldown";
import { parseAst } from "rolldown/parseAst";

/** zod's JSON Schema, which every schema drags along. */
export const withoutJsonSchema: Plugin = {
  name: "without-json-schema",
  load: {
    filter: { id: /\/zod\/v4\/core\/(to-json-schema|json-schema-(processors|generator))\.js$/ },
    handler: () =>
      ["createToJSONSchemaMethod", "createStandardJSONSchemaMethod"]
        .map((name) => `export const ${name} = () => undefined;`)
        .concat("export const toJSONSchema = undefined, JSONSchemaGenerator = undefined;")
        .join("\n"),
  },
};

/** Of what a route declares, these describe it for the document alone. */
const describing = ["summary", "answers", "errors"];

/** What routes say about themselves, with the schemas that nothing else uses. */
export const withoutDescriptions: Plugin = {
  name: "without-descriptions",
  transform: {
    filter: { id: /\/src\/(api|pages|http)\/.*\.ts$/ },
    handler: (code) => ({ code: withoutMembers(code), map: null }),
  },
};

interface Node {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

/** Each line stays where it is, so that a source map needs no correction. */
function withoutMembers(code: string): string {
  let rest = code;
  for (const { start, end } of membersOf(parseAst(code, { lang: "ts" }) as unknown as Node).toReversed()) {
    const comma = /^\s*,/.exec(rest.slice(end))?.[0].length ?? 0;
    const cut = rest.slice(start, end + comma);
    rest = rest.slice(0, start) + cut.replaceAll(/[^\n]/g, "") + rest.slice(end + comma);
  }
  return rest;
}

/** In the order of the text. */
function membersOf(node: unknown): Node[] {
  if (Array.isArray(node)) return node.flatMap(membersOf);
  if (typeof node !== "object" || node === null) return [];
  const { type, callee, arguments: given } = node as Node & { callee?: Node; arguments?: Node[] };
  if (type === "CallExpression" && callee?.["name"] === "endpoint")
    return ((given?.[0]?.["properties"] ?? []) as Node[]).filter((member) =>
      describing.includes((member["key"] as Node | undefined)?.["name"] as string),
    );
  return Object.values(node).flatMap(membersOf);
}
