// What the commands of workspaces read and say: names, parameters, and how a build ended.

export interface WorkspaceName {
  /** `me` for one's own. */
  owner: string;
  name: string;
}

/** `NAME`, or `OWNER/NAME`. Undefined for what is neither. */
export function parseWorkspaceName(text: string): WorkspaceName | undefined {
  const parts = text.split("/");
  if (parts.some((part) => part === "") || parts.length > 2) return undefined;
  return parts.length === 1 ? { owner: "me", name: parts[0]! } : { owner: parts[0]!, name: parts[1]! };
}

export type ParametersVerdict =
  | { ok: true; parameters: { name: string; value: string }[] }
  | { ok: false; problem: string };

/** `NAME=VALUE` each; a value may have more of the sign in it. */
export function parseParameters(texts: readonly string[]): ParametersVerdict {
  const parameters: { name: string; value: string }[] = [];
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 1) return { ok: false, problem: `--parameter takes NAME=VALUE, not "${text}"` };
    parameters.push({ name: text.slice(0, at), value: text.slice(at + 1) });
  }
  return { ok: true, parameters };
}

export interface EndedBuild {
  build_number: number;
  transition: string;
  workspace_name: string;
  job: { status: string; error?: string | undefined };
}

export const hasEnded = (status: string): boolean =>
  status === "succeeded" || status === "failed" || status === "canceled";

/** Whether Belfry may answer in a moment: it didn't, or was busy. */
export const isPassing = ({ status }: { status: number | undefined }): boolean =>
  status === undefined || status >= 500 || status === 429;

/** One line for the person who waited. */
export function outcomeWords({ build_number, transition, workspace_name, job }: EndedBuild): string {
  const build = `Build ${build_number} of ${workspace_name} (${transition})`;
  if (job.status === "succeeded") return `${build} has succeeded.`;
  if (job.status === "canceled") return `${build} was canceled.`;
  return `${build} has failed: ${job.error ?? "no reason was given"}`;
}
