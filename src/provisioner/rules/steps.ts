// The steps of a job: what Terraform is called with, and what people see in the log above its lines.
import type { Job } from "./job.ts";

export const planFile = "belfry.plan";
export const stateFile = "terraform.tfstate";
/** Where Terraform puts the state that it could not write to the other; newer when it is there. */
export const rescuedStateFile = "errored.tfstate";

const quiet = ["-input=false", "-no-color"];

export const initArguments = ["init", ...quiet];
export const planArguments = ({ transition }: Job): string[] => [
  "plan",
  ...quiet,
  `-out=${planFile}`,
  ...(transition === "delete" ? ["-destroy"] : []),
];
export const showPlanArguments = ["show", "-json", "-no-color", planFile];
export const applyArguments = ["apply", ...quiet, planFile];
export const showStateArguments = ["show", "-json", "-no-color"];

export const stages = {
  setUp: "Setting up",
  init: "Initializing Terraform",
  plan: "Planning infrastructure",
  cleanUp: "Cleaning up",
} as const;

export const applyStage = ({ transition }: Job): string =>
  ({ start: "Starting workspace", stop: "Stopping workspace", delete: "Deleting workspace" })[transition];

/** The state stays with Belfry, whatever backend the template names. */
export const backendOverride = {
  file: "belfry_override.tf.json",
  content: `${JSON.stringify({ terraform: { backend: { local: {} } } }, null, 2)}\n`,
};

/** What somebody's own runs have left in a template's folder is no part of the template. */
export const isLeftOver = (name: string): boolean =>
  name === ".terraform" || name === ".git" || /^(terraform|errored)\.tfstate(\.|$)/.test(name);
