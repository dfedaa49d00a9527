// What `belfry run` sends when the command has ended: a title with the outcome, and the last lines of its output.
import {
  byteLength,
  cutStartToBytes,
  cutToBytes,
  visiblePart,
  withoutControls,
} from "../../kernel/rules/text.ts";
import { maxMessageBytes, maxTitleBytes } from "../../notifications/outbox/rules/custom-text.ts";
import { plain, plainLine } from "./text.ts";
import { formatDuration } from "./time.ts";

export interface RunOutcome {
  /** The command and its arguments. */
  command: string[];
  /** Shown instead of the command. */
  title: string | undefined;
  exitCode: number;
  /** The signal that ended it, like SIGTERM; null when it exited. */
  signal: string | null;
  /** Why it could not be started. */
  problem: string | undefined;
  milliseconds: number;
  lines: string[];
}

export function runReport(outcome: RunOutcome): { title: string; message: string } {
  const failed = outcome.exitCode !== 0;
  const end =
    ` ${failed ? "failed" : "succeeded"} after ${formatDuration(outcome.milliseconds)}` +
    (outcome.signal === null ? "" : ` (${outcome.signal})`);
  const subject = plainLine(outcome.title ?? outcome.command.map(quoted).join(" "));
  return { title: fitTitle(subject, maxTitleBytes - byteLength(end)) + end, message: messageOf(outcome) };
}

/** As typed: an argument with spaces gets quotes. */
const quoted = (word: string) => (word === "" || /\s/.test(word) ? `"${word}"` : word);

/** Titles are Markdown: markup is escaped, and an escape is never cut apart. */
function fitTitle(subject: string, maxBytes: number): string {
  const escaped = escapeMarkup(subject);
  if (byteLength(escaped) <= maxBytes) return escaped;
  const fits = (length: number) => escapeMarkup(cutToBytes(subject, length));
  let length = maxBytes;
  while (byteLength(fits(length)) > maxBytes) length -= 1;
  return fits(length);
}

const escapeMarkup = (text: string) =>
  text.replaceAll(/[\\`*[\]<&~]|(?<!\w)_|_(?!\w)/g, (character) => `\\${character}`);

function messageOf({ exitCode, signal, problem, lines }: RunOutcome): string {
  if (problem !== undefined) return cutToBytes(problem, maxMessageBytes);
  const end = signal === null ? `Exit code ${exitCode}.` : `Ended by ${signal}.`;
  if (lines.length === 0) return `${end} No output.`;
  const start = `${end} Last lines:\n\n`;
  return start + fenced(lines, maxMessageBytes - byteLength(start));
}

/** A code block with as many of the last lines as fit into `maxBytes`; no line can end the block. */
function fenced(lines: string[], maxBytes: number): string {
  const safe = lines.map(shortenFence);
  const fence = fenceFor(safe);
  const room = maxBytes - 2 * (fence.length + 1);
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

const maxFence = 20;

/** A line of backticks could end the block: a very long one is cut so that it is no fence. */
const shortenFence = (line: string) =>
  /^\s*`+\s*$/.test(line) && line.trim().length > maxFence ? `${"`".repeat(maxFence)}…` : line;

function fenceFor(lines: string[]): string {
  const runs = lines.map((line) => /^\s*(`+)\s*$/.exec(line)?.[1]?.length ?? 0);
  return "`".repeat(Math.max(3, Math.max(...runs) + 1));
}

export interface OutputTail {
  lines: string[];
  /** The unfinished line of each stream. */
  open: Record<OutputStream, string>;
}
export type OutputStream = "out" | "error";

/** Enough for twenty lines after blank ones at the end are dropped. */
const maxKeptLines = 60;
const maxLineLength = 4_096;

export const emptyTail: OutputTail = { lines: [], open: { out: "", error: "" } };

export function addOutput(tail: OutputTail, stream: OutputStream, text: string): OutputTail {
  const parts = (tail.open[stream] + text).split("\n");
  const open = parts.pop()!;
  return {
    lines: [...tail.lines, ...parts.slice(-maxKeptLines).map((line) => line.slice(-maxLineLength))].slice(
      -maxKeptLines,
    ),
    open: { ...tail.open, [stream]: open.slice(-maxLineLength) },
  };
}

/** The last `count` lines, without colors, blank lines at the end, and overwritten progress bars. */
export function lastLines(tail: OutputTail, count: number): string[] {
  const open = [tail.open.out, tail.open.error].filter((line) => line !== "");
  const lines = [...tail.lines, ...open].map((line) => plain(visiblePart(withoutControls(line))).trimEnd());
  const end = lines.findLastIndex((line) => line !== "") + 1;
  return lines.slice(Math.max(0, end - count), end);
}
