// The last lines of what a command prints on two streams, as a person would have seen them.
import { visiblePart, withoutControls } from "../../kernel/rules/terminal-text.ts";
import { plain } from "./text.ts";

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
