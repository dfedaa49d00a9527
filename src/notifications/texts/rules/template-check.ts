// What is wrong with a template's text, before anybody gets it: all of it at once, each with the field and the words.
// It is rendered with the sample and with what was really sent. The verbs of templates call it.
import type { Action } from "../../../../db/schema.ts";
import type { Validation } from "../../../kernel/errors.ts";
import { isGoodLink, linksIn } from "./markdown.ts";
import { compile, variablesIn, type RenderInput, type Rendered, type TemplateText } from "./render.ts";
import { createTrace, existsIn, namesIn, type Trace } from "./template-variables.ts";

/** What a notification was, or could be, about. */
export interface Payload extends Pick<RenderInput, "labels" | "data"> {
  /** For words: `the sample`. */
  from: string;
}

/** The rest of what a template may speak of. */
export type Surroundings = Omit<RenderInput, "labels" | "data">;

/** Bytes, of the text and of what becomes of it. */
const longestTitle = 2_000;
const longestBody = 20_000;
const longestAction = 2_000;
const mostActions = 10;

interface Field {
  /** As in the request. */
  name: string;
  source: string;
  most: number;
  mayBeEmpty: boolean;
  /** A text with nothing but this field. */
  alone: TemplateText;
  pick: (rendered: Rendered) => string;
  /** Words about what is wrong with what came out. */
  judge: (result: string, payload: Payload) => string | undefined;
}

/** Nothing when all is well. */
export function checkTemplate(
  text: TemplateText,
  payloads: readonly Payload[],
  surroundings: Surroundings,
): Validation[] {
  const problems: Validation[] = [];
  for (const field of fieldsOf(text)) {
    const found = checkField(field, payloads, surroundings);
    problems.push(...found);
    // The other fields may take as long.
    if (found.some(({ detail }) => detail.includes("limit exceeded"))) break;
  }
  if (text.actions.length > mostActions) {
    const detail = `there are ${text.actions.length}, ${mostActions} are allowed`;
    return [...problems, { field: "actions", detail }];
  }
  return problems;
}

function fieldsOf({ title, body, actions }: TemplateText): Field[] {
  const empty = { title: "", body: "", actions: [] };
  const fieldOf = (index: number, part: keyof Action): Field => ({
    name: `actions.${index}.${part}`,
    source: actions[index]![part],
    most: longestAction,
    mayBeEmpty: false,
    alone: { ...empty, actions: [{ label: "", url: "", [part]: actions[index]![part] }] },
    pick: (rendered) => rendered.actions[0]![part],
    judge: part === "url" ? judgeTarget : () => undefined,
  });
  return [
    {
      name: "title_template",
      source: title,
      most: longestTitle,
      mayBeEmpty: false,
      alone: { ...empty, title },
      pick: (rendered) => rendered.title,
      judge: judgeLinks,
    },
    {
      name: "body_template",
      source: body,
      most: longestBody,
      mayBeEmpty: true,
      alone: { ...empty, body },
      pick: (rendered) => rendered.body,
      judge: judgeLinks,
    },
    ...actions.flatMap((_, index) => [fieldOf(index, "label"), fieldOf(index, "url")]),
  ];
}

function checkField(field: Field, payloads: readonly Payload[], surroundings: Surroundings): Validation[] {
  const { name, source, most, mayBeEmpty } = field;
  const problem = (detail: string): Validation => ({ field: name, detail });
  if (!mayBeEmpty && source.trim() === "") return [problem("must not be empty")];
  const bytes = bytesOf(source);
  if (bytes > most) return [problem(`has ${bytes} bytes, ${most} are allowed`)];
  let variables: unknown[][];
  try {
    compile(field.alone);
    variables = variablesIn(source);
  } catch (error) {
    return [problem(liquidWords(error))];
  }
  const trace = createTrace();
  const { wrong, empty } = tryOut(field, payloads, surroundings, trace);
  const unknown = unknownNames(variables, payloads, surroundings, trace);
  // Where a name leads nowhere, nothing is what comes of it.
  const result = wrong ?? (unknown.length === 0 ? empty : undefined);
  return [...unknown, ...(result === undefined ? [] : [result])].map(problem);
}

