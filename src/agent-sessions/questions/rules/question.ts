// What a question may be, what answers it, and how it stands at a time.
import type { QuestionState } from "../../../../db/schema.ts";
import { byteLength, validateOneLine } from "../../../kernel/rules/text.ts";

export const maxTextBytes = 2_000;
export const maxOptionBytes = 80;
export const minOptions = 2;
export const maxOptions = 8;
export const minTimeoutSeconds = 60;
export const maxTimeoutSeconds = 7 * 86_400;
export const defaultTimeoutSeconds = 86_400;

/** Seconds that one request waits for an answer at most. */
export const maxWaitSeconds = 25;

/** What an agent asks. */
export interface Asked {
  text: string;
  /** The answers to choose from; none: only a text answers. */
  options: readonly string[];
  takesText: boolean;
  /** Counts if nobody answers in time; null: nothing does. */
  defaultAnswer: string | null;
  timeoutSeconds: number;
}

/** As an agent sends it: what it leaves out is undefined. */
export interface Request {
  text: string;
  options?: readonly string[] | undefined;
  takesText?: boolean | undefined;
  defaultAnswer?: string | undefined;
  timeoutSeconds?: number | undefined;
}

export interface Problem {
  field: string;
  detail: string;
}

type Checked<T> = { ok: true; value: T } | { ok: false; problems: Problem[] };

/** Blanks around texts and options don't count. */
export function checkQuestion(request: Request): Checked<Asked> {
  const options = (request.options ?? []).map((option) => option.trim());
  const asked: Asked = {
    text: request.text.trim(),
    options,
    takesText: request.takesText ?? options.length === 0,
    defaultAnswer: request.defaultAnswer?.trim() ?? null,
    timeoutSeconds: request.timeoutSeconds ?? defaultTimeoutSeconds,
  };
  const problems = [
    ...problemOfText("text", asked.text, maxTextBytes),
    ...problemsOfOptions(options),
    ...(options.length === 0 && !asked.takesText
      ? [{ field: "free_text", detail: "must be true or omitted for a question without options" }]
      : []),
    ...problemOfTimeout(asked.timeoutSeconds),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const wrongDefault = problemOfDefault(asked);
  return wrongDefault === undefined ? { ok: true, value: asked } : { ok: false, problems: [wrongDefault] };
}

function problemOfText(field: string, text: string, maxBytes: number): Problem[] {
  if (text === "") return [{ field, detail: "must not be empty" }];
  const size = byteLength(text);
  return size > maxBytes ? [{ field, detail: `${size} bytes, at most ${maxBytes} allowed` }] : [];
}

function problemsOfOptions(options: readonly string[]): Problem[] {
  if (options.length === 0) return [];
  if (options.length < minOptions || options.length > maxOptions) {
    const detail = `${options.length} given, ${minOptions} to ${maxOptions} required`;
    return [{ field: "options", detail }];
  }
  return options.flatMap((option, index) => {
    const field = `options.${index}`;
    const notOneLine = validateOneLine(option);
    if (notOneLine !== undefined) return [{ field, detail: notOneLine }];
    if (options.indexOf(option) < index) return [{ field, detail: `duplicate option "${option}"` }];
    return problemOfText(field, option, maxOptionBytes);
  });
}

function problemOfTimeout(seconds: number): Problem[] {
  if (Number.isInteger(seconds) && seconds >= minTimeoutSeconds && seconds <= maxTimeoutSeconds) return [];
  const detail = `must be ${minTimeoutSeconds} to ${maxTimeoutSeconds} seconds (1 minute to 7 days)`;
  return [{ field: "timeout_s", detail }];
}

function problemOfDefault(asked: Asked): Problem | undefined {
  if (asked.defaultAnswer === null) return undefined;
  const isOption = asked.options.includes(asked.defaultAnswer);
  const given = isOption ? { option: asked.defaultAnswer } : { text: asked.defaultAnswer };
  const answer = checkAnswer(asked, given);
  if (answer.ok) return undefined;
  const detail = asked.takesText ? answer.problems[0]!.detail : `must be one of ${quoted(asked.options)}`;
  return { field: "default", detail };
}

const wrong = (field: string, detail: string): { ok: false; problems: Problem[] } => ({
  ok: false,
  problems: [{ field, detail }],
});

/** As a person sends it. */
export interface GivenAnswer {
  option?: string | undefined;
  text?: string | undefined;
}

/** The answer as it is stored. */
export function checkAnswer(
  { options, takesText }: Pick<Asked, "options" | "takesText">,
  { option, text }: GivenAnswer,
): Checked<string> {
  if (option !== undefined && text !== undefined)
    return wrong("text", "must be omitted if an option is given");
  if (option !== undefined) {
    if (options.includes(option)) return { ok: true, value: option };
    const right = options.length === 0 ? "this question has no options, send text" : `use ${quoted(options)}`;
    return wrong("option", `"${option}" is not an option, ${right}`);
  }
  if (text === undefined) return wrong(options.length === 0 ? "text" : "option", "missing: choose an answer");
  if (!takesText) return wrong("text", `not accepted here, choose an option: ${quoted(options)}`);
  const value = text.trim();
  const problems = problemOfText("text", value, maxTextBytes);
  return problems.length === 0 ? { ok: true, value } : { ok: false, problems };
}

const quoted = (options: readonly string[]): string => options.map((option) => `"${option}"`).join(", ");

/** A question as it is stored. Times in epoch milliseconds. */
export interface Standing {
  state: QuestionState;
  answer: string | null;
  defaultAnswer: string | null;
  timesOutAt: number;
  endedAt: number | null;
}

/** A question whose time is over has timed out, whether or not that is written already. */
export function standingAt<Q extends Standing>(question: Q, now: number): Q {
  if (question.state !== "open" || now < question.timesOutAt) return question;
  const { defaultAnswer, timesOutAt } = question;
  return { ...question, state: "timed_out", answer: defaultAnswer, endedAt: timesOutAt };
}
