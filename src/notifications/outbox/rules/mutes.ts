// Whether somebody has muted what an event is about.
import type { MuteThing } from "../../../../db/schema.ts";
import { findKind } from "../../kinds/kinds.ts";

/** What can be muted of a kind's events, most specific first; nothing of those that are always on. */
export function mutableThings(templateId: string, targets: readonly string[]): readonly MuteThing[] {
  const kind = findKind(templateId);
  if (kind === undefined || kind.alwaysOn) return [];
  if (kind.group === "Workspace Events") return ["workspace", "template"];
  if (kind.group === "Task Events") return ["workspace"];
  // An agent's event is about its session, its user and the workspace that it runs in, if it does.
  if (kind.group === "Agent Events") return targets.length > 2 ? ["workspace"] : ["session"];
  if (kind.group !== "Template Events") return [];
  return kind.facts.includes("preset") ? ["preset", "template"] : ["template"];
}

/** Whether anything can. */
export const isMutable = (templateId: string): boolean => mutableThings(templateId, []).length > 0;

/**
 * The same for one recipient: a template that they mute doesn't silence their own workspaces, and what a source sends is about
 * things that aren't here.
 */
export const mutableFor = (
  { templateId, targets }: Pick<MuteSubject, "templateId" | "targets">,
  why: readonly string[],
): readonly MuteThing[] =>
  why.some((one) => one.startsWith("source_"))
    ? []
    : mutableThings(templateId, targets).filter(
        (thing) => !(thing === "template" && why.includes("workspace_owner")),
      );

/** What an event is about. */
export interface MuteSubject {
  templateId: string;
  targets: readonly string[];
  labels: Readonly<Record<string, string>>;
}

/** `mutes`: lines of thing, id and the preset's name, or null. */
export function isMuted(mutes: string | null, why: readonly string[], subject: MuteSubject): boolean {
  if (mutes === null) return false;
  const things = mutableFor(subject, why);
  return mutes.split("\n").some((line) => {
    const [, thing, id, preset] = /^(\S+) (\S+) (.*)$/.exec(line)!;
    return (
      things.includes(thing as MuteThing) &&
      subject.targets.includes(id!) &&
      (thing !== "preset" || preset === subject.labels["preset"])
    );
  });
}
