// Resolving what is the matter, as statements of the write that ends it: for everybody, and with a notification for those who
// were notified by mail or webhook. Inboxes show it on the item itself.
import type { Statement } from "../../../db/client.ts";
import { defineKind } from "../kinds/define-kind.ts";
import { resolvedSentences } from "./rules/situation.ts";
import { insertClosing } from "./store/closing.ts";
import { resolveOpen, type Resolution } from "./store/situations.ts";

/** The title that it had is found by the write itself. */
const situationResolved = defineKind("situation-resolved", {
  audience: () => ({}),
  event: ({ how }: Pick<Resolution, "how">) => ({
    labels: { what: "", how: resolvedSentences[how] },
    data: null,
    targets: [],
    createdBy: "situations",
    recipients: {},
  }),
});

export interface Resolving extends Resolution {
  /** Whether those who were notified by mail or webhook are notified of the end, too. */
  closes?: boolean;
}

export function resolution({ closes = false, ...resolved }: Resolving): Statement[] {
  const { labels, createdBy } = situationResolved.event(resolved, []);
  return [
    ...resolveOpen(resolved),
    ...(closes ? insertClosing({ ...resolved, labels: JSON.stringify(labels), createdBy }) : []),
  ];
}
