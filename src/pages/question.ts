// Asks before something is lost: a question with a form that does it, and a link back.
import { html } from "./html.ts";
import type { Html } from "./layout.ts";

/** By name; undefined ones are left out. */
export type HiddenFields = Readonly<Record<string, string | undefined>>;

export interface Question {
  title: string;
  text: string;
  /** Where the form goes. */
  action: string;
  /** What its button says: the deed, with its object. */
  label: string;
  /** Without doing it. */
  back: string;
  /** What the form sends besides, by name. */
  fields?: HiddenFields;
  /** Fields to fill in. */
  content?: Html | undefined;
  /** It can't be undone. */
  isFinal?: boolean;
}

export const hiddenFields = (fields: HiddenFields): Html[] =>
  Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => html`<input type="hidden" name="${name}" value="${value!}" />`);

export const question = ({
  title,
  text,
  action,
  label,
  back,
  fields = {},
  content,
  isFinal = false,
}: Question): Html =>
  html`<div class="ask" role="group" aria-labelledby="question">
    <h2 id="question">${title}</h2>
    ${text === "" ? "" : html`<p>${text}</p>`}
    <form method="post" action="${action}">
      ${hiddenFields(fields)} ${content}
      <button class="button ${isFinal ? "danger" : "primary"}" type="submit">${label}</button>
      <a class="button" href="${back}">Cancel</a>
    </form>
  </div>`;
