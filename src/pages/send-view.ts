// HTML of the page that sends a custom notification: the form, the question, and what was sent.
import { siteRoles, type SiteRole } from "../../db/schema.ts";
import { reachedOf, type CountedReach } from "../api/custom-reach.ts";
import type { ApiError } from "../kernel/errors.ts";
import type { GivenSenders } from "../notifications/custom/senders.ts";
import { describeReach, describeRest } from "../notifications/custom/rules/reach.ts";
import { countLabel } from "./components.ts";
import { fields, problem, type Field } from "./form.ts";
import { attributes, html } from "./html.ts";
import type { Html } from "./layout.ts";
import { hiddenFields } from "./question.ts";
import { sendPath } from "./rules/links.ts";
import { roleLabel } from "./rules/labels.ts";

/** What was typed. */
export type Given = Partial<
  Record<"title" | "message" | "users" | "groups" | "workspaces" | "senders" | "key" | "back", string>
> & { roles?: readonly SiteRole[] };

const contentFields = ({ title, message }: Given): Field[] => [
  { name: "content.title", label: "Title", type: "text", autocomplete: "off", value: title },
  {
    name: "content.message",
    label: "Message",
    type: "lines",
    autocomplete: "off",
    value: message,
    hint: "Markdown, at most 2,000 bytes.",
  },
];

const list = { type: "text", autocomplete: "off", optional: true } as const;
const recipientFields = ({ users, groups, workspaces }: Given): Field[] => [
  {
    ...list,
    name: "recipients.users",
    label: "Users",
    value: users,
    hint: "Usernames, separated by commas.",
  },
  {
    ...list,
    name: "recipients.groups",
    label: "Groups",
    value: groups,
    hint: "Names, separated by commas.",
  },
  {
    ...list,
    name: "recipients.workspaces",
    label: "Owners of workspaces",
    value: workspaces,
    hint: "For example template:docker@v2 status:running.",
  },
];

export function sendForm(given: Given, error: ApiError | undefined): Html {
  const content = contentFields(given);
  const recipients = recipientFields(given);
  return html`<form class="sheet" method="post" action="${sendPath}">
    ${problem(error, [...content, ...recipients])} ${fields(content, error)}
    <h2>To</h2>
    <p class="hint">Recipients add up. Each person gets it once, however they match.</p>
    ${fields(recipients, error)} ${roleChecks(siteRoles, given.roles)}
    <button class="button primary" type="submit">Count recipients</button>
  </form>`;
}

const roleChecks = (roles: readonly SiteRole[], chosen: readonly SiteRole[] = []): Html =>
  html`<fieldset class="checks">
    <legend>Roles</legend>
    ${roles.map(
      (role) =>
        html`<label>
          <input
            type="checkbox"
            name="role-${role}"
            value="on"
            ${attributes({ checked: chosen.includes(role) })}
          />
          ${roleLabel(role)}</label
        >`,
    )}
  </fieldset>`;

/** Who may send besides owners. */
export function sendersForm({ roles, groups }: GivenSenders, error: ApiError | undefined): Html {
  const form: Field[] = [
    {
      ...list,
      name: "groups",
      label: "Groups that may send",
      value: groups.join(", "),
      hint: "Names, separated by commas.",
    },
  ];
  return html`<details class="adding" ${attributes({ open: error !== undefined })}>
    <summary class="button">Who may send to others</summary>
    <form class="sheet" method="post" action="${sendPath}/senders">
      <h2>Who may send to others</h2>
      <p class="hint">Owners always may. Only owners can change the members of a group that may send.</p>
      ${problem(error, form)}
      ${roleChecks(
        siteRoles.filter((role) => role !== "owner"),
        roles,
      )}
      ${fields(form, error)}
      <button class="button primary" type="submit">Save</button>
    </form>
  </details>`;
}

/** `key`: of this form, so that it is sent once. */
export function sendQuestion(given: Given, reach: CountedReach, key: string): Html {
  const { title, message, users, groups, workspaces, roles = [] } = given;
  const reached = reachedOf(reach);
  const hidden = hiddenFields({
    "content.title": title,
    "content.message": message,
    "recipients.users": users,
    "recipients.groups": groups,
    "recipients.workspaces": workspaces,
    ...Object.fromEntries(roles.map((role) => [`role-${role}`, "on"])),
  });
  const names = reach.sample.map(({ username }) => username).join(", ");
  const more = reach.recipients - reach.sample.length;
  return html`<div class="ask" role="group" aria-labelledby="question">
    <h2 id="question">Send “${title ?? ""}” to ${countLabel(reached, "person", "people")}?</h2>
    <p>${describeReach({ ...reach, reached })}</p>
    ${names === "" ? "" : html`<p class="hint">${names}${more > 0 ? ` and ${more} more` : ""}</p>`}
    <form method="post" action="${sendPath}/confirm">
      ${hidden} <input type="hidden" name="key" value="${key}" />
      ${reached === 0 ? "" : html`<button class="button primary" type="submit">Send</button>`}
      <button class="button" type="submit" formaction="${sendPath}" name="back" value="yes">Change</button>
    </form>
  </div>`;
}

export const sentNote = (people: number, minutes: number): Html =>
  html`<p class="note" role="status">
    Sent to ${countLabel(people || 0, "person", "people")}.${describeRest({ minutes: minutes || 0 })}
  </p>`;
