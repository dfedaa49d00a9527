// What `belfry run` sends when the command has ended: a title with the outcome, and the last lines of its output.
import { byteLength, cutStartToBytes, cutToBytes } from "../../kernel/rules/cut-text.ts";
import { visiblePart, withoutControls } from "../../kernel/rules/terminal-text.ts";
import { maxMessageBytes, maxTitleBytes } from "../../notifications/outbox/rules/custom-text.ts";
import { plain, plainLine } from "./text.ts";
import { durationWords } from "./time.ts";

export interface RunOutcome {
  /** The command and its arguments. */
  command: string[];
  /** Said in place of the command. */
  title: string | undefined;
  exitCode: number;
  /** What ended it, like SIGTERM; null when it ended by itself. */
  signal: string | null;
  /** Why it could not be started. */
  problem: string | undefined;
  milliseconds: number;
  lines: string[];
}

export function runReport(outcome: RunOutcome): { title: string; message: string } {
  const failed = outcome.exitCode !== 0;
  const end =
    ` ${failed ? "failed" : "succeeded"} after ${durationWords(outcome.milliseconds)}` +
    (outcome.signal === null ? "" : ` (${outcome.signal})`);
  const subject = plainLine(outcome.title ?? outcome.command.map(quoted).join(" "));
  return { title: fitTitle(subject, maxTitleBytes - byteLength(end)) + end, message: messageOf(outcome) };
}

/** As one would type it: a word with blanks gets quotes. */
const quoted = (word: string) => (word === "" || /\s/.test(word) ? `"${word}"` : word);

/** Titles are Markdown: what would vanish as markup is escaped, and what is escaped is never cut apart. */
function fitTitle(subject: string, most: number): string {
  const escaped = escapeMarkup(subject);
  if (byteLength(escaped) <= most) return escaped;
  const fits = (length: number) => escapeMarkup(cutToBytes(subject, length));
  let length = most;
  while (byteLength(fits(length)) > most) length -= 1;
  return fits(length);
}

const escapeMarkup = (text: string) =>
  text.replaceAll(/[\\`*[\]<&~]|(?<!\w)_|_(?!\w)/g, (character) => `\\${character}`);

function messageOf({ exitCode, signal, problem, lines }: RunOutcome): string {
  if (problem !== undefined) return cutToBytes(problem, maxMessageBytes);
  const end = signal === null ? `Exit code ${exitCode}.` : `It was ended by ${signal}.`;
  if (lines.length === 0) return `${end} It printed nothing.`;
  const start = `${end} The last lines:\n\n`;
  return start + fenced(lines, maxMessageBytes - byteLength(start));
}

/** A code block of at most `most` bytes with as many of the last lines as fit, which nothing in them can end. */
function fenced(lines: string[], most: number): string {
  const safe = lines.map(shortenFence);
  const fence = fenceFor(safe);
  const room = most - 2 * (fence.length + 1);
  const kept: string[] = [];
  let used = 0;
  for (const line of safe.toReversed()) {
    const bytes = byteLength(line) + 1;
    if (used + bytes > room) {
      if (kept.length === 0) kept.push(cutStartToBytes(line, room - 1));
      break;
    }
    kept.push(line);
    used += bytes;
  }
  return [fence, ...kept.toReversed(), fence].join("\n");
}

const longestFence = 20;

/** A line of nothing but backticks could end the block: a very long one is made to be no fence at all. */
const shortenFence = (line: string) =>
  /^\s*`+\s*$/.test(line) && line.trim().length > longestFence ? `${"`".repeat(longestFence)}…` : line;

function fenceFor(lines: string[]): string {
  const runs = lines.map((line) => /^\s*(`+)\s*$/.exec(line)?.[1]?.length ?? 0);
  return "`".repeat(Math.max(3, Math.max(...runs) + 1));
}

export interface OutputTail {
  lines: string[];
  /** What each stream has printed since its last line break. */
  open: Record<OutputStream, string>;
}
export type OutputStream = "out" | "error";

/** Enough for twenty lines after empty ones are dropped at the end. */
const linesKept = 60;
const lineKept = 4_096;

export const emptyTail: OutputTail = { lines: [], open: { out: "", error: "" } };

export function addOutput(tail: OutputTail, stream: OutputStream, text: string): OutputTail {
  const parts = (tail.open[stream] + text).split("\n");
  const open = parts.pop()!;
  return {
    lines: [...tail.lines, ...parts.slice(-linesKept).map((line) => line.slice(-lineKept))].slice(-linesKept),
    open: { ...tail.open, [stream]: open.slice(-lineKept) },
  };
}

/** The last `count` lines without colours, blank lines at the end, and what a progress bar has overwritten. */
export function lastLines(tail: OutputTail, count: number): string[] {
  const open = [tail.open.out, tail.open.error].filter((line) => line !== "");
  const lines = [...tail.lines, ...open].map((line) => plain(visiblePart(withoutControls(line))).trimEnd());
  const end = lines.findLastIndex((line) => line !== "") + 1;
  return lines.slice(Math.max(0, end - count), end);
}
