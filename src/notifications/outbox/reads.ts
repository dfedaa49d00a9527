// What is read before an event can be planned, for one event or several in one round trip. Producers call these.
import type { Answers } from "../../../db/client.ts";
import { findRecipients, type Audience } from "./store/recipients.ts";
import { readSettings } from "../preferences/store/settings.ts";
import { findTemplate } from "../texts/store/templates.ts";

/** What must be read before an event of this template can be planned. */
export function enqueueReads(templateId: string, audience: Audience) {
  return {
    template: findTemplate(templateId),
    recipients: findRecipients(templateId, audience),
    notificationSettings: readSettings(),
  };
}

export type EnqueueReads = ReturnType<typeof enqueueReads>;
export type EnqueueAnswers = Answers<EnqueueReads>;
type Named<Name extends string, T> = { [K in keyof T & string as `${Name}.${K}`]: T[K] };

/** The same under names of their own, so that the reads of several events travel together. */
export function enqueueReadsAs<Name extends string>(name: Name, templateId: string, audience: Audience) {
  const reads = Object.entries(enqueueReads(templateId, audience));
  return Object.fromEntries(reads.map(([key, read]) => [`${name}.${key}`, read])) as Named<
    Name,
    EnqueueReads
  >;
}

/** What `enqueueReadsAs` read. */
export function enqueueAnswersOf<Name extends string>(
  name: Name,
  answers: Named<Name, EnqueueAnswers>,
): EnqueueAnswers {
  const of = (key: keyof EnqueueAnswers) => (answers as Record<string, unknown>)[`${name}.${key}`];
  return {
    template: of("template"),
    recipients: of("recipients"),
    notificationSettings: of("notificationSettings"),
  } as EnqueueAnswers;
}
