// A value of JSON as Go's `%v` prints it: that is how Coder writes the paths of a plan, and people compare the two.

/** Levels that are written out; deeper ones are a sign of something that is no plan. */
const deepest = 16;

export function goText(value: unknown, depth = 0): string {
  if (value === null || value === undefined) return "<nil>";
  if (typeof value === "number") return goNumber(value);
  if (typeof value !== "object") return String(value);
  if (depth === deepest) return "…";
  if (Array.isArray(value)) return `[${value.map((one) => goText(one, depth + 1)).join(" ")}]`;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `map[${members.map(([name, one]) => `${name}:${goText(one, depth + 1)}`).join(" ")}]`;
}

/** Go takes the form with an exponent from a million on, JavaScript much later; it writes two digits of it at least. */
function goNumber(value: number): string {
  if (Object.is(value, -0)) return "-0";
  const [, digits, sign, exponent] = /^(.+)e([+-])(\d+)$/.exec(value.toExponential()) ?? [];
  const size = Number(`${sign}${exponent}`);
  return size < -4 || size >= 6 ? `${digits}e${sign}${exponent!.padStart(2, "0")}` : String(value);
}
