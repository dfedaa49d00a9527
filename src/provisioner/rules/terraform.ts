// Terraform's arguments and variables, the cause of a failure, and the reduced plan, which contains no values.
import { fields, isText, items } from "../../kernel/rules/json.ts";
import { nonSensitivePath } from "../../prebuilds/drift/rules/terraform-plan.ts";
import type { PermanentErrorCode } from "../../workspaces/jobs/rules/job.ts";
import { aiPromptParameter } from "../../workspaces/templates/rules/names.ts";
import type { Job } from "./job.ts";

export const planFile = "belfry.plan";
export const stateFile = "terraform.tfstate";
/** Terraform writes the state here if it can't write the other file; then it is the newer one. */
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

/** The state is stored in Belfry, whatever backend the template sets. */
export const backendOverride = {
  file: "belfry_override.tf.json",
  content: `${JSON.stringify({ terraform: { backend: { local: {} } } }, null, 2)}\n`,
};

/** Files of local runs in a template's folder are not part of the template. */
export const isLocalFile = (name: string): boolean =>
  name === ".terraform" || name === ".git" || /^(terraform|errored)\.tfstate(\.|$)/.test(name);

type Environment = Record<string, string | undefined>;

/** Would point jobs at other folders or Terraform workspaces, or contain the key. */
const notInherited = /^(BELFRY_.*|TF_WORKSPACE|TF_DATA_DIR|TF_VAR_belfry_.*)$/;

const inherited = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !notInherited.test(name)));

/** Other parameters can't be passed to Terraform. */
export const isVariableName = (name: string): boolean => /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name);

/** All variables are always set: Terraform ignores those that the template doesn't declare. */
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
  /** Names the variables, and for an invalid value the reason. */
  problem: string;
}

/** Undefined for other failures, and for a module's variable, whose value can change with a retry. */
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

/** Its paragraphs: summary, position, line of code with the value, reason. */
function readDiagnostic(lines: readonly string[]) {
  const summary = lines[0]!.slice("Error:".length).trim();
  const code = codes[summary];
  const position = lines.findIndex((line) => line.startsWith("on "));
  const name = /^\d+: variable ("[^"]+")/.exec(lines[position + 1] ?? "")?.[1];
  if (code === undefined || position < 0 || name === undefined) return undefined;
  const rest = lines.slice(position + 1);
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

/** From the output of `terraform show -json PLAN`, without unchanged resources. */
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
        // Addresses can contain keys of for_each, paths can contain elements of sets.
        address: mask(address),
        type: isText(type) ? type : "",
        ...(isText(reason) ? { action_reason: reason } : {}),
        change: { actions, ...(paths.length === 0 ? {} : { replace_paths: paths }) },
      };
    }),
  };
}

/** Cut before the first step that is neither a name nor a number: it is the value of a set's element. */
function pathOf(path: unknown, mask: (text: string) => string): (string | number)[] {
  const steps = items(path);
  const isStep = (step: unknown) => typeof step === "string" || typeof step === "number";
  const end = steps.findIndex((step) => !isStep(step));
  const shown = (end === -1 ? steps : steps.slice(0, end)) as (string | number)[];
  return shown.map((step) => (typeof step === "string" ? mask(step) : step));
}
