// Edits of a JSON file as a text: whatever isn't added or removed stays as it is, with its formatting. Comments and commas
// after the last element, which some programs take, are read and kept.

export interface JsonMember {
  name: string;
  start: number;
  value: JsonNode;
}
interface Span {
  start: number;
  /** Behind its last character. */
  end: number;
}
export type JsonNode = Span &
  (
    | { kind: "object"; members: JsonMember[] }
    | { kind: "list"; items: JsonNode[] }
    | { kind: "value"; value: unknown }
  );

export class JsonTextError extends Error {
  readonly line: number;
  constructor(text: string, at: number, problem: string) {
    super(problem);
    this.line = lineAt(text, at);
  }
}

export const lineAt = (text: string, at: number): number => text.slice(0, at).split("\n").length;

export const memberOf = (node: JsonNode, name: string): JsonNode | undefined =>
  node.kind === "object" ? node.members.find((member) => member.name === name)?.value : undefined;

export const toValue = (node: JsonNode): unknown => {
  if (node.kind === "value") return node.value;
  if (node.kind === "list") return node.items.map(toValue);
  return Object.fromEntries(node.members.map(({ name, value }) => [name, toValue(value)]));
};

/** Where the next token starts: behind white space and comments. */
export function skipSpace(text: string, from: number): number {
  const space = /(?:[\s\uFEFF]|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;
  space.lastIndex = from;
  space.exec(text);
  return space.lastIndex;
}

/** Throws `JsonTextError`. */
export function parseJsonText(text: string): JsonNode {
  const { node, next } = readNode(text, skipSpace(text, 0), 0);
  const end = skipSpace(text, next);
  if (end < text.length) throw new JsonTextError(text, end, "something follows the end of the JSON");
  return node;
}

interface Read {
  node: JsonNode;
  next: number;
}
const maxDepth = 200;

function readNode(text: string, start: number, depth: number): Read {
  if (depth > maxDepth) throw new JsonTextError(text, start, "it is nested too deeply");
  if (text[start] === "{") return readObject(text, start, depth);
  if (text[start] === "[") return readList(text, start, depth);
  return readValue(text, start);
}

const scalar = /"(?:[^"\\\n]|\\.)*"|-?\d[\w.+-]*|[a-z]+/y;

function readValue(text: string, start: number): Read {
  scalar.lastIndex = start;
  const [found] = scalar.exec(text) ?? [];
  if (found === undefined) throw new JsonTextError(text, start, "a value is missing or invalid");
  try {
    const end = start + found.length;
    return { node: { kind: "value", start, end, value: JSON.parse(found) as unknown }, next: end };
  } catch {
    throw new JsonTextError(text, start, `${found.slice(0, 40)} is not valid JSON`);
  }
}

function readObject(text: string, start: number, depth: number): Read {
  const members: JsonMember[] = [];
  const end = readElements(text, start, "}", (at) => {
    const name = readValue(text, at);
    if (name.node.kind !== "value" || typeof name.node.value !== "string")
      throw new JsonTextError(text, at, "the name of a member must be in double quotes");
    const colon = skipSpace(text, name.next);
    if (text[colon] !== ":")
      throw new JsonTextError(text, colon, `a colon is missing after "${name.node.value}"`);
    const value = readNode(text, skipSpace(text, colon + 1), depth + 1);
    members.push({ name: name.node.value, start: at, value: value.node });
    return value.next;
  });
  return { node: { kind: "object", start, end, members }, next: end };
}

function readList(text: string, start: number, depth: number): Read {
  const items: JsonNode[] = [];
  const end = readElements(text, start, "]", (at) => {
    const item = readNode(text, at, depth + 1);
    items.push(item.node);
    return item.next;
  });
  return { node: { kind: "list", start, end, items }, next: end };
}

/** The end of the object or list; `read` reads one element and gives its end. */
function readElements(text: string, start: number, close: string, read: (at: number) => number): number {
  let at = skipSpace(text, start + 1);
  while (text[at] !== close) {
    at = skipSpace(text, read(at));
    if (text[at] === ",") at = skipSpace(text, at + 1);
    else if (text[at] !== close) throw new JsonTextError(text, at, `a comma or "${close}" is missing`);
  }
  return at + 1;
}
