// Parses a filter: `severity >= warning and template in ("docker", "gpu-*")`. Errors name the column, and what would be right
// there.
import { severities } from "../../../../../db/rules/template-file.ts";
import {
  factNames,
  isFact,
  isSeverity,
  type Comparison,
  type FactWord,
  type Filter,
  type Operator,
} from "./language.ts";
import { readTokens, type FilterProblem, type Token, type TokenType } from "./tokens.ts";

export type ParsedFilter = { ok: true; filter: Filter } | { ok: false; problem: FilterProblem };

/** Of brackets and `not` within each other. */
export const maxDepth = 20;
export const maxComparisons = 50;
/** In one list. */
export const maxValues = 50;

export const describeProblem = ({ column, detail }: FilterProblem): string => `column ${column}: ${detail}`;

/** What is wrong with a value, if anything. */
export type ValueProblem = (fact: FactWord, value: string) => string | undefined;

/** Never throws. `valueProblem` refuses what a new filter must not name. */
export function parseFilter(text: string, valueProblem: ValueProblem = () => undefined): ParsedFilter {
  const tokens = readTokens(text);
  if (!Array.isArray(tokens)) return { ok: false, problem: tokens };
  try {
    return { ok: true, filter: new Parser(tokens, valueProblem).parse() };
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    return { ok: false, problem: error.problem };
  }
}

class Unparsable extends Error {
  readonly problem: FilterProblem;
  constructor({ column }: Token, detail: string) {
    super(detail);
    this.problem = { column, detail };
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #valueProblem: ValueProblem;
  #at = 0;
  #comparisons = 0;

  constructor(tokens: readonly Token[], valueProblem: ValueProblem) {
    this.#tokens = tokens;
    this.#valueProblem = valueProblem;
  }

  parse(): Filter {
    const filter = this.#joined("or", 0);
    if (this.#next.type !== "end") throw new Unparsable(this.#next, "expected and, or, or the end");
    return filter;
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #take(): Token {
    return this.#tokens[this.#at++]!;
  }

  #takeIf(type: TokenType, text?: string): boolean {
    const found = this.#next.type === type && (text === undefined || this.#next.text.toLowerCase() === text);
    if (found) this.#at += 1;
    return found;
  }

  #expect(type: TokenType, detail: string): void {
    if (!this.#takeIf(type)) throw new Unparsable(this.#next, detail);
  }

  /** `and` binds closer than `or`. */
  #joined(type: "and" | "or", depth: number): Filter {
    const part = () => (type === "or" ? this.#joined("and", depth) : this.#part(depth));
    const parts = [part()];
    while (this.#takeIf("word", type)) parts.push(part());
    return parts.length === 1 ? parts[0]! : { type, parts };
  }

  #part(depth: number): Filter {
    if (depth > maxDepth)
      throw new Unparsable(this.#next, `at most ${maxDepth} levels of brackets and not are allowed`);
    if (this.#takeIf("word", "not")) return { type: "not", part: this.#part(depth + 1) };
    if (!this.#takeIf("(")) return this.#comparison();
    const inner = this.#joined("or", depth + 1);
    this.#expect(")", "expected and, or, or )");
    return inner;
  }

  #comparison(): Comparison {
    const fact = this.#fact();
    this.#comparisons += 1;
    if (this.#comparisons > maxComparisons)
      throw new Unparsable(this.#next, `at most ${maxComparisons} comparisons are allowed`);
    const operator = this.#operator(fact);
    const isList = operator === "in" || operator === "not in";
    const values = isList ? this.#list(fact) : [this.#value(fact)];
    return { type: "comparison", fact, operator, values };
  }

  #fact(): FactWord {
    const token = this.#take();
    const known = [...factNames, "label.NAME"].join(", ");
    if (token.type !== "word") throw new Unparsable(token, `expected a fact: ${known}`);
    const [, label] = /^label\.(.+)$/i.exec(token.text) ?? [];
    if (label !== undefined) return `label.${label}`;
    const word = token.text.toLowerCase();
    if (!isFact(word)) throw new Unparsable(token, `unknown fact "${token.text}", use ${known}`);
    return word;
  }

  #operator(fact: FactWord): Operator {
    const token = this.#take();
    const isOrdered = fact === "severity";
    const expected = isOrdered ? "=, !=, >=, >, <=, <, in or not in" : "=, !=, in or not in";
    if (token.type === "operator") {
      if (isOrdered || token.text === "=" || token.text === "!=") return token.text as Operator;
      throw new Unparsable(token, `${token.text} compares only severities; here, use ${expected}`);
    }
    const word = token.type === "word" ? token.text.toLowerCase() : "";
    if (word === "in") return "in";
    if (word === "not" && this.#takeIf("word", "in")) return "not in";
    throw new Unparsable(token, `expected ${expected}`);
  }

  #list(fact: FactWord): string[] {
    const example = fact === "severity" ? "(warning, critical)" : '("docker", "gpu-*")';
    this.#expect("(", `expected a list such as ${example}`);
    const values = [this.#value(fact)];
    while (this.#takeIf(",")) {
      if (values.length === maxValues)
        throw new Unparsable(this.#next, `at most ${maxValues} values are allowed in a list`);
      values.push(this.#value(fact));
    }
    this.#expect(")", "expected , or )");
    return values;
  }

  #value(fact: FactWord): string {
    const token = this.#take();
    if (fact === "severity") {
      const severity = token.text.toLowerCase();
      if ((token.type === "word" || token.type === "string") && isSeverity(severity)) return severity;
      throw new Unparsable(token, `expected a severity: ${severities.join(", ")}`);
    }
    if (token.type === "string") {
      const problem = this.#valueProblem(fact, token.text);
      if (problem !== undefined) throw new Unparsable(token, problem);
      return token.text;
    }
    const example = token.type === "word" ? token.text : (examples[fact as keyof typeof examples] ?? "main");
    throw new Unparsable(token, `expected a value such as "${example}"`);
  }
}

const examples = {
  kind: "task-failed",
  group: "Workspace Events",
  template: "docker",
  preset: "large",
  workspace: "web",
  owner: "mia",
};
