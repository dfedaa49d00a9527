// What the server hands to a provisioner: one job, checked as it comes in. `daemon.ts` reads it.
import { fields, textOr } from "../../kernel/rules/shape.ts";

export interface Parameter {
  name: string;
  value: string;
  /** Its value stays out of logs. */
  sensitive: boolean;
}

export interface Job {
  id: string;
  /** Of the question that it is the answer to. */
  acquireId: string;
  transition: "start" | "stop" | "delete";
  stage: string;
  agentToken: string;
  fileId: string | undefined;
  hasState: boolean;
  workspace: { id: string; name: string; ownerName: string };
  template: { id: string; name: string };
  version: { id: string; name: string };
  parameters: Parameter[];
  /** All of it as it came, for scripts. */
  raw: Record<string, unknown>;
}

/** Undefined when it is no job: then something else than Belfry has answered, or one that is much newer. */
export function readJob(body: unknown, acquireId: string): Job | undefined {
  const raw = fields(body);
  const id = textOr(raw["job_id"], "");
  const transition = transitions.find((known) => known === raw["transition"]);
  if (id === "" || transition === undefined) return undefined;
  const workspace = fields(raw["workspace"]);
  const named = (member: string) => ({
    id: textOr(fields(raw[member])["id"], ""),
    name: textOr(fields(raw[member])["name"], ""),
  });
  const parameters = Array.isArray(raw["parameters"]) ? raw["parameters"].map(fields) : [];
  return {
    id,
    acquireId,
    transition,
    stage: textOr(raw["stage"], "none"),
    agentToken: textOr(raw["agent_token"], ""),
    fileId: typeof raw["file_id"] === "string" ? raw["file_id"] : undefined,
    hasState: raw["has_state"] === true,
    workspace: { ...named("workspace"), ownerName: textOr(workspace["owner_name"], "") },
    template: named("template"),
    version: named("template_version"),
    parameters: parameters.map(({ name, value, sensitive }) => ({
      name: textOr(name, ""),
      value: textOr(value, ""),
      sensitive: sensitive === true,
    })),
    raw,
  };
}

const transitions = ["start", "stop", "delete"] as const;
