// Events of other systems, which come with their text and their kind. Who disabled a kind or muted a thing isn't notified, as
// by Belfry's own; a kind that Belfry doesn't know is created in the write that stores its first event.
import type { Answers, SQL } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { findKind } from "../kinds/kinds.ts";
import { factsOfCoder } from "../routing/rules/facts.ts";
import { isPaused, settingsKey } from "../preferences/store/settings.ts";
import { givenGroup, givenVersion, insertGivenKind, type GivenKind } from "../texts/store/given-kinds.ts";
import type { Rendered } from "../texts/rules/render.ts";
import { notify, type StatementOrNotice } from "./notify.ts";
import { prepareEvent, type NotificationEvent } from "./prepare-event.ts";
import { findRecipients, type Audience } from "./store/recipients.ts";
import { findSettingsOfNew, findTemplateToSend } from "./store/template.ts";

export interface GivenEvent extends NotificationEvent {
  kind: GivenKind;
  text: Rendered;
}

/** What must be read before the event can be prepared. */
export const givenReads = (kindId: string, audience: Audience) => ({
  kind: findTemplateToSend(kindId),
  recipients: findRecipients(kindId, audience),
  settings: findSettingsOfNew(),
});

export type GivenAnswers = Answers<ReturnType<typeof givenReads>>;

export interface PreparedGiven {
  eventId: string;
  /** For one write; nothing is written unless the condition holds, before and after each of them. */
  changes: (when: SQL) => StatementOrNotice[];
}

/** Throws 413 if the data is too large. */
export function prepareGiven(
  deps: Deps,
  { kind, ...event }: GivenEvent,
  { kind: found, recipients, settings }: GivenAnswers,
): PreparedGiven {
  const [known] = found;
  const template =
    known === undefined
      ? newTemplate(kind, settings)
      : // The other system has asked the recipient already: what is off by default here, an opt-in there has turned on.
        { ...known, enabledByDefault: known.defaultChoice ?? true };
  const facts = factsOfCoder(event.labels, findKind(kind.id)?.group);
  const prepared = prepareEvent(deps, { ...event, facts }, { template: [template], recipients });
  const created = (when: SQL) =>
    known === undefined ? insertGivenKind(kind, deps.newId(), deps.now(), when) : [];
  return {
    eventId: prepared.eventId,
    changes: (when) => [...created(when), notify(prepared, { when })],
  };
}

function newTemplate({ id, name }: GivenKind, settings: GivenAnswers["settings"]) {
  const valuesOf = (wanted: string) => settings.filter(({ key }) => key === wanted);
  return {
    ...givenVersion,
    id,
    key: "",
    name,
    group: givenGroup,
    kind: "system" as const,
    enabledByDefault: true,
    defaultChoice: null,
    isDisabled: false,
    method: null,
    severities: null,
    isPaused: isPaused(valuesOf(settingsKey)) ? 1 : 0,
    receivers: valuesOf("receivers")[0]?.value ?? "[]",
    rules: valuesOf("rules")[0]?.value ?? "[]",
  };
}
