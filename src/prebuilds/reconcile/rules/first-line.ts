// The line of a build's error that a list has room for.

/** Characters of an error's first line. */
const longestLine = 300;

/** The first line that says something, cut to what fits into a list. */
export function firstLine(error: string): string {
  const line =
    error
      .split(/\r?\n/)
      .find((one) => one.trim() !== "")
      ?.trim() ?? "it gave no reason";
  return line.length > longestLine ? `${line.slice(0, longestLine - 1)}…` : line;
}
