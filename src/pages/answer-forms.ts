// The forms that answer a question of an agent: a button for each option, and a line of text. On the question's page, and
// the buttons wherever the question is listed.
import { html } from "./html.ts";
import { maxTextBytes } from "../agent-sessions/questions/rules/question.ts";
import { attributes, type Html } from "./layout.ts";
import { questionPath } from "./rules/links.ts";

/** One that is open. */
export interface OpenQuestion {
  id: string;
  options: readonly string[];
}

/** For a row of a list: `title` is the id of what the buttons answer, `here` the page to return to. */
export const optionButtons = (
  { id, options }: OpenQuestion,
  { title, here }: { title: string; here: string },
): Html | "" =>
  options.length === 0
    ? ""
    : html`<form method="post" action="${questionPath(id)}" class="options">
        <input type="hidden" name="to" value="${here}" />
        ${options.map(
          (option) =>
            html`<button
              class="button"
              name="option"
              value="${option}"
              type="submit"
              aria-describedby="${title}"
            >
              ${option}
            </button>`,
        )}
      </form>`;

/** For a row whose buttons belong to the page's form `item`. */
export const itemOptions = ({ id, options }: OpenQuestion): Html =>
  html`${options.map(
    (option) =>
      html`<button
        class="button"
        form="item"
        formaction="${questionPath(id)}"
        name="option"
        value="${option}"
      >
        ${option}
      </button>`,
  )}`;

export interface AnswerPage extends OpenQuestion {
  takesText: boolean;
  /** Where the forms go. */
  action: string;
  /** What was typed and not accepted. */
  typed: string;
  isWrong: boolean;
}

/** A form each, so that Enter in the line never presses an option. */
export function answerForms({ options, takesText, action, typed, isWrong }: AnswerPage): Html {
  return html`${
    options.length === 0
      ? ""
      : html`<form method="post" action="${action}" class="options" aria-label="Options">
          ${options.map(
            (option) =>
              html`<button class="button primary" name="option" value="${option}" type="submit">
                ${option}
              </button>`,
          )}
        </form>`
  }${
    takesText
      ? html`<form method="post" action="${action}">
          <div class="field">
            <label for="text">${options.length === 0 ? "Your answer" : "Or in your own words"}</label>
            <input
              id="text"
              name="text"
              type="text"
              value="${typed}"
              maxlength="${maxTextBytes}"
              autocomplete="off"
              required
              ${attributes({ "aria-invalid": isWrong ? "true" : undefined })}
            />
          </div>
          <button class="button ${options.length === 0 ? "primary" : ""}" type="submit">Send answer</button>
        </form>`
      : ""
  }`;
}
