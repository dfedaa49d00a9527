// What owners choose about a kind of notification for everybody: whether it is on by default, and whether anybody gets it.
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, invalid, notFound } from "../../kernel/errors.ts";
import { isAlwaysOn, isOnlyByMail } from "../kinds/kinds.ts";
import { methodsOf } from "../kinds/methods.ts";
import { findChoices, hasOtherChoicesSql, setChoices, type KindChoices } from "./store/choices.ts";
import type { AuditNote } from "./templates.ts";

export type { KindChoices } from "./store/choices.ts";
export type ChosenKind = ReturnType<typeof findChoices>["_"]["result"][number];

/** The kind as it is then. Throws 400 for what would turn off one that protects an account, or send it by another channel. */
export async function changeChoices(
  deps: Deps,
  [kind]: readonly ChosenKind[],
  choices: KindChoices,
  audit: AuditNote,
): Promise<ChosenKind> {
  if (kind === undefined) throw notFound("Notification template");
  const { defaultChoice, isDisabled, severity, method } = choices;
  if (isAlwaysOn(kind.id) && (defaultChoice !== undefined || isDisabled !== undefined))
    throw new ApiError(400, `"${kind.name}" protects accounts: it is always on.`);
  if (isOnlyByMail(kind.id) && method !== undefined && method !== null && method !== "smtp")
    throw invalid("channels", "must be smtp: this kind is sent by email only");
  const detail = {
    ...(defaultChoice === undefined ? {} : { enabled_by_default: defaultChoice }),
    ...(isDisabled === undefined ? {} : { disabled: isDisabled }),
    ...(severity === undefined ? {} : { severity }),
    ...(method === undefined ? {} : { channels: methodsOf(method) }),
  };
  const entry = audit({ action: "write", detail }, hasOtherChoicesSql(kind.id, choices));
  const { after } = await deps.db.write([entry, ...setChoices(kind.id, choices, deps.now())], {
    after: findChoices(kind.id),
  });
  return after[0]!;
}
