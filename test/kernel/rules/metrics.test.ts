// Metrics as text, and histograms stored as counters.
import { expect, test } from "vitest";
import { exposition, histogramFamily, observe, type CounterRow } from "../../../src/kernel/rules/metrics.ts";

test("values and labels are written as Prometheus reads them", () => {
  const samples = [1.5, Infinity, -Infinity, NaN].map((value) => ({ value }));
  const labelled = { suffix: "_count", labels: { a: 'x"\\\n', b: "" }, value: 2 };
  expect(
    exposition([{ name: "m", type: "gauge", help: "A \\ and\na line.", samples: [...samples, labelled] }]),
  ).toBe(
    String.raw`# HELP m A \\ and\na line.
# TYPE m gauge
m 1.5
m +Inf
m -Inf
m NaN
m_count{a="x\"\\\n",b=""} 2
`,
  );
  expect(exposition([])).toBe("");
});

const histogram = { name: "h", help: "Seconds.", buckets: [1, 5] };
const store = (observations: [labels: Record<string, string>, milliseconds: number][]) => {
  const rows = new Map<string, CounterRow>();
  for (const [labels, milliseconds] of observations) {
    const [name, text, value, seconds = 0] = observe(histogram, labels, milliseconds);
    const { value: before, sum } = rows.get(`${name} ${text}`) ?? { value: 0, sum: 0 };
    rows.set(`${name} ${text}`, { name, labels: text, value: before + value, sum: sum + seconds });
  }
  return [...rows.values()];
};

test("an observation counts in its own bucket and all larger ones; time never counts backwards", () => {
  const rows = store([
    [{ b: "2", a: "1" }, 500],
    [{ a: "1", b: "2" }, 1_000],
    [{ a: "1", b: "2" }, 4_000],
    [{ a: "1", b: "2" }, 9_000],
    [{ a: "other" }, -3],
  ]);
  const family = histogramFamily(histogram, rows);
  const values = family.samples.map(({ suffix, labels, value }) => [
    suffix,
    labels?.["a"],
    labels?.["le"],
    value,
  ]);
  expect(values).toEqual([
    ["_bucket", "1", "1", 2],
    ["_bucket", "1", "5", 3],
    ["_bucket", "1", "+Inf", 4],
    ["_sum", "1", undefined, 14.5],
    ["_count", "1", undefined, 4],
    ["_bucket", "other", "1", 1],
    ["_bucket", "other", "5", 1],
    ["_bucket", "other", "+Inf", 1],
    ["_sum", "other", undefined, 0],
    ["_count", "other", undefined, 1],
  ]);
});

test("sums of an earlier release are added to those of the buckets, also without labels", () => {
  const labels = "{}";
  const rows = [
    { name: "h_bucket", labels: '{"le":"5"}', value: 3, sum: 4 },
    { name: "h_count", labels, value: 2, sum: 0 },
    { name: "h_sum", labels, value: 7.5, sum: 0 },
    { name: "other_sum", labels, value: 1, sum: 1 },
  ];
  const family = histogramFamily(histogram, rows);
  expect(family.samples.map(({ value }) => value)).toEqual([0, 3, 3, 11.5, 3]);
});
