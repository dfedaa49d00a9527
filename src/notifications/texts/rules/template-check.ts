// Validates a template's text before it is stored: reports all problems, each with its field. The text is rendered with the
// sample and with recent payloads.
import type { Action } from "../../../../db/schema.ts";
import type { Validation } from "../../../kernel/errors.ts";
import { isWebUrl } from "../../../kernel/rules/web-url.ts";
import { isAllowedLink, linksIn } from "./markdown.ts";
import { compile, variablesIn, type RenderInput, type Rendered, type TemplateText } from "./render.ts";
import { createTrace, findUnknownName, siblingNames, type Trace } from "./template-variables.ts";

/** The payload of a past or possible notification. */
export interface Payload extends Pick<RenderInput, "labels" | "data"> {
  /** For messages: `the sample`. */
  from: string;
}

/** The other variables of a template. */
export type OtherVariables = Omit<RenderInput, "labels" | "data">;

/** Of the text and of what it renders to. */
const maxTitleBytes = 2_000;
const maxBodyBytes = 20_000;
const maxActionBytes = 2_000;
const maxActions = 10;

interface Field {
  /** As in the request. */
  name: string;
  source: string;
  maxBytes: number;
  canBeEmpty: boolean;
  /** A text with only this field. */
  alone: TemplateText;
  pick: (rendered: Rendered) => string;
  /** The problem with the rendered field. */
  check: (result: string, payload: Payload) => string | undefined;
}

/** Empty if the text is valid. */
export function checkTemplate(
  text: TemplateText,
  payloads: readonly Payload[],
  otherVariables: OtherVariables,
): Validation[] {
  const problems: Validation[] = [];
  for (const field of fieldsOf(text)) {
    const found = checkField(field, payloads, otherVariables);
    problems.push(...found);
    // The other fields could take as long.
    if (found.some(({ detail }) => detail.includes("limit exceeded"))) break;
  }
  if (text.actions.length > maxActions) {
    const detail = `${text.actions.length} actions, at most ${maxActions} allowed`;
    return [...problems, { field: "actions", detail }];
  }
  return problems;
}

function fieldsOf({ title, body, actions }: TemplateText): Field[] {
  const empty = { title: "", body: "", actions: [] };
  const fieldOf = (index: number, member: keyof Action): Field => ({
    name: `actions.${index}.${member}`,
    source: actions[index]![member],
    maxBytes: maxActionBytes,
    canBeEmpty: false,
    alone: { ...empty, actions: [{ label: "", url: "", [member]: actions[index]![member] }] },
    pick: (rendered) => rendered.actions[0]![member],
    check: member === "url" ? checkUrl : () => undefined,
  });
  return [
    {
      name: "title_template",
      source: title,
      maxBytes: maxTitleBytes,
      canBeEmpty: false,
      alone: { ...empty, title },
      pick: (rendered) => rendered.title,
      check: checkLinks,
    },
    {
      name: "body_template",
      source: body,
      maxBytes: maxBodyBytes,
      canBeEmpty: true,
      alone: { ...empty, body },
      pick: (rendered) => rendered.body,
      check: checkLinks,
    },
    ...actions.flatMap((_, index) => [fieldOf(index, "label"), fieldOf(index, "url")]),
  ];
}

function checkField(
  field: Field,
  payloads: readonly Payload[],
  otherVariables: OtherVariables,
): Validation[] {
  const { name, source, maxBytes, canBeEmpty } = field;
  const problem = (detail: string): Validation => ({ field: name, detail });
  if (!canBeEmpty && source.trim() === "") return [problem("must not be empty")];
  const bytes = bytesOf(source);
  if (bytes > maxBytes) return [problem(`${bytes} bytes, at most ${maxBytes} allowed`)];
  let variables: unknown[][];
  try {
    compile(field.alone);
    variables = variablesIn(source);
  } catch (error) {
    return [problem(describeLiquidError(error))];
  }
  const trace = createTrace();
  const { wrong, empty } = renderAll(field, payloads, otherVariables, trace);
  const unknown = unknownNames(variables, payloads, otherVariables, trace);
  // An unknown variable renders to nothing: that is not a second problem.
  const result = wrong ?? (unknown.length === 0 ? empty : undefined);
  return [...unknown, ...(result === undefined ? [] : [result])].map(problem);
}

