// The lines that programs print: split, cleaned, masked, given a level, and batched for the server.
import { plain } from "../../cli/rules/text.ts";

export type Level = "trace" | "debug" | "info" | "warn" | "error";
export type Stream = "out" | "error";

/** Characters of a line that are looked at, and those that are kept: what is cut has been masked before. */
const held = 16_384;
const kept = 4_096;

export interface Split {
  lines: string[];
  /** What has come since the last line break. */
  open: string;
}

export function splitLines(open: string, text: string): Split {
  const parts = (open + text).split(/\r?\n/);
  const last = parts.pop()!;
  return { lines: parts.map((line) => line.slice(0, held)), open: last.slice(0, held) };
}

/** Without colours, and of a bearable length. */
export function tidyLine(line: string, mask: (text: string) => string): string {
  // A carriage return starts the line anew: what a progress bar has overwritten is gone.
  const visible = line.slice(line.lastIndexOf("\r", line.length - 2) + 1);
  const clean = mask(plain(visible)).trimEnd();
  return clean.length > kept ? `${clean.slice(0, kept).toWellFormed()}…` : clean;
}

/** What Terraform draws a frame around on standard error. */
export type Frame = "warning" | "error" | undefined;

/** The frame that a line belongs to; `before` is that of the line before it. */
export function frameOf(line: string, before: Frame): Frame {
  const kind = /^[│╷ ]*(Warning|Error):/.exec(line)?.[1];
  if (kind !== undefined) return kind === "Warning" ? "warning" : "error";
  return line.startsWith("│") ? before : undefined;
}

/** What forces a replacement is a warning where somebody waits for what was ready; a frame's edges say nothing. */
export function levelOf(line: string, stream: Stream, frame: Frame, isClaim: boolean): Level {
  if (frame === "warning" || (isClaim && line.includes("# forces replacement"))) return "warn";
  return stream === "out" || /^[╷╵]?\s*$/.test(line) ? "info" : "error";
}

/** The line that says what went wrong: Terraform's first `Error:`, else the last that is not empty. */
export function problemIn(lines: readonly string[]): string | undefined {
  const bare = lines.map((line) => line.replace(/^[│╷╵\s]+/, "").trim()).filter((line) => line !== "");
  return (
    bare
      .find((line) => line.startsWith("Error:"))
      ?.slice("Error:".length)
      .trim() ?? bare.at(-1)
  );
}

export interface LogLine {
  /** Made once, so that a line that is sent twice is kept once. */
  id: string;
  level: Level;
  source: "provisioner" | "provisioner_daemon";
  stage: string;
  output: string;
  created_at: string;
}

export const batchLines = 100;
const batchCharacters = 200_000;
/** More than these are never held: a server that is away must not fill the memory. */
export const maxWaitingLines = 10_000;

/** How many of the first lines make the next batch. */
export function batchSize(lines: readonly LogLine[]): number {
  let characters = 0;
  const over = lines.findIndex((line, at) => {
    characters += line.output.length;
    return at >= batchLines || (at > 0 && characters > batchCharacters);
  });
  return over === -1 ? lines.length : over;
}

const shown = "********";
/** Shorter ones would take half of every line with them. */
const shortest = 4;

/** A secret of several lines is printed line by line, and programs quote what they print. */
export function createMask(secrets: readonly string[]): (text: string) => string {
  const forms = secrets.flatMap((secret) => [secret, ...secret.split(/\r?\n/)]);
  const quoted = forms.flatMap((form) => [form, JSON.stringify(form).slice(1, -1), encoded(form)]);
  const all = [...new Set(quoted)]
    .filter((form) => form.trim().length >= shortest)
    // The longest first: a part of one may be another.
    .toSorted((a, b) => b.length - a.length);
  return (text) => all.reduce((masked, form) => masked.replaceAll(form, shown), text);
}

/** As in an address. A text that is cut in a surrogate pair can't be in one. */
const encoded = (text: string): string => (text.isWellFormed() ? encodeURIComponent(text) : text);
