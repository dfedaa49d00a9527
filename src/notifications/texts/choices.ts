// What owners choose about a kind of notification for everybody: whether it is on by default, and whether anybody gets it.
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, notFound } from "../../kernel/errors.ts";
import { isAlwaysOn } from "../kinds/kinds.ts";
import { findChoices, hasOtherChoicesSql, setChoices, type KindChoices } from "./store/choices.ts";
import type { AuditNote } from "./templates.ts";

export type { KindChoices } from "./store/choices.ts";
export type ChosenKind = ReturnType<typeof findChoices>["_"]["result"][number];

/** The kind as it is then. Throws 400 for one that protects an account: it is always on. */
export async function changeChoices(
  deps: Deps,
  [kind]: readonly ChosenKind[],
  choices: KindChoices,
  audit: AuditNote,
): Promise<ChosenKind> {
  if (kind === undefined) throw notFound("Notification template");
  if (isAlwaysOn(kind.id)) throw new ApiError(400, `"${kind.name}" protects accounts: it is always on.`);
  const detail = {
    ...(choices.defaultChoice === undefined ? {} : { enabled_by_default: choices.defaultChoice }),
    ...(choices.isDisabled === undefined ? {} : { disabled: choices.isDisabled }),
  };
  const entry = audit({ action: "write", detail }, hasOtherChoicesSql(kind.id, choices));
  const { after } = await deps.db.write([entry, setChoices(kind.id, choices)], {
    after: findChoices(kind.id),
  });
  return after[0]!;
}
