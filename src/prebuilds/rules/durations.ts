// How long people and pools wait for workspaces: Coder's two histograms, kept as counters of the buckets in which they fall.
import type { Family, Sample } from "../../notifications/rules/exposition.ts";
import { samplesOf, type CounterRow } from "../../notifications/rules/totals.ts";

const creations = "coderd_workspace_creation_duration_seconds";
const claims = "coderd_prebuilt_workspace_claim_duration_seconds";

/** Seconds; Coder's. */
const buckets: Record<string, readonly number[]> = {
  [creations]: [1, 10, 30, 60, 300, 600, 1_800, 3_600],
  [claims]: [1, 5, 10, 20, 30, 60, 120, 180, 240, 300],
};

/** A build that is about to succeed. */
export interface TimedBuild {
  stage: "none" | "create" | "claim";
  transition: string;
  number: number;
  /** Epoch milliseconds. */
  createdAt: number;
  organization: string;
  template: string;
  /** Null without a preset. */
  preset: string | null;
}

export interface CounterAddition {
  name: string;
  labels: Record<string, string>;
  amount: number;
}

/** What its success adds to the counters: nothing for builds that give nobody a new workspace. */
export function durationOf(build: TimedBuild, now: number): CounterAddition[] {
  const { stage, transition, number, organization, template, preset } = build;
  const labels = { organization_name: organization, template_name: template, preset_name: preset ?? "" };
  const isFirst = transition === "start" && number === 1;
  if (transition !== "start" || (stage === "none" && !isFirst)) return [];
  const name = stage === "claim" ? claims : creations;
  const all = stage === "claim" ? labels : { ...labels, type: stage === "create" ? "prebuild" : "regular" };
  const seconds = Math.max(0, now - build.createdAt) / 1_000;
  const bound = buckets[name]!.find((most) => seconds <= most);
  return [
    {
      name: `${name}_bucket`,
      labels: { ...all, le: bound === undefined ? "+Inf" : String(bound) },
      amount: 1,
    },
    { name: `${name}_sum`, labels: all, amount: seconds },
    { name: `${name}_count`, labels: all, amount: 1 },
  ];
}

export const durationFamilies = (rows: readonly CounterRow[]): Family[] => [
  histogram(
    rows,
    creations,
    "Seconds from the request of a new workspace, or a prebuild, to the end of its build.",
  ),
  histogram(rows, claims, "Seconds from the claim of a prebuilt workspace to the end of its build."),
];

function histogram(rows: readonly CounterRow[], name: string, help: string): Family {
  const inBuckets = samplesOf(rows, `${name}_bucket`);
  const sums = samplesOf(rows, `${name}_sum`);
  const samples = samplesOf(rows, `${name}_count`).flatMap(({ labels = {}, value }): Sample[] => {
    const isOfThese = (sample: Sample) =>
      Object.entries(labels).every(([label, text]) => sample.labels?.[label] === text);
    let total = 0;
    const cumulative = buckets[name]!.map(String).map((le): Sample => {
      total += inBuckets.find((one) => isOfThese(one) && one.labels?.["le"] === le)?.value ?? 0;
      return { suffix: "_bucket", labels: { ...labels, le }, value: total };
    });
    return [
      ...cumulative,
      { suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value },
      { suffix: "_sum", labels, value: sums.find(isOfThese)?.value ?? 0 },
      { suffix: "_count", labels, value },
    ];
  });
  return { name, type: "histogram", help, samples };
}
