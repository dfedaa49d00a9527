// Which events go to a receiver.
import type { MinSeverity } from "../../../../db/schema.ts";
import { findKind, kinds, severityOf, type SeverityChoice } from "../../kinds/kinds.ts";
import { evaluate } from "../../routing/rules/filter/evaluation.ts";
import { severityRanks, type Facts, type Filter } from "../../routing/rules/filter/language.ts";

export interface ReceiverFilter {
  /** Ids of templates; null: all except personal ones. */
  kinds: readonly string[] | null;
  minSeverity: MinSeverity;
  /** What its filter asks of an event; null: nothing. */
  filter?: Filter | null;
}

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

/** Whether a rule can send this kind to it: what concerns one person goes only to receivers that name it. */
export const mayReceive = ({ kinds: named }: Pick<ReceiverFilter, "kinds">, templateId: string): boolean =>
  canReceive(templateId) && (!isPersonal(templateId) || named?.includes(templateId) === true);

/** A kind of another system counts as `info`. The facts of the event are asked for only by a filter. */
export function matches(
  { kinds: named, minSeverity, filter = null }: ReceiverFilter,
  template: SeverityChoice & { enabledByDefault: boolean },
  facts: () => Facts,
): boolean {
  if (!mayReceive({ kinds: named }, template.id)) return false;
  if (severityRanks[severityOf(template)] < severityRanks[minSeverity]) return false;
  if (named === null ? !template.enabledByDefault : !named.includes(template.id)) return false;
  return filter === null || evaluate(filter, facts());
}