/** The first thing that goes wrong, over all payloads; what was looked for on the way is in the trace. */
function tryOut(field: Field, payloads: readonly Payload[], surroundings: Surroundings, trace: Trace) {
  const compiled = compile(field.alone);
  const found: { wrong?: string | undefined; empty?: string } = {};
  for (const payload of payloads) {
    const watched = {
      labels: trace.watch("labels", payload.labels),
      data: trace.watch("data", payload.data),
    };
    try {
      const result = field.pick(compiled.render({ ...surroundings, ...watched }));
      if (result !== "") found.wrong ??= judgeResult(field, result, payload);
      else if (!field.mayBeEmpty) found.empty ??= `becomes nothing with ${payload.from}`;
    } catch (error) {
      // Each more would take as long to fail.
      return { wrong: `${liquidWords(error)}, with ${payload.from}` };
    }
  }
  return found;
}

function judgeResult(field: Field, result: string, payload: Payload): string | undefined {
  const bytes = bytesOf(result);
  if (bytes > field.most) return `becomes ${bytes} bytes with ${payload.from}, ${field.most} are allowed`;
  return field.judge(result, payload);
}

const howLinksGo = "it must begin with https://, http:// or, for a page of Belfry's, with one /";

function judgeTarget(url: string, payload: Payload): string | undefined {
  const isPath = /^\/(?![/\\])/.test(url) && URL.canParse(url, "http://here.invalid");
  if (isPath || (/^https?:\/\//i.test(url) && URL.canParse(url))) return undefined;
  const shown = url.length > 200 ? `${url.slice(0, 200)}…` : url;
  const escaped = /^https?%3A/i.test(url)
    ? "; to keep an address from being escaped, write {{ base_url | raw }}"
    : "";
  return `the link becomes "${shown}" with ${payload.from}; ${howLinksGo}${escaped}`;
}

/** What a custom notification's author has linked is theirs to answer for, not the template's. */
function judgeLinks(markdown: string, payload: Payload): string | undefined {
  const bad = linksIn(markdown).filter((url) => !isGoodLink(url));
  if (bad.length === 0) return undefined;
  const given = new Set(leavesOf([payload.labels, payload.data]).flatMap(linksIn));
  const own = bad.find((url) => !given.has(url));
  return own === undefined ? undefined : `the link ${own} can't be followed; ${howLinksGo}`;
}

function leavesOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}

/** Names that stand in the text, in branches that no payload takes as well, and those that loops and filters look up. */
function unknownNames(
  variables: unknown[][],
  payloads: readonly Payload[],
  { user, baseUrl, templateId }: Surroundings,
  trace: Trace,
): string[] {
  const always = { user, base_url: baseUrl, template_id: templateId };
  const scopes = payloads.map(({ labels, data }) => ({ ...always, labels, data: data ?? {} }));
  const written = variables.flatMap((path) => {
    // A word of the language: `offset: continue`.
    if (path[0] === "continue") return [];
    const unknown = existsIn(path, scopes);
    return unknown === undefined ? [] : [unknown];
  });
  const among = payloads.length === 1 ? payloads[0]!.from : "the sample or any recent payload";
  return [...new Set([...written, ...trace.missed()])].map((name) => {
    const root = name.split(/[.[]/)[0]!;
    if (root !== "labels" && root !== "data" && root !== "user")
      return `there is no ${name}: a text can use labels, data, user, base_url and template_id`;
    const known = namesIn(name, scopes);
    const where = root === "user" ? "" : ` in ${among}`;
    return `there is no ${name}${where}${known.length === 0 ? "" : `; there is ${known.join(", ")}`}`;
  });
}

/** `line 2, column 1: tag {% if x %} not closed` */
function liquidWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [, words, line, column] = /^(.*), line:(\d+), col:(\d+)$/s.exec(message) ?? [];
  return words === undefined ? message : `line ${line}, column ${column}: ${words}`;
}

const bytesOf = (text: string) => new TextEncoder().encode(text).length;
