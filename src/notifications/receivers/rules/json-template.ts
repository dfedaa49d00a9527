// Checks a receiver's template before it is stored: it must render JSON with a message of each kind, whatever their texts are.
import { byteLength } from "../../../kernel/rules/text.ts";
import { describeLiquidError } from "../../texts/rules/template-check.ts";
import { createTrace, findUnknownName, siblingNames } from "../../texts/rules/template-variables.ts";
import {
  jsonProblem,
  jsonScope,
  jsonVariablesIn,
  parseJsonTemplate,
  renderScope,
  type JsonScope,
} from "./formats/json.ts";
import type { Problem } from "./given.ts";
import type { ReceiverMessage } from "./message.ts";

export const maxTemplateBytes = 20_000;

/** A message of a kind as it may be. */
export interface SampleMessage {
  /** For people: `the sample of task-failed`. */
  from: string;
  message: ReceiverMessage;
}

const field = "template";
const problem = (detail: string): Problem => ({ field, detail });

/** Empty if it is valid. `samples`: not empty. */
export function checkJsonTemplate(template: string, samples: readonly SampleMessage[]): Problem[] {
  if (template.trim() === "") return [problem("must not be empty")];
  const bytes = byteLength(template);
  if (bytes > maxTemplateBytes) return [problem(`${bytes} bytes, at most ${maxTemplateBytes} allowed`)];
  let variables: unknown[][];
  try {
    parseJsonTemplate(template);
    variables = jsonVariablesIn(template);
  } catch (error) {
    return [problem(describeLiquidError(error))];
  }
  const all = [...samples, awkward(samples[0]!)];
  const trace = createTrace();
  const wrong = renderAll(template, all, trace);
  const scopes = all.map(({ message }) => jsonScope(message));
  const unknown = [
    ...unknownNames(variables, scopes),
    ...trace.missed().map((name) => describe(name, scopes)),
  ];
  return [...new Set([...unknown, ...(wrong === undefined ? [] : [wrong])])].map(problem);
}

/** Its texts have what JSON escapes: they are the problem of templates that output them as they are. */
function awkward({ message }: SampleMessage): SampleMessage {
  const text = 'a "quotation",\na line break and a \\';
  const labels = Object.fromEntries(Object.keys(message.outgoing.labels).map((name) => [name, text]));
  return {
    from: "a text that has quotation marks and line breaks",
    message: { ...message, title: text, body: text, outgoing: { ...message.outgoing, labels } },
  };
}

/** The first problem of all samples; what was read is in the trace. */
function renderAll(
  template: string,
  samples: readonly SampleMessage[],
  trace: ReturnType<typeof createTrace>,
): string | undefined {
  const parsed = parseJsonTemplate(template);
  let wrong: string | undefined;
  for (const { from, message } of samples) {
    const scope = Object.fromEntries(
      Object.entries(jsonScope(message)).map(([name, value]) => [name, trace.watch(name, value)]),
    ) as JsonScope;
    try {
      const found = jsonProblem(renderScope(parsed, scope));
      if (found !== undefined) wrong ??= `${found}, with ${from}`;
    } catch (error) {
      // The others could take as long.
      return `${describeLiquidError(error)}, with ${from}`;
    }
  }
  return wrong;
}

const unknownNames = (variables: readonly unknown[][], scopes: readonly JsonScope[]): string[] =>
  variables.flatMap((path) => {
    // A keyword: `offset: continue`.
    const name = path[0] === "continue" ? undefined : findUnknownName(path, scopes);
    return name === undefined ? [] : [describe(name, scopes)];
  });

function describe(name: string, scopes: readonly JsonScope[]): string {
  const isRoot = /^[\w-]+$/.test(name);
  const known = isRoot ? Object.keys(scopes[0]!) : siblingNames(name, scopes);
  return `unknown variable ${name}${known.length === 0 ? "" : `; available: ${known.join(", ")}`}`;
}
