// The situation of an inbox item: on its row how often it occurred or how it ended, and in the opened item its history.
import { toInlineHtml } from "../notifications/texts/rules/markdown.ts";
import { resolvedLabel, type ItemSituation } from "../notifications/situations/rules/situation.ts";
import type { Process } from "../kernel/deps.ts";
import { moment } from "./components.ts";
import { html, raw } from "./html.ts";
import { subjectOf } from "./rules/inbox-item.ts";
import type { Html } from "./layout.ts";

/** From the row of an item; undefined for one without a situation. */
export const situationOf = (stored: string | null | undefined): ItemSituation | undefined =>
  stored == null ? undefined : (JSON.parse(stored) as ItemSituation);

/** `Recovered after 2 h 10 min`, or `7 times`; undefined for what happened once and is still so. */
export function situationLabel(situation: ItemSituation): string | undefined {
  const ended = resolvedLabel({ ...situation, by: null });
  return ended ?? (situation.occurrences === 1 ? undefined : `${situation.occurrences} times`);
}

export function situationHistory(
  situation: ItemSituation,
  item: { title: string },
  { now, accessUrl, rendered }: { now: number; accessUrl: string; rendered: Process["rendered"] },
): Html | "" {
  /** What they differ in from the item: the subject, or the title. */
  const earlierLabel = (title: string, subject: string | undefined) =>
    subject !== undefined && title === item.title ? subject : raw(rendered.titles(title, toInlineHtml));
  const { openedAt, lastAt, occurrences, resolvedAt, earlier } = situation;
  const ended = resolvedLabel(situation);
  if (ended === undefined && occurrences === 1) return "";
  return html`<div class="history">
    ${
      ended === undefined
        ? ""
        : html`<p class="ended"><strong>${ended}</strong>, ${moment(resolvedAt!, now)}.</p>`
    }
    ${
      occurrences === 1
        ? ""
        : html`<p>${occurrences} times, first ${moment(openedAt, now)}, last ${moment(lastAt, now)}.</p>`
    }
    ${
      earlier.length === 0
        ? ""
        : html`<ol aria-label="Earlier">
            ${earlier.map(
              ({ at, title, actions }) =>
                html`<li>
                  ${moment(at, now)}
                  <span>${earlierLabel(title, subjectOf(actions, title, accessUrl))}</span>
                </li>`,
            )}
          </ol>`
    }
  </div>`;
}
