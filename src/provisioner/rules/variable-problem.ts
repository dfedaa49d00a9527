// Reads from a failed plan whether it failed over the values of the template's own variables: the same values would fail
// again. The wording is Terraform's and OpenTofu's.
import type { PermanentErrorCode } from "../../workspaces/jobs/rules/job.ts";

const codes: Record<string, PermanentErrorCode> = {
  "No value for required variable": "REQUIRED_TEMPLATE_VARIABLES",
  "Invalid value for variable": "INVALID_VALUE",
  "Invalid value for input variable": "INVALID_VALUE",
};

export interface VariableProblem {
  code: PermanentErrorCode;
  /** Names the variables; of a value that is refused also why. */
  problem: string;
}

/** Undefined where something else, or a module's variable failed: its value may come from what changes. */
export function variableProblem(lines: readonly string[]): VariableProblem | undefined {
  const bare = lines.map((line) => line.replace(/^[│╷╵\s]+/, "").trim());
  const starts = bare.flatMap((line, at) => (line.startsWith("Error:") ? [at] : []));
  const found = starts.flatMap((start, index) => {
    const read = readDiagnostic(bare.slice(start, starts[index + 1]));
    return read === undefined ? [] : [read];
  });
  const [first] = found;
  if (first === undefined) return undefined;
  const alike = found.filter(({ summary }) => summary === first.summary);
  const problem =
    first.code === "INVALID_VALUE"
      ? `${first.summary} ${first.name}: ${first.detail}`
      : `${first.summary}: ${alike.map(({ name }) => name).join(", ")}`;
  return { code: first.code, problem };
}

/** A summary, where, the line of code with what it has been given, and why, as paragraphs. */
function readDiagnostic(lines: readonly string[]) {
  const summary = lines[0]!.slice("Error:".length).trim();
  const code = codes[summary];
  const where = lines.findIndex((line) => line.startsWith("on "));
  const name = /^\d+: variable ("[^"]+")/.exec(lines[where + 1] ?? "")?.[1];
  if (code === undefined || where < 0 || name === undefined) return undefined;
  const rest = lines.slice(where + 1);
  const detail = rest.slice(rest.indexOf("") + 1);
  const end = detail.indexOf("");
  return { code, summary, name, detail: detail.slice(0, end < 0 ? undefined : end).join(" ") };
}