/** The first problem of all payloads; what was read is in the trace. */
function renderAll(field: Field, payloads: readonly Payload[], otherVariables: OtherVariables, trace: Trace) {
  const compiled = compile(field.alone);
  const found: { wrong?: string | undefined; empty?: string } = {};
  for (const payload of payloads) {
    const watched = {
      labels: trace.watch("labels", payload.labels),
      data: trace.watch("data", payload.data),
    };
    try {
      const result = field.pick(compiled.render({ ...otherVariables, ...watched }));
      if (result !== "") found.wrong ??= checkResult(field, result, payload);
      else if (!field.canBeEmpty) found.empty ??= `is empty with ${payload.from}`;
    } catch (error) {
      // The others could take as long.
      return { wrong: `${describeLiquidError(error)}, with ${payload.from}` };
    }
  }
  return found;
}

function checkResult(field: Field, result: string, payload: Payload): string | undefined {
  const bytes = bytesOf(result);
  if (bytes > field.maxBytes) return `${bytes} bytes with ${payload.from}, at most ${field.maxBytes} allowed`;
  return field.check(result, payload);
}

const linkHint = "must begin with https://, http:// or, for a page of Belfry, one /";

function checkUrl(url: string, payload: Payload): string | undefined {
  const isPath = /^\/(?![/\\])/.test(url) && URL.canParse(url, "http://here.invalid");
  if (isPath || isWebUrl(url)) return undefined;
  const shown = url.length > 200 ? `${url.slice(0, 200)}…` : url;
  const rawHint = /^https?%3A/i.test(url) ? "; to prevent escaping, write {{ base_url | raw }}" : "";
  return `"${shown}" with ${payload.from} is not a valid link: it ${linkHint}${rawHint}`;
}

/** Links of the payload are not the template's problem. */
function checkLinks(markdown: string, payload: Payload): string | undefined {
  const bad = linksIn(markdown).filter((url) => !isAllowedLink(url));
  if (bad.length === 0) return undefined;
  const given = new Set(leavesOf([payload.labels, payload.data]).flatMap(linksIn));
  const own = bad.find((url) => !given.has(url));
  return own === undefined ? undefined : `${own} is not a valid link: it ${linkHint}`;
}

function leavesOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}

/** Unknown variables in the text, also in branches that no payload takes, and those that loops and filters read. */
function unknownNames(
  variables: unknown[][],
  payloads: readonly Payload[],
  { user, baseUrl, templateId }: OtherVariables,
  trace: Trace,
): string[] {
  const always = { user, base_url: baseUrl, template_id: templateId };
  const scopes = payloads.map(({ labels, data }) => ({ ...always, labels, data: data ?? {} }));
  const written = variables.flatMap((path) => {
    // A keyword: `offset: continue`.
    if (path[0] === "continue") return [];
    const unknown = findUnknownName(path, scopes);
    return unknown === undefined ? [] : [unknown];
  });
  const payloadNames = payloads.length === 1 ? payloads[0]!.from : "the sample or any recent payload";
  return [...new Set([...written, ...trace.missed()])].map((name) => {
    const root = name.split(/[.[]/)[0]!;
    if (root !== "labels" && root !== "data" && root !== "user")
      return `unknown variable ${name}: a text can use labels, data, user, base_url and template_id`;
    const known = siblingNames(name, scopes);
    const where = root === "user" ? "" : ` in ${payloadNames}`;
    return `unknown variable ${name}${where}${known.length === 0 ? "" : `; available: ${known.join(", ")}`}`;
  });
}

/** `line 2, column 1: tag {% if x %} not closed` */
export const describeLiquidError = (error: unknown): string =>
  (error as Error).message.replace(/^(.*), line:(\d+), col:(\d+)$/s, "line $2, column $3: $1");

const bytesOf = (text: string) => new TextEncoder().encode(text).length;
