// Metrics in Prometheus' text format, version 0.0.4. Histograms are stored as counters: an observation is counted in the one
// bucket where it falls, and buckets are added up when they are shown.
import { canonicalJson } from "./json.ts";

export interface Sample {
  /** `_bucket`, `_sum` or `_count` of a histogram. */
  suffix?: string;
  labels?: Record<string, string>;
  value: number;
}

export interface Family {
  name: string;
  type: "counter" | "gauge" | "histogram";
  help: string;
  samples: Sample[];
}

export const expositionType = "text/plain; version=0.0.4; charset=utf-8";

export function exposition(families: readonly Family[]): string {
  return families.map(familyText).join("");
}

function familyText({ name, type, help, samples }: Family): string {
  const heading = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
  return heading + samples.map((sample) => sampleText(name, sample)).join("");
}

function sampleText(name: string, { suffix = "", labels = {}, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${suffix}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${number(value)}\n`;
}

const number = (value: number) =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
const escapeHelp = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
const escapeLabel = (text: string) => escapeHelp(text).replaceAll('"', '\\"');

/** A counter as it is stored; `labels` is JSON. Of a histogram's bucket, `sum` has the seconds that were observed in it. */
export interface CounterRow {
  name: string;
  labels: string;
  value: number;
  sum: number;
}

/** Those of the same name and labels become one. */
export function addUp(rows: readonly CounterRow[]): CounterRow[] {
  const sums = new Map<string, CounterRow>();
  for (const row of rows) {
    const key = `${row.name} ${row.labels}`;
    const found = sums.get(key);
    const added = found && { ...row, value: found.value + row.value, sum: found.sum + row.sum };
    sums.set(key, added ?? row);
  }
  return [...sums.values()];
}

/** What is stored under one name. */
export const samplesOf = (rows: readonly CounterRow[], name: string): Sample[] =>
  rows
    .filter((row) => row.name === name)
    .map(({ labels, value }) => ({ labels: parseLabels(labels), value }));

const parseLabels = (labels: string) => JSON.parse(labels) as Record<string, string>;

/** Labels are JSON with sorted names: one text for one row. */
export type Addition = [name: string, labels: string, value: number, sum?: number];

export interface Histogram {
  name: string;
  help: string;
  /** Upper bounds in seconds. */
  buckets: readonly number[];
}

const beyond = "+Inf";

/** The upper bound of the bucket where an observation falls, as its label. */
export function bucketOf(buckets: readonly number[], seconds: number): string {
  const bound = buckets.find((limit) => seconds <= limit);
  return bound === undefined ? beyond : String(bound);
}

export const toSeconds = (milliseconds: number): number => Math.max(0, milliseconds) / 1_000;

/** What one observation adds to the counters. */
export function observe(
  { name, buckets }: Histogram,
  labels: Record<string, string>,
  milliseconds: number,
): Addition {
  const seconds = toSeconds(milliseconds);
  return [`${name}_bucket`, canonicalJson({ ...labels, le: bucketOf(buckets, seconds) }), 1, seconds];
}

/** One series for each set of labels that was observed. */
export function histogramFamily({ name, help, buckets }: Histogram, rows: readonly CounterRow[]): Family {
  const series = new Map<
    string,
    { labels: Record<string, string>; counts: Map<string, number>; sum: number }
  >();
  const seriesOf = (labels: Record<string, string>) => {
    const key = canonicalJson(labels);
    const found = series.get(key) ?? { labels, counts: new Map<string, number>(), sum: 0 };
    series.set(key, found);
    return found;
  };
  for (const row of rows) {
    if (row.name === `${name}_bucket`) {
      const { le, ...labels } = parseLabels(row.labels);
      const one = seriesOf(labels);
      one.counts.set(le!, row.value);
      one.sum += row.sum;
    }
    // The release before had rows for sums.
    if (row.name === `${name}_sum`) seriesOf(parseLabels(row.labels)).sum += row.value;
  }
  const samples = [...series.values()].flatMap(({ labels, counts, sum }): Sample[] => {
    let total = 0;
    return [
      ...[...buckets.map(String), beyond].map((le) => {
        total += counts.get(le) ?? 0;
        return { suffix: "_bucket", labels: { ...labels, le }, value: total };
      }),
      { suffix: "_sum", labels, value: sum },
      { suffix: "_count", labels, value: total },
    ];
  });
  return { name, type: "histogram", help, samples };
}
