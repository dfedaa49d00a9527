// Regular expressions that templates bring for their parameters. They run on values that people send, so only those are
// taken that are quick on every value: no repeated group that repeats or chooses, no looking around, no references.

/** Characters of a value that a pattern is tried on. */
export const longestPatternValue = 256;
const longestPattern = 500;
/** In a pattern that begins at the value's beginning; one that may begin anywhere has one less. */
const mostRepeats = 3;

const tokens = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?|[()|]|[*+]|\{\d+(?:,\d*)?\}|\?|[^]/g;
const isRepeat = (token: string) => /^([*+]|\{.*\})$/.test(token) && token !== "{1}" && token !== "{0,1}";

/** Words that follow the pattern; undefined for one that may be used. */
export function problemWithPattern(pattern: string): string | undefined {
  if (pattern.length > longestPattern) return `is longer than ${longestPattern} characters`;
  if (!compiles(pattern)) return "is no regular expression";
  const all: string[] = pattern.replaceAll("(?:", "(").match(tokens) ?? [];
  if (all.includes("(?")) return "must not look around, name groups or set flags";
  if (all.some((token) => /^\\[1-9k]/.test(token))) return "must not refer to groups";
  const most = all[0] === "^" && !all.includes("|") ? mostRepeats : mostRepeats - 1;
  if (all.filter(isRepeat).length > most) return `must not have more than ${most} repeats`;
  return repeatsOfRepeats(all) ? "must not repeat a group that repeats or has alternatives" : undefined;
}

/** What matches somewhere in the value, as in Go. */
export const matches = (pattern: string, value: string): boolean => new RegExp(pattern).test(value);

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}

function repeatsOfRepeats(all: readonly string[]): boolean {
  const open: boolean[] = [];
  return all.some((token, at) => {
    const last = open.length - 1;
    if (token === "(") open.push(false);
    else if (token === ")") {
      const isComplex = open.pop() ?? false;
      if (isComplex && isRepeat(all[at + 1] ?? "")) return true;
      if (isComplex && last > 0) open[last - 1] = true;
    } else if (last >= 0 && (token === "|" || isRepeat(token))) open[last] = true;
    return false;
  });
}
