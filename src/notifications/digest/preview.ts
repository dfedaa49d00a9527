// What a person's digest would say now.
import type { Answers, SQL } from "../../../db/client.ts";
import type { Action } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import { kinds } from "../kinds/kinds.ts";
import { findTemplateToSend } from "../outbox/store/template.ts";
import { renderOrFallback } from "../texts/rules/render.ts";
import { maxRead, toItems, worthSaying } from "./items.ts";
import { composeDigest } from "./rules/compose.ts";
import { parseSchedule, usualSchedule } from "./rules/schedule.ts";
import { findDigest, listWaiting } from "./store/digests.ts";

export const previewReads = (user: SQL<string> | string) => ({
  digest: findDigest(user),
  waiting: listWaiting(user, undefined, maxRead),
  template: findTemplateToSend(kinds["notification-digest"].id),
});

/** Title and body are Markdown. */
export function previewDigest(deps: Deps, read: Answers<ReturnType<typeof previewReads>>) {
  const { rows } = worthSaying(read.waiting, deps.now());
  const [person, template] = [read.digest[0], read.template[0]!];
  const others = Math.max(0, (person?.waiting ?? 0) - read.waiting.length);
  const count = rows.length + others;
  const { every } = parseSchedule(person?.digest) ?? usualSchedule;
  const { title, body } = renderOrFallback(
    deps.process.templates,
    {
      ...template,
      templateId: template.id,
      number: template.version,
      actions: JSON.parse(template.actions) as Action[],
    },
    {
      labels: { every, count: String(count) },
      data: { ...composeDigest(toItems(deps, rows), others, person?.timeZone ?? null) },
      user: { id: "", name: "", username: "", email: "" },
      baseUrl: deps.config.accessUrl,
      templateId: template.id,
    },
  );
  return { count, title, body };
}
