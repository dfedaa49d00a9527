// What Terraform is called with, what is read from its failures, and what of a plan leaves this machine (no values).
import { fields, isText, items } from "../../kernel/rules/json.ts";
import { nonSensitivePath } from "../../prebuilds/drift/rules/terraform-plan.ts";
import type { PermanentErrorCode } from "../../workspaces/jobs/rules/job.ts";
import { aiPromptParameter } from "../../workspaces/templates/rules/names.ts";
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

type Environment = Record<string, string | undefined>;

/** Other folders and other workspaces of Terraform would mix the jobs. */
const dropped = /^(BELFRY_.*|TF_WORKSPACE|TF_DATA_DIR|TF_VAR_belfry_.*)$/;

const inherited = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !dropped.test(name)));

/** What a variable of Terraform may be called; others can't be passed. */
export const isVariableName = (name: string): boolean => /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name);

/** Terraform takes no notice of variables that the template doesn't declare, so all are always there. */
export function terraformEnvironment(job: Job, environment: Environment): Environment {
  const parameters = job.parameters
    .filter(({ name, value }) => isVariableName(name) && !value.includes("\0"))
    .map(({ name, value }) => [`TF_VAR_${name}`, value] as const);
  return {
    ...inherited(environment),
    ...Object.fromEntries(parameters),
    TF_VAR_belfry_transition: job.transition === "stop" ? "stop" : "start",
    TF_VAR_belfry_workspace_id: job.workspace.id,
    TF_VAR_belfry_workspace_name: job.workspace.name,
    TF_VAR_belfry_workspace_owner: job.workspace.ownerName,
    TF_VAR_belfry_agent_token: job.agentToken,
    TF_VAR_belfry_ai_prompt: job.parameters.find(({ name }) => name === aiPromptParameter)?.value ?? "",
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "1",
  };
}

export const scriptEnvironment = (
  environment: Environment,
  files: { result: string; state: string },
): Environment => ({
  ...inherited(environment),
  BELFRY_RESULT: files.result,
  BELFRY_STATE: files.state,
});

const codes: Record<string, PermanentErrorCode> = {
  "No value for required variable": "REQUIRED_TEMPLATE_VARIABLES",
  "Invalid value for variable": "INVALID_VALUE",
  "Invalid value for input variable": "INVALID_VALUE",
};

export interface VariableProblem {
  code: PermanentErrorCode;
  /** Names the variables; of a value that is refused also why. */
  problem: string;
}

/** Undefined where something else, or a module's variable failed: its value may come from what changes. */
export function variableProblem(lines: readonly string[]): VariableProblem | undefined {
  const bare = lines.map((line) => line.replace(/^[│╷╵\s]+/, "").trim());
  const starts = bare.flatMap((line, at) => (line.startsWith("Error:") ? [at] : []));
  const found = starts.flatMap((start, index) => {
    const read = readDiagnostic(bare.slice(start, starts[index + 1]));
    return read === undefined ? [] : [read];
  });
  const [first] = found;
  if (first === undefined) return undefined;
  const alike = found.filter(({ summary }) => summary === first.summary);
  const problem =
    first.code === "INVALID_VALUE"
      ? `${first.summary} ${first.name}: ${first.detail}`
      : `${first.summary}: ${alike.map(({ name }) => name).join(", ")}`;
  return { code: first.code, problem };
}

/** A summary, where, the line of code with what it has been given, and why, as paragraphs. */
function readDiagnostic(lines: readonly string[]) {
  const summary = lines[0]!.slice("Error:".length).trim();
  const code = codes[summary];
  const where = lines.findIndex((line) => line.startsWith("on "));
  const name = /^\d+: variable ("[^"]+")/.exec(lines[where + 1] ?? "")?.[1];
  if (code === undefined || where < 0 || name === undefined) return undefined;
  const rest = lines.slice(where + 1);
  const detail = rest.slice(rest.indexOf("") + 1);
  const end = detail.indexOf("");
  return { code, summary, name, detail: detail.slice(0, end < 0 ? undefined : end).join(" ") };
}

export interface ReducedPlan {
  resource_changes: {
    address: string;
    type: string;
    action_reason?: string;
    change: { actions: string[]; replace_paths?: (string | number)[][] };
  }[];
}

/** From the document that `terraform show -json PLAN` prints. What stays as it is is left out. */
export function reducePlan(document: unknown, mask: (text: string) => string): ReducedPlan {
  const changes = items(fields(document)["resource_changes"]).map(fields);
  return {
    resource_changes: changes.flatMap(({ address, type, action_reason: reason, change: raw }) => {
      const change = fields(raw);
      const actions = items(change["actions"]).filter(isText);
      if (!isText(address) || actions.every((action) => action === "no-op" || action === "read")) return [];
      const paths = items(change["replace_paths"]).map((path) =>
        pathOf(nonSensitivePath(path, change), mask),
      );
      return {
        // Keys of for_each stand in it, and in paths what is in a set.
        address: mask(address),
        type: isText(type) ? type : "",
        ...(isText(reason) ? { action_reason: reason } : {}),
        change: { actions, ...(paths.length === 0 ? {} : { replace_paths: paths }) },
      };
    }),
  };
}

/** Up to the first step that is no name and no number: an element of a set is named by its value. */
function pathOf(path: unknown, mask: (text: string) => string): (string | number)[] {
  const steps = items(path);
  const isStep = (step: unknown) => typeof step === "string" || typeof step === "number";
  const end = steps.findIndex((step) => !isStep(step));
  const shown = (end === -1 ? steps : steps.slice(0, end)) as (string | number)[];
  return shown.map((step) => (typeof step === "string" ? mask(step) : step));
}
