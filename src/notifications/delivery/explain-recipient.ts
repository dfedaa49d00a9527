// Why somebody got an event, or did not.
import { explainAbsence, type StoredRule } from "../outbox/rules/absence.ts";
import { describeReason } from "../outbox/rules/reasons.ts";
import type { EventRow, PersonRow } from "./store/event.ts";

export interface RecipientFacts {
  event: EventRow;
  person: PersonRow;
  /** The reasons of each recipient. */
  recipients: readonly { userId: string; reasons: string }[];
}

export interface RecipientExplanation {
  isRecipient: boolean;
  /** Sentences. */
  text: string;
}

export function explainRecipient({ event, person, recipients }: RecipientFacts): RecipientExplanation {
  const own = recipients.find(({ userId }) => userId === person.id);
  if (own !== undefined) {
    const why = (JSON.parse(own.reasons) as string[]).map(describeReason);
    const who = why.filter(({ question }) => question === "who").map(({ text }) => `${text}.`);
    return { isRecipient: true, text: who.join(" ") };
  }
  const sentences = explainAbsence({
    rule: event.recipientRule === null ? null : (JSON.parse(event.recipientRule) as StoredRule),
    createdAt: event.createdAt,
    targets: JSON.parse(event.targets) as string[],
    offByDefault: event.offByDefault,
    recipients: recipients.map(({ reasons }) => JSON.parse(reasons) as string[]),
    person: { ...person, roles: JSON.parse(person.roles) as string[] },
  });
  return { isRecipient: false, text: sentences.join(" ") };
}
