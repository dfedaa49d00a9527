// Whether a document is a plan that can be read, and in words what is wrong with it where it is none.
import { fields } from "../../../kernel/rules/shape.ts";

export interface PlanProblem {
  /** As in the document: `resource_changes.3.address`. */
  field: string;
  detail: string;
}

const howToMakeOne = "print a plan with: terraform show -json PLANFILE";

/** Nothing when it can be read. Formats 0.x and 1.x can: within one, members are only added. */
export function problemOfPlan(document: unknown): PlanProblem | undefined {
  if (typeof document !== "object" || document === null || Array.isArray(document))
    return { field: "body", detail: `must be an object; ${howToMakeOne}` };
  const { format_version: version, resource_changes: changes, planned_values: planned } = fields(document);
  if (version !== undefined && !(typeof version === "string" && /^[01]\.\d+/.test(version)))
    return { field: "format_version", detail: "is not one that is known here: 0.x and 1.x are" };
  if (Array.isArray(changes)) return changes.map(problemOfChange).find((problem) => problem !== undefined);
  if (changes !== undefined && changes !== null)
    return { field: "resource_changes", detail: "must be a list" };
  // A plan that changes nothing has none.
  if (planned !== undefined) return undefined;
  const isState = version !== undefined || fields(document)["values"] !== undefined;
  return {
    field: "resource_changes",
    detail: isState ? `is missing: this is a state; ${howToMakeOne}` : `is missing; ${howToMakeOne}`,
  };
}

function problemOfChange(raw: unknown, at: number): PlanProblem | undefined {
  const wrong = (member: string, detail: string) => ({ field: `resource_changes.${at}${member}`, detail });
  if (!isObject(raw)) return wrong("", "must be an object");
  const { address, type, change } = fields(raw);
  if (typeof address !== "string" || address === "") return wrong(".address", "must be a text");
  if (!isNone(type) && typeof type !== "string") return wrong(".type", "must be a text");
  if (isNone(change)) return undefined;
  if (!isObject(change)) return wrong(".change", "must be an object");
  const { actions, replace_paths: paths } = fields(change);
  if (!isNone(actions) && !(Array.isArray(actions) && actions.every((one) => typeof one === "string")))
    return wrong(".change.actions", "must be a list of texts");
  return isNone(paths) || Array.isArray(paths) ? undefined : wrong(".change.replace_paths", "must be a list");
}

const isNone = (value: unknown) => value === undefined || value === null;
const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
