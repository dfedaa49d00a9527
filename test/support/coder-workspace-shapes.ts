// What Coder's command line reads of templates, workspaces and builds, each member of the kind that its Go structures take.
import type * as z from "zod";
import { coderShape } from "./coder-shapes.ts";

const job = coderShape("ProvisionerJob") as z.ZodType<{ id: string; status: string }>;
const agent = coderShape("WorkspaceAgent") as z.ZodType<{ id: string }>;
interface Build {
  id: string;
  build_number: number;
  status: string;
  template_version_id: string;
  job: { status: string };
  resources: { agents: { id: string }[] }[];
}
const build = coderShape("WorkspaceBuild") as z.ZodType<Build>;

export const workspaceShapes = {
  build,
  job,
  agent,
  workspace: coderShape("Workspace") as z.ZodType<{ id: string; outdated: boolean; latest_build: Build }>,
  template: coderShape("Template") as z.ZodType<{ id: string; active_version_id: string }>,
  version: coderShape("TemplateVersion"),
  parameter: coderShape("TemplateVersionParameter"),
  preset: coderShape("Preset"),
  value: coderShape("WorkspaceBuildParameter") as z.ZodType<{ name: string; value: string }>,
  needed: coderShape("MatchedProvisioners"),
} as const;
