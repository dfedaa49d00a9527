// The difference between two texts, line by line, for two columns: lines that both have stand beside each other, and so do a
// removed line and the one that replaced it.

export interface DiffRow {
  kind: "same" | "changed" | "removed" | "added";
  /** Undefined where the old text has no line. */
  old?: string;
  /** Undefined where the new text has no line. */
  new?: string;
}

/** Beyond this many pairs of lines, what differs is shown as replaced: the comparison takes a step for each pair. */
const maxPairs = 250_000;

export function diffLines(oldLines: readonly string[], newLines: readonly string[]): DiffRow[] {
  let start = 0;
  const shortest = Math.min(oldLines.length, newLines.length);
  while (start < shortest && oldLines[start] === newLines[start]) start += 1;
  let end = 0;
  while (end < shortest - start && oldLines.at(-1 - end) === newLines.at(-1 - end)) end += 1;
  const oldMiddle = oldLines.slice(start, oldLines.length - end);
  const newMiddle = newLines.slice(start, newLines.length - end);
  return [
    ...oldLines.slice(0, start).map(sameRow),
    ...diffMiddle(oldMiddle, newMiddle),
    ...oldLines.slice(oldLines.length - end).map(sameRow),
  ];
}

const sameRow = (line: string): DiffRow => ({ kind: "same", old: line, new: line });

function diffMiddle(oldLines: readonly string[], newLines: readonly string[]): DiffRow[] {
  if (oldLines.length * newLines.length > maxPairs) return replaced(oldLines, newLines);
  const lengths = commonLengths(oldLines, newLines);
  const rows: DiffRow[] = [];
  let [oldAt, newAt] = [0, 0];
  let [oldFrom, newFrom] = [0, 0];
  while (oldAt < oldLines.length && newAt < newLines.length) {
    if (oldLines[oldAt] === newLines[newAt]) {
      rows.push(...replaced(oldLines.slice(oldFrom, oldAt), newLines.slice(newFrom, newAt)));
      rows.push(sameRow(oldLines[oldAt]!));
      oldFrom = oldAt += 1;
      newFrom = newAt += 1;
    } else if (lengths[oldAt + 1]![newAt]! >= lengths[oldAt]![newAt + 1]!) oldAt += 1;
    else newAt += 1;
  }
  return [...rows, ...replaced(oldLines.slice(oldFrom), newLines.slice(newFrom))];
}

/** For each pair of places, the length of the longest sequence of lines that both texts have after them. */
function commonLengths(oldLines: readonly string[], newLines: readonly string[]): Uint16Array[] {
  const lengths = Array.from({ length: oldLines.length + 1 }, () => new Uint16Array(newLines.length + 1));
  for (let oldAt = oldLines.length - 1; oldAt >= 0; oldAt -= 1) {
    for (let newAt = newLines.length - 1; newAt >= 0; newAt -= 1) {
      lengths[oldAt]![newAt] =
        oldLines[oldAt] === newLines[newAt]
          ? lengths[oldAt + 1]![newAt + 1]! + 1
          : Math.max(lengths[oldAt + 1]![newAt]!, lengths[oldAt]![newAt + 1]!);
    }
  }
  return lengths;
}

function replaced(oldLines: readonly string[], newLines: readonly string[]): DiffRow[] {
  return Array.from({ length: Math.max(oldLines.length, newLines.length) }, (_, at): DiffRow => {
    if (at >= newLines.length) return { kind: "removed", old: oldLines[at]! };
    if (at >= oldLines.length) return { kind: "added", new: newLines[at]! };
    return { kind: "changed", old: oldLines[at]!, new: newLines[at]! };
  });
}
