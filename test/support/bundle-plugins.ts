// What the Worker's bundle leaves out. The OpenAPI document is made beforehand, and the Worker serves it as a file; tables
// are made by migrations.
import type { Plugin } from "rolldown";
import { parseAst } from "rolldown/parseAst";

interface Node {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

type Range = readonly [start: number, end: number];

/** Of what a route declares, these describe it for the document alone. */
const describing = ["summary", "answers", "errors"];

/** Of http/wire.ts: the last argument says what a member of an answer means. */
const describers = [
  "string",
  "number",
  "boolean",
  "time",
  "timeOrNull",
  "timeOrNever",
  "optional",
  "literal",
];

/** What routes say about themselves, with the schemas that nothing else uses, and what schemas say. */
export const withoutDescriptions: Plugin = {
  name: "without-descriptions",
  transform: {
    filter: { id: /\/src\/.*\.ts$/ },
    handler: (code) =>
      cutFrom(code, ({ callee, given, end }) => {
        if (callee["name"] === "endpoint")
          return ((given[0]?.["properties"] ?? []) as Node[])
            .filter((member) => describing.includes((member["key"] as Node | undefined)?.["name"] as string))
            .map((member): Range => [member.start, member.end + commaAfter(code, member.end)]);
        const last = given.at(-1);
        if (describers.includes(callee["name"] as string) && given.length > 1 && last?.type === "Literal")
          return [[given.at(-2)!.end, last.end]];
        const described = callee["object"] as Node | undefined;
        const isMeta = (callee["property"] as Node | undefined)?.["name"] === "meta" && given.length === 1;
        return isMeta && described !== undefined ? [[described.end, end]] : [];
      }),
  },
};

/** Indexes and checks of tables. */
export const withoutIndexes: Plugin = {
  name: "without-indexes",
  transform: {
    filter: { id: /\/db\/schema\/.*\.ts$/ },
    handler: (code) =>
      cutFrom(code, ({ callee, given: [, columns, extras] }) =>
        callee["name"] === "sqliteTable" && extras !== undefined ? [[columns!.end, extras.end]] : [],
      ),
  },
};

/** SQL and HTML without indentation: no text or comment of a statement, and no `<pre>` of a page, goes on in another line. */
export const shortTemplates: Plugin = {
  name: "short-templates",
  transform: {
    filter: { id: /\/(src|db)\/.*\.ts$/ },
    handler: (code) =>
      cutRanges(
        code,
        quasisOf(parseAst(code, { lang: "ts" })).flatMap((quasi) =>
          [...code.slice(quasi.start, quasi.end).matchAll(/\n\s+/g)].map(({ index, 0: blank }): Range => [
            quasi.start + index + 1,
            quasi.start + index + blank.length,
          ]),
        ),
      ),
  },
};

/** The texts of `sql` and `html` templates. */
function quasisOf(node: unknown): Node[] {
  if (Array.isArray(node)) return node.flatMap(quasisOf);
  if (typeof node !== "object" || node === null) return [];
  const { type, tag, quasi } = node as Node & { tag: Node; quasi: { quasis: Node[] } };
  const within = Object.values(node).flatMap(quasisOf);
  return type === "TaggedTemplateExpression" && ["sql", "html"].includes(tag["name"] as string)
    ? [...quasi.quasis, ...within]
    : within;
}

const commaAfter = (code: string, end: number): number => /^\s*,/.exec(code.slice(end))?.[0].length ?? 0;

interface Call {
  callee: Node;
  given: Node[];
  end: number;
}

function cutFrom(code: string, rangesOf: (call: Call) => readonly Range[]) {
  return cutRanges(code, callsOf(parseAst(code, { lang: "ts" })).flatMap(rangesOf));
}

/** Each line stays where it is, so that a source map needs no correction. */
function cutRanges(code: string, ranges: readonly Range[]) {
  let [rest, at] = ["", 0];
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    // Within one that is cut as a whole.
    if (start < at) continue;
    rest += code.slice(at, start) + code.slice(start, end).replaceAll(/[^\n]/g, "");
    at = end;
  }
  return { code: rest + code.slice(at), map: null };
}

function callsOf(node: unknown): Call[] {
  if (Array.isArray(node)) return node.flatMap(callsOf);
  if (typeof node !== "object" || node === null) return [];
  const { type, callee, arguments: given, end } = node as Node & { callee: Node; arguments: Node[] };
  const within = Object.values(node).flatMap(callsOf);
  return type === "CallExpression" ? [{ callee, given, end }, ...within] : within;
}
