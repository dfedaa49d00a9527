// The words of a filter: names, strings in double quotes, operators and brackets, each with its column.

export type TokenType = "word" | "string" | "operator" | "(" | ")" | "," | "end";

export interface Token {
  type: TokenType;
  /** A string without its quotes, its escapes resolved; `\*` stays, since `*` alone stands for anything. */
  text: string;
  /** Of its first character; the first of a filter is 1. */
  column: number;
}

/** A problem of a filter, and where it is. */
export interface FilterProblem {
  column: number;
  detail: string;
}

export const maxFilterLength = 2_000;
export const maxValueLength = 200;

const pattern =
  /(?<blank>\s+)|(?<word>[A-Za-z][\w.-]*)|(?<operator>!=|>=|<=|=|>|<)|(?<mark>[(),])|(?<quote>")/y;
const inString = /[^"\\]+|\\["\\*]|"/y;

/** All of them, with an `end`; or the first problem. */
export function readTokens(text: string): Token[] | FilterProblem {
  if (text.length > maxFilterLength)
    return { column: maxFilterLength + 1, detail: `a filter has at most ${maxFilterLength} characters` };
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) return { column: at + 1, detail: unexpected(text, at) };
    const column = at + 1;
    if (groups["quote"] !== undefined) {
      const read = readString(text, at + 1);
      if ("detail" in read) return read;
      tokens.push({ type: "string", text: read.value, column });
      at = read.end;
      continue;
    }
    at = pattern.lastIndex;
    if (groups["word"] !== undefined) tokens.push({ type: "word", text: groups["word"], column });
    else if (groups["operator"] !== undefined)
      tokens.push({ type: "operator", text: groups["operator"], column });
    else if (groups["mark"] !== undefined)
      tokens.push({ type: groups["mark"] as "(" | ")" | ",", text: groups["mark"], column });
  }
  return [...tokens, { type: "end", text: "", column: text.length + 1 }];
}

function unexpected(text: string, at: number): string {
  const found = String.fromCodePoint(text.codePointAt(at)!);
  return found === "'" ? 'strings are in double quotes, such as "docker"' : `unexpected ${found}`;
}

/** From behind its first quote. */
function readString(text: string, from: number): { value: string; end: number } | FilterProblem {
  let value = "";
  let at = from;
  while (at < text.length) {
    inString.lastIndex = at;
    const [part] = inString.exec(text) ?? [];
    if (part === undefined)
      return { column: at + 1, detail: 'in a string, a backslash stands only before ", * or a backslash' };
    at += part.length;
    if (part === '"')
      return value.length > maxValueLength
        ? { column: from, detail: `a string has at most ${maxValueLength} characters` }
        : { value, end: at };
    value += part === '\\"' ? '"' : part;
  }
  return { column: from, detail: 'this string has no " at its end' };
}
