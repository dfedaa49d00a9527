// A filter as text: parsed again, it is the same filter.
import type { Comparison, Filter } from "./language.ts";

export const printFilter = (filter: Filter): string => print(filter, "or");

/** `within`: what it is part of. Brackets stand where they change something. */
function print(filter: Filter, within: "or" | "and" | "not"): string {
  if (filter.type === "comparison") return printComparison(filter);
  if (filter.type === "not") return `not ${print(filter.part, "not")}`;
  const text = filter.parts
    // What is joined by the same word within itself stays a part of its own.
    .map((part) => (part.type === filter.type ? `(${print(part, "or")})` : print(part, filter.type)))
    .join(` ${filter.type} `);
  return within === "not" || (within === "and" && filter.type === "or") ? `(${text})` : text;
}

export function printComparison({ fact, operator, values }: Comparison): string {
  const texts = values.map((value) => (fact === "severity" ? value : `"${escape(value)}"`));
  return `${fact} ${operator} ${operator === "in" || operator === "not in" ? `(${texts.join(", ")})` : texts[0]!}`;
}

/** A backslash is there only before `*` or another one: they are escapes already. */
const escape = (value: string): string => value.replaceAll('"', String.raw`\"`);
