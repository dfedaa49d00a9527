// A change of a file for the terminal: lines that go with `-`, lines that come with `+`, and some around them.
import { diffLines } from "../../../pages/rules/line-diff.ts";

const around = 2;

export function changedLines(before: string, after: string): string[] {
  const rows = diffLines(linesOf(before), linesOf(after));
  const isNear = (at: number) =>
    rows.slice(Math.max(0, at - around), at + around + 1).some(({ kind }) => kind !== "same");
  const lines: string[] = [];
  for (const [at, { kind, old, new: now }] of rows.entries()) {
    if (kind === "same") {
      if (isNear(at)) lines.push(`  ${old}`);
      else if (lines.length > 0 && lines.at(-1) !== "  …") lines.push("  …");
    }
    if (kind === "removed" || kind === "changed") lines.push(`- ${old}`);
    if (kind === "added" || kind === "changed") lines.push(`+ ${now}`);
  }
  return lines.at(-1) === "  …" ? lines.slice(0, -1) : lines;
}

const linesOf = (text: string): string[] => {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
};
