// The `q` of the list of workspaces: `owner:me template:docker name:web status:running`; a bare word is part of a name.
import { workspaceStatuses, type WorkspaceStatus } from "../../jobs/rules/job.ts";

export interface WorkspaceSearch {
  /** `me` or a username. */
  owner?: string;
  template?: string;
  /** A part of the name. */
  name?: string;
  status?: WorkspaceStatus;
}

export type WorkspaceSearchVerdict = { ok: true; search: WorkspaceSearch } | { ok: false; problem: string };

const known = ["owner", "template", "name", "status"] as const;

/** `owner/name` is one workspace. Values may be in double quotes. */
export function parseWorkspaceSearch(q: string): WorkspaceSearchVerdict {
  const chosen: Partial<Record<(typeof known)[number], string>> = {};
  for (const [, key, quoted, plain = ""] of q.matchAll(/(?:([\w-]+):)?(?:"([^"]*)"|(\S+))/g)) {
    const value = quoted ?? plain;
    const filter = known.find((one) => one === key);
    if (filter !== undefined) chosen[filter] = value;
    else if (key !== undefined)
      return { ok: false, problem: `there is no filter "${key}"; known are ${known.join(", ")}` };
    else if (value.includes("/")) {
      chosen.owner = value.slice(0, value.indexOf("/"));
      chosen.name = value.slice(value.indexOf("/") + 1);
    } else chosen.name = value;
  }
  const { status, ...rest } = chosen;
  if (status === undefined) return { ok: true, search: rest };
  const found = workspaceStatuses.find((one) => one === status.toLowerCase());
  return found === undefined
    ? { ok: false, problem: `"${status}" is no status; known are ${workspaceStatuses.join(", ")}` }
    : { ok: true, search: { ...rest, status: found } };
}
