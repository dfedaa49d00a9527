// Rows with headings as aligned columns.
import { columnsOf, plainLine } from "./text.ts";

/** Lines, the headings first. Cells are made safe to print; the last column is not padded. */
export function table(headings: string[], rows: string[][]): string[] {
  const cells = [headings, ...rows.map((row) => row.map(plainLine))];
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => columnsOf(row[column] ?? ""))));
  return cells.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat(widths[column]! - columnsOf(cell)))
      .join("  ")
      .trimEnd(),
  );
}
