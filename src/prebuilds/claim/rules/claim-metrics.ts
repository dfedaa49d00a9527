// Metrics of claims and durations: Coder's two histograms, and claims that replaced resources.
import type { Claim } from "../../drift/rules/drift-event.ts";
import {
  histogramFamily,
  observe,
  type Addition,
  type Histogram,
  samplesOf,
  type CounterRow,
  type Family,
} from "../../../kernel/rules/metrics.ts";

const creations: Histogram = {
  name: "coderd_workspace_creation_duration_seconds",
  help: "Seconds from the request of a new workspace, or a prebuild, to the end of its build.",
  buckets: [1, 10, 30, 60, 300, 600, 1_800, 3_600],
};
const claims: Histogram = {
  name: "coderd_prebuilt_workspace_claim_duration_seconds",
  help: "Seconds from the claim of a prebuilt workspace to the end of its build.",
  buckets: [1, 5, 10, 20, 30, 60, 120, 180, 240, 300],
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

/** What its success adds to the counters: nothing for a build that gives nobody a workspace that is new to them. */
export function durationOf(build: TimedBuild, now: number): Addition[] {
  const { stage, transition, number, organization, template, preset } = build;
  if (transition !== "start" || (stage === "none" && number > 1)) return [];
  const labels = { organization_name: organization, template_name: template, preset_name: preset ?? "" };
  const took = now - build.createdAt;
  if (stage === "claim") return [observe(claims, labels, took)];
  return [observe(creations, { ...labels, type: stage === "create" ? "prebuild" : "regular" }, took)];
}

const durationFamilies = (rows: readonly CounterRow[]): Family[] =>
  [creations, claims].map((one) => histogramFamily(one, rows));

export const replacementsTotal = "coderd_prebuilt_workspaces_resource_replacements_total";

export const replacementLabels = ({ organizationName, templateName, presetName }: Claim) => ({
  organization_name: organizationName,
  template_name: templateName,
  preset_name: presetName,
});

/** Counted where claims end. */
export const prebuildFamilies = (counters: readonly CounterRow[]): Family[] => [
  {
    name: replacementsTotal,
    type: "counter",
    help: "Claims of prebuilt workspaces that destroyed and recreated a resource: how many claims, not how many resources.",
    samples: samplesOf(counters, replacementsTotal),
  },
  ...durationFamilies(counters),
];
