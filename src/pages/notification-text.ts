// The text of a notification template as HTML: its preview with the sample or a past event, and two texts side by side.
import { html, raw } from "./html.ts";
import type { Action } from "../../db/schema.ts";
import { relativeTime } from "../../public/relative-time.js";
import type { Actor } from "../accounts/rules/actor.ts";
import { toReader } from "../api/notification-changes.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError } from "../kernel/errors.ts";
import type { TemplateText } from "../notifications/texts/rules/render.ts";
import { payloadOfEvent, preview, type Preview, type TextAnswers } from "../notifications/texts/templates.ts";
import { attributes, type Html } from "./layout.ts";
import { toProse } from "./rules/document.ts";
import { diffLines, type DiffRow } from "./rules/line-diff.ts";

/** A stored version as it is edited and compared. */
export const textOf = (version: { title: string; body: string; actions: string }): TemplateText => ({
  title: version.title,
  body: version.body,
  actions: JSON.parse(version.actions) as Action[],
});

export interface EventChoice {
  /** An event's id; undefined for the sample. */
  selected: string | undefined;
  field: (now: number) => Html;
}

/** The values of a preview: the sample, or one of the kind's last events. An event that is gone is the sample. */
export function eventChoice({ recent }: TextAnswers, wanted: string | undefined): EventChoice {
  const selected = recent.find(({ eventId }) => eventId === wanted)?.eventId;
  const field = (now: number) =>
    html`<label for="event">Preview with</label>
      <select id="event" name="event">
        <option value="">Sample data</option>
        ${recent.map(
          ({ eventId, createdAt, labels }) =>
            html`<option value="${eventId}" ${attributes({ selected: eventId === selected })}>
              Notification sent ${relativeTime(createdAt, now, "UTC")}: ${summaryOf(labels)}
            </option>`,
        )}
      </select>`;
  return { selected, field };
}

const maxSummary = 60;

/** The first values of an event, to tell it from others. */
function summaryOf(labels: string): string {
  const values = Object.values(JSON.parse(labels) as Record<string, string>);
  const text = values.join(", ").replaceAll(/\s+/g, " ");
  return text.length > maxSummary ? `${text.slice(0, maxSummary)}…` : text;
}

/** The text as the reader would get it; what is wrong with it if it can't be rendered. */
export function renderDraft(
  deps: Deps,
  actor: Actor,
  read: TextAnswers,
  { text, choice }: { text: TemplateText; choice: EventChoice },
): Preview | ApiError {
  try {
    const given = choice.selected === undefined ? undefined : payloadOfEvent(read, choice.selected);
    return preview(deps, toReader(actor), read, text, given);
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) return error;
    throw error;
  }
}

const fieldNames: Record<string, string> = {
  title_template: "Title",
  body_template: "Body",
  actions: "Buttons",
};

/** `actions.0.url` → `Button 1, link` */
export function fieldName(field: string): string {
  const [, index, member] = /^actions\.(\d+)\.(label|url)$/.exec(field) ?? [];
  if (index === undefined) return fieldNames[field] ?? field;
  return `Button ${Number(index) + 1}, ${member === "url" ? "link" : "label"}`;
}

/** As the notification looks in an inbox; what is wrong with the text if it can't be rendered. */
export function previewPane(shown: Preview | ApiError): Html {
  if (shown instanceof ApiError) {
    const problems = shown.validations ?? [{ field: "", detail: shown.message }];
    return html`<div id="preview" class="preview" data-state="wrong">
      <div class="problem" role="alert">
        ${problems.map(({ field, detail }) => html`<p>${field === "" ? "" : html`<strong>${fieldName(field)}:</strong> `}${detail}</p>`)}
      </div>
    </div>`;
  }
  return html`<div id="preview" class="preview">
    <h3>${raw(shown.titleHtml)}</h3>
    <div class="prose">${raw(toProse(shown.body))}</div>
    ${
      shown.actions.length === 0
        ? ""
        : html`<p class="acts">
            ${shown.actions.map(({ label, url }) => html`<span class="button" title="${url}">${label}</span> `)}
          </p>`
    }
  </div>`;
}

const linesOf = (text: string) => text.split("\n");
const actionLines = (actions: readonly Action[]) => actions.map(({ label, url }) => `${label} → ${url}`);

/** Two texts side by side; on a narrow screen one above the other. */
export function comparison(
  old: TemplateText,
  fresh: TemplateText,
  names: { old: string; new: string },
): Html {
  const parts: [string, DiffRow[]][] = [
    ["Title", diffLines(linesOf(old.title), linesOf(fresh.title))],
    ["Body", diffLines(linesOf(old.body), linesOf(fresh.body))],
    ["Buttons", diffLines(actionLines(old.actions), actionLines(fresh.actions))],
  ];
  return html`<table class="difference">
    <caption class="spoken">
      ${names.old} compared with ${names.new}
    </caption>
    <thead>
      <tr>
        <th scope="col">${names.old}</th>
        <th scope="col">${names.new}</th>
      </tr>
    </thead>
    ${parts.filter(([, rows]) => rows.length > 0).map(([name, rows]) => comparedPart(name, rows))}
  </table>`;
}

function comparedPart(name: string, rows: readonly DiffRow[]): Html {
  const isSame = rows.every(({ kind }) => kind === "same");
  return html`<tbody>
    <tr class="part">
      <th scope="rowgroup" colspan="2">${name}${isSame ? ": no difference" : ""}</th>
    </tr>
    ${isSame ? "" : rows.map(comparedRow)}
  </tbody>`;
}

const comparedRow = ({ kind, old, new: fresh }: DiffRow): Html =>
  html`<tr${attributes({ "data-kind": kind })}>
    ${comparedCell(old, kind === "same" ? "" : "−", "removed")}
    ${comparedCell(fresh, kind === "same" ? "" : "+", "added")}
  </tr>`;

function comparedCell(line: string | undefined, sign: string, name: string): Html {
  if (line === undefined) return html`<td></td>`;
  const mark = sign === "" ? "" : html`<span class="sign" role="img" aria-label="${name}">${sign}</span>`;
  const state = sign === "" ? undefined : name;
  return html`<td${attributes({ "data-line": state ?? "same" })}>${mark}<code>${line}</code></td>`;
}
