// JSON: one text for equal values, and access to values of unknown shape.

/** JSON with sorted keys: equal for equal values. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}

/** Its members; none when it is no object. */
export const fields = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

export const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export const textOr = (value: unknown, otherwise: string): string =>
  typeof value === "string" ? value : otherwise;

export const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** What the text is in JSON; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

type JsonState = "value" | "firstValue" | "key" | "firstKey" | "colon" | "next";

const blank = /[ \t\n\r]*/y;
/** All that a text can have as it is: no control characters, quotation marks and backslashes. */
const token =
  /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\]:,]/y;

/** Where a text stops being JSON; undefined if all of it is. Errors of `JSON.parse` don't always say. */
export function jsonErrorAt(text: string): number | undefined {
  const open: string[] = [];
  let state: JsonState | undefined = "value";
  for (let at = 0; ;) {
    blank.lastIndex = at;
    at += blank.exec(text)![0].length;
    if (at === text.length) return state === "next" && open.length === 0 ? undefined : at;
    token.lastIndex = at;
    const found: string | undefined = token.exec(text)?.[0];
    state = found === undefined ? undefined : after(state, found, open);
    if (state === undefined) return at;
    at += found!.length;
  }
}

function after(state: JsonState, found: string, open: string[]): JsonState | undefined {
  const closer = open.at(-1);
  if (found === closer && state !== "value" && state !== "key" && state !== "colon") {
    open.pop();
    return "next";
  }
  const isName = found.startsWith('"');
  if (state === "colon") return found === ":" ? "value" : undefined;
  if (state === "key" || state === "firstKey") return isName ? "colon" : undefined;
  if (state === "next")
    return found === "," && closer !== undefined ? (closer === "}" ? "key" : "value") : undefined;
  if (found === "{" || found === "[") {
    open.push(found === "{" ? "}" : "]");
    return found === "{" ? "firstKey" : "firstValue";
  }
  return /^[}\]:,]$/.test(found) ? undefined : "next";
}
