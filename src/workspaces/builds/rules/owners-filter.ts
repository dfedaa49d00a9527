// Whose workspaces: `template:docker@v2 status:running`. All parts must match the same workspace.
import { didYouMean } from "../../../kernel/rules/nearest.ts";
import { workspaceStatuses, type WorkspaceStatus } from "../../jobs/rules/job.ts";
import { searchTerms, type SearchResult } from "./search.ts";

export interface OwnersFilter {
  template?: string;
  /** Of that template, by name. */
  version?: string;
  /** Any of these. */
  statuses?: WorkspaceStatus[];
}

const known = ["template", "status"];

export function parseOwnersFilter(text: string): SearchResult<OwnersFilter> {
  const filter: OwnersFilter = {};
  for (const { key, value } of searchTerms(text)) {
    if (key === "template") {
      const at = value.indexOf("@");
      const [template, version] = at < 0 ? [value] : [value.slice(0, at), value.slice(at + 1)];
      if (template === "" || version === "") return problem(`"template:${value}" has no name, ${example}`);
      if (filter.template !== undefined) return problem("template: only one is allowed");
      filter.template = template!;
      if (version !== undefined) filter.version = version;
    } else if (key === "status") {
      const statuses = value.toLowerCase().split(",");
      const unknown = statuses.find((status) => !isStatus(status));
      if (unknown !== undefined)
        return problem(`unknown status "${unknown}", use ${workspaceStatuses.join(", ")}`);
      filter.statuses = [...(filter.statuses ?? []), ...statuses.filter(isStatus)];
    } else if (key === undefined) return problem(`"${value}" is not a filter, ${example}`);
    else return problem(`unknown filter "${key}", use template or status.${didYouMean(key, known)}`);
  }
  return filter.template === undefined && filter.statuses === undefined
    ? problem(`must not be empty, ${example}`)
    : { ok: true, search: filter };
}

const example = "use one like template:docker@v2 status:running";
const problem = (text: string) => ({ ok: false as const, problem: text });
const isStatus = (text: string): text is WorkspaceStatus => workspaceStatuses.some((one) => one === text);
