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

/** A counter as it is stored; `labels` is JSON. */
export interface CounterRow {
  name: string;
  labels: string;
  value: number;
}

/** What is stored under one name. */
export const samplesOf = (rows: readonly CounterRow[], name: string): Sample[] =>
  rows
    .filter((row) => row.name === name)
    .map(({ labels, value }) => ({ labels: JSON.parse(labels) as Record<string, string>, value }));

/** Labels are JSON with sorted names: one text for one row. */
export type Addition = [name: string, labels: string, value: number];

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
): Addition[] {
  const seconds = toSeconds(milliseconds);
  return [
    [`${name}_bucket`, canonicalJson({ ...labels, le: bucketOf(buckets, seconds) }), 1],
    [`${name}_sum`, canonicalJson(labels), seconds],
  ];
}

/** One series for each set of labels that was observed; the number of observations is that of all buckets. */
export function histogramFamily(
  { name, help, buckets }: Histogram,
  samplesOf: (name: string) => Sample[],
): Family {
  const inBuckets = new Map(
    samplesOf(`${name}_bucket`).map(({ labels, value }) => [canonicalJson(labels), value]),
  );
  const samples = samplesOf(`${name}_sum`).flatMap(({ labels = {}, value: sum }): Sample[] => {
    let total = 0;
    return [
      ...[...buckets.map(String), beyond].map((le) => {
        total += inBuckets.get(canonicalJson({ ...labels, le })) ?? 0;
        return { suffix: "_bucket", labels: { ...labels, le }, value: total };
      }),
      { suffix: "_sum", labels, value: sum },
      { suffix: "_count", labels, value: total },
    ];
  });
  return { name, type: "histogram", help, samples };
}
