// Histograms kept as counters: each observation is stored in the one bucket where it falls, and they are summed up when
// they are shown.
import type { Family, Sample } from "./exposition.ts";
import { canonicalJson } from "./canonical-json.ts";

/** Labels are JSON with sorted names: one text for one row. */
export type Addition = [name: string, labels: string, value: number];

export interface Histogram {
  name: string;
  help: string;
  /** Upper bounds in seconds. */
  buckets: readonly number[];
}

const beyond = "+Inf";

/** What one observation adds to the counters. */
export function observe(
  { name, buckets }: Histogram,
  labels: Record<string, string>,
  milliseconds: number,
): Addition[] {
  const seconds = Math.max(0, milliseconds) / 1_000;
  const bound = buckets.find((most) => seconds <= most);
  const le = bound === undefined ? beyond : String(bound);
  return [
    [`${name}_bucket`, canonicalJson({ ...labels, le }), 1],
    [`${name}_sum`, canonicalJson(labels), seconds],
    [`${name}_count`, canonicalJson(labels), 1],
  ];
}

/** One series for each set of labels that was observed. */
export function histogramFamily(
  { name, help, buckets }: Histogram,
  samplesOf: (name: string) => Sample[],
): Family {
  const byLabels = (suffix: string) =>
    new Map(samplesOf(name + suffix).map(({ labels, value }) => [canonicalJson(labels), value]));
  const [inBuckets, sums] = [byLabels("_bucket"), byLabels("_sum")];
  const samples = samplesOf(`${name}_count`).flatMap(({ labels = {}, value }): Sample[] => {
    let total = 0;
    return [
      ...[...buckets.map(String), beyond].map((le) => {
        total += inBuckets.get(canonicalJson({ ...labels, le })) ?? 0;
        return { suffix: "_bucket", labels: { ...labels, le }, value: total };
      }),
      { suffix: "_sum", labels, value: sums.get(canonicalJson(labels)) ?? 0 },
      { suffix: "_count", labels, value },
    ];
  });
  return { name, type: "histogram", help, samples };
}
