// The environment of the programs that do a job: this daemon's without its secrets, and the job's variables.
import { aiPromptParameter } from "../../workspaces/templates/rules/template-name.ts";
import type { Job } from "./job.ts";

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
