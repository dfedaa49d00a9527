// Asks before something is lost: a question with a form that does it, and a link back.
import { html } from "./html.ts";
import type { Html } from "./layout.ts";

export interface Question {
  title: string;
  text: string;
  /** Where the form goes. */
  action: string;
  /** What its button says: the deed, with its object. */
  label: string;
  /** Without doing it. */
  back: string;
  /** After doing it, where the form takes that. */
  to?: string | undefined;
  /** It can't be undone. */
  isFinal?: boolean;
}

export const question = ({ title, text, action, label, back, to, isFinal = false }: Question): Html =>
  html`<div class="ask" role="group" aria-labelledby="question">
    <h2 id="question">${title}</h2>
    <p>${text}</p>
    <form method="post" action="${action}">
      ${to === undefined ? "" : html`<input type="hidden" name="to" value="${to}" />`}
      <button class="button ${isFinal ? "danger" : "primary"}" type="submit">${label}</button>
      <a class="button" href="${back}">Cancel</a>
    </form>
  </div>`;
