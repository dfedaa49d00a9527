// Which kinds of notification go to a receiver.
import type { MinSeverity } from "../../../../db/schema.ts";
import { findKind, kinds } from "../../kinds/kinds.ts";

export interface ReceiverFilter {
  /** Ids of templates; null: all except personal ones. */
  kinds: readonly string[] | null;
  minSeverity: MinSeverity;
}

const ranks = { info: 0, success: 0, warning: 1, critical: 2 } as const;

/** They concern one person, who may not want a whole channel to read them: they must be named. */
const personalKinds: readonly string[] = (
  [
    "custom-notification",
    "password-changed",
    "test-notification",
    "your-account-activated",
    "your-account-suspended",
    "situation-resolved",
  ] as const
).map((name) => kinds[name].id);

/** Kinds that only one person may read. */
export const canReceive = (templateId: string): boolean =>
  findKind(templateId)?.onlyByMail !== true && templateId !== kinds["situation-resolved"].id;

const isPersonal = (templateId: string): boolean =>
  personalKinds.includes(templateId) || findKind(templateId)?.group === "Agent Events";

/** A kind of another system counts as `info`. */
export function matches(
  { kinds: named, minSeverity }: ReceiverFilter,
  template: { id: string; enabledByDefault: boolean },
): boolean {
  if (!canReceive(template.id)) return false;
  if (ranks[findKind(template.id)?.severity ?? "info"] < ranks[minSeverity]) return false;
  return named === null ? template.enabledByDefault && !isPersonal(template.id) : named.includes(template.id);
}
