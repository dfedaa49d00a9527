// Lines of a program's output: split, cleaned, masked, with a level, in batches for the server.
import { plain } from "../../cli/rules/text.ts";

export type Level = "trace" | "debug" | "info" | "warn" | "error";
export type Stream = "out" | "error";

/** A line is cut to the second length only after it is masked. */
const maxReadLength = 16_384;
const maxSentLength = 4_096;

export interface Split {
  lines: string[];
  /** After the last line break. */
  open: string;
}

export function splitLines(open: string, text: string): Split {
  const parts = (open + text).split(/\r?\n/);
  const last = parts.pop()!;
  return { lines: parts.map((line) => line.slice(0, maxReadLength)), open: last.slice(0, maxReadLength) };
}

/** Masked, without colors, and cut. */
export function tidyLine(line: string, mask: (text: string) => string): string {
  // Text before a carriage return was overwritten, for example by a progress bar.
  const visible = line.slice(line.lastIndexOf("\r", line.length - 2) + 1);
  const clean = mask(plain(visible)).trimEnd();
  return clean.length > maxSentLength ? `${clean.slice(0, maxSentLength).toWellFormed()}…` : clean;
}

/** Terraform draws a frame around warnings and errors on standard error. */
export type Frame = "warning" | "error" | undefined;

/** The frame of a line; `before` is the frame of the previous line. */
export function frameOf(line: string, before: Frame): Frame {
  const kind = /^[│╷ ]*(Warning|Error):/.exec(line)?.[1];
  if (kind !== undefined) return kind === "Warning" ? "warning" : "error";
  return line.startsWith("│") ? before : undefined;
}

/** For a claim, an attribute that forces a replacement is a warning. The edges of a frame are not errors. */
export function levelOf(line: string, stream: Stream, frame: Frame, isClaim: boolean): Level {
  if (frame === "warning" || (isClaim && line.includes("# forces replacement"))) return "warn";
  return stream === "out" || /^[╷╵]?\s*$/.test(line) ? "info" : "error";
}

/** Terraform's first `Error:`, else the last line that is not empty. */
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
  /** A line that is sent twice is stored once. */
  id: string;
  level: Level;
  source: "provisioner" | "provisioner_daemon";
  stage: string;
  output: string;
  created_at: string;
}

export const batchLines = 100;
const batchCharacters = 200_000;
/** Further lines are dropped: an unreachable server must not fill the memory. */
export const maxWaitingLines = 10_000;

/** How many lines are in the next batch. */
export function batchSize(lines: readonly LogLine[]): number {
  let characters = 0;
  const end = lines.findIndex((line, index) => {
    characters += line.output.length;
    return index >= batchLines || (index > 0 && characters > batchCharacters);
  });
  return end === -1 ? lines.length : end;
}

const replacement = "********";
/** Shorter secrets would mask parts of ordinary words. */
const minSecretLength = 4;

/** Also masks each line of a secret, and its JSON and URL encodings. */
export function createMask(secrets: readonly string[]): (text: string) => string {
  const forms = secrets.flatMap((secret) => [secret, ...secret.split(/\r?\n/)]);
  const quoted = forms.flatMap((form) => [form, JSON.stringify(form).slice(1, -1), encoded(form)]);
  const all = [...new Set(quoted)]
    .filter((form) => form.trim().length >= minSecretLength)
    // The longest first: one can contain another.
    .toSorted((a, b) => b.length - a.length);
  return (text) => all.reduce((masked, form) => masked.replaceAll(form, replacement), text);
}

/** A lone surrogate can't be encoded. */
const encoded = (text: string): string => (text.isWellFormed() ? encodeURIComponent(text) : text);
