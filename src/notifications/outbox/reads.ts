// What is read before an event can be prepared. Kinds call it.
import type { Answers } from "../../../db/client.ts";
import { findRecipients, type Audience } from "./store/recipients.ts";
import { readSettings } from "../preferences/store/settings.ts";
import { findTemplate } from "../texts/store/templates.ts";

/** What must be read before an event of this template can be prepared. */
export function enqueueReads(templateId: string, audience: Audience) {
  return {
    template: findTemplate(templateId),
    recipients: findRecipients(templateId, audience),
    notificationSettings: readSettings(),
  };
}

export type EnqueueReads = ReturnType<typeof enqueueReads>;
export type EnqueueAnswers = Answers<EnqueueReads>;
