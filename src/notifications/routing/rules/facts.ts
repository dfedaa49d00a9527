// The facts of an event that filters ask for.
import type { thingFacts } from "../../../../db/rules/template-file.ts";
import { findKind, kindNameOf, severityOf, type SeverityChoice } from "../../kinds/kinds.ts";
import type { Facts } from "./filter/language.ts";

/** Names of what an event is about. */
export type ThingFacts = Partial<Record<(typeof thingFacts)[number], string | undefined>>;

/** `template`: the event's kind. One of another system is known by its id, and counts as `info`. */
export function factsOf(
  template: SeverityChoice,
  { labels, facts = {} }: { labels: Readonly<Record<string, string>>; facts?: ThingFacts | undefined },
): Facts {
  const kind = findKind(template.id);
  const { template: name = "", preset = "", workspace = "", owner = "" } = facts;
  return {
    kind: kindNameOf(template.id),
    severity: severityOf(template),
    group: kind?.group ?? "Coder Events",
    template: name,
    preset,
    workspace,
    owner,
    labels,
  };
}

/** The names in the labels of Coder's notifications, which don't always have the same. */
export const factsOfCoder = (
  labels: Readonly<Record<string, string>>,
  group: string | undefined,
): ThingFacts => ({
  template:
    labels["template"] ??
    labels["template_name"] ??
    (group === "Template Events" ? labels["name"] : undefined) ??
    "",
  preset: labels["preset"] ?? "",
  workspace: labels["workspace"] ?? (group === "Workspace Events" ? labels["name"] : undefined) ?? "",
  owner: labels["workspace_owner_username"] ?? labels["claimant"] ?? "",
});
