// What is said about a question that is open no longer, and for how long one is open.
import type { Standing } from "./question.ts";

export interface Ended extends Standing {
  /** The username of who answered. */
  by: string | null;
}

/** For errors; pages show the time in words of their own. */
export function describeEnded({ state, by, endedAt, answer }: Ended): { message: string; detail: string } {
  const at = `${new Date(endedAt ?? 0).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  if (state === "answered")
    return {
      message: `Already answered by ${by ?? "a deleted user"}.`,
      detail: `The answer is "${answer}", given at ${at}.`,
    };
  if (state === "timed_out") {
    const detail = answer === null ? "" : ` The agent continued with "${answer}".`;
    return { message: "The question has timed out.", detail: `It was open until ${at}.${detail}` };
  }
  return {
    message: "The question was withdrawn.",
    detail: `The agent continued without an answer, or asked another question, at ${at}.`,
  };
}

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** `1 day`, `90 minutes`: in the largest unit that has no remainder. */
export function describeTimeout(seconds: number): string {
  const [name, size] = units.find(([, size]) => seconds % size === 0)!;
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
