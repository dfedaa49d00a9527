// Adds an element at the end of an object or a list in a JSON text, and takes one away again.
import { lineAt, skipSpace, type JsonNode } from "./json-text.ts";

type Container = Extract<JsonNode, { kind: "object" | "list" }>;

const elementsOf = (container: Container): { start: number; end: number }[] =>
  container.kind === "list"
    ? container.items
    : container.members.map(({ start, value }) => ({ start, end: value.end }));

/** `name` is that of the new member, if `container` is an object. */
export function addElement(text: string, container: Container, value: unknown, name?: string): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const step = /^([ \t]+)\S/m.exec(text)?.[1] ?? "  ";
  const outer = /^[ \t]*/.exec(text.split("\n")[lineAt(text, container.start) - 1]!)![0];
  const elements = elementsOf(container);
  const last = elements.at(-1);
  const isOnOneLine = last !== undefined && !text.slice(container.start, elements[0]!.start).includes("\n");
  const prefix = name === undefined ? "" : `${JSON.stringify(name)}: `;
  const close = container.end - 1;
  // Behind the last element and the comments after it.
  const place = text.slice(0, close).trimEnd().length;
  const hasLastComma = last !== undefined && text[skipSpace(text, last.end)] === ",";
  const [between, behind] = last === undefined ? ["", ""] : hasLastComma ? ["", ","] : [",", ""];
  const before = text.slice(0, last?.end ?? place) + between + text.slice(last?.end ?? place, place);
  if (isOnOneLine) return `${before} ${prefix}${inline(value)}${behind}${text.slice(place)}`;
  const lines = JSON.stringify(value, null, step)
    .split("\n")
    .join(newline + outer + step);
  const added = `${newline}${outer}${step}${prefix}${lines}${behind}`;
  const closesOnNewLine = text.slice(place, close).includes("\n");
  return before + added + (closesOnNewLine ? text.slice(place) : newline + outer + text.slice(close));
}

/** `{ "a": 1 }`, as people write it on one line. */
const inline = (value: unknown): string => JSON.stringify(value, null, " ").replaceAll(/\n\s*/g, " ");

/** Its comma goes with it, and the white space in front of it. */
export function removeElement(text: string, container: Container, at: number): string {
  const elements = elementsOf(container);
  const { start, end } = elements[at]!;
  const from = text.slice(0, start).trimEnd().length;
  if (from === container.start + 1 && text.slice(end, container.end - 1).trim() === "")
    return text.slice(0, from) + text.slice(container.end - 1);
  const behind = skipSpace(text, end);
  if (text[behind] === ",") return text.slice(0, from) + text.slice(end, behind) + text.slice(behind + 1);
  const before = elements[at - 1];
  if (before === undefined) return text.slice(0, from) + text.slice(end);
  const comma = skipSpace(text, before.end);
  return text.slice(0, comma) + text.slice(comma + 1, Math.max(from, comma + 1)) + text.slice(end);
}
