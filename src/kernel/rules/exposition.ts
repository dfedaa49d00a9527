// Prometheus' text format, version 0.0.4: families of samples become the text that a scrape gets.

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
