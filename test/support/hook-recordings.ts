// What hooks got from real agents with a scripted model: Claude Code 2.1.332, Codex 0.171.0 and Gemini CLI 0.61.0. A line for
// each hook in hook-recordings/; only paths, ids and the texts of the model are replaced, and what is long is cut.
import { readFileSync } from "node:fs";

export interface Step {
  input: Record<string, unknown>;
  /** `STATE TITLE: MESSAGE`; undefined: no report. */
  report: string | undefined;
  /** A minute passes before the next event, so that a state is notified if it is one for a notification. */
  quiet?: "waiting" | "done" | "failed" | "nothing";
}

type Line = Omit<Step, "report"> & { report?: string };

export const recordedSteps = (agent: string): Step[] =>
  readFileSync(new URL(`./hook-recordings/${agent}.jsonl`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text) as Line)
    .map((line) => ({ ...line, report: line.report }));
