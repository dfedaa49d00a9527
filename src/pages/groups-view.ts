// HTML of groups: the list, one group with its members, and the forms that change it.
import type { GroupRow } from "../accounts/store/groups.ts";
import type { UserRow } from "../accounts/store/users.ts";
import { countLabel, tag } from "./components.ts";
import { fields, problem, type Field } from "./form.ts";
import { attributes, html } from "./html.ts";
import type { Html } from "./layout.ts";
import type { ApiError } from "../kernel/errors.ts";
import { question } from "./question.ts";
import { groupPath, groupsPath, userPath } from "./rules/links.ts";

export const groupsCrumb = { title: "Groups", page: groupsPath };

/** What was typed. */
export type Given = Partial<Record<"name" | "display_name" | "add_users", string>>;

export interface Failed {
  error: ApiError;
  given: Given;
}

export const groupList = (groups: readonly GroupRow[]): Html =>
  html`<ul class="items people" role="list">
    ${groups.map(
      ({ name, displayName, memberCount }) =>
        html`<li class="person">
          <h2><a href="${groupPath(name)}">${displayName === "" ? name : displayName}</a></h2>
          <p class="seen">${countLabel(memberCount, "member")}</p>
          ${displayName === "" ? "" : html`<p class="who-is">${name}</p>`}
        </li>`,
    )}
  </ul>`;

const groupFields = ({ name, display_name: displayName }: Given): Field[] => [
  {
    name: "name",
    label: "Name",
    type: "text",
    autocomplete: "off",
    value: name,
    hint: "Letters, digits and hyphens, for example sre.",
  },
  {
    name: "display_name",
    label: "Display name",
    type: "text",
    autocomplete: "off",
    value: displayName,
    optional: true,
  },
];

const usersField = (value: string | undefined, optional: boolean): Field => ({
  name: "add_users",
  label: "Users to add",
  type: "lines",
  autocomplete: "off",
  value,
  optional,
  hint: "Usernames, separated by commas or line breaks.",
});

export function creationForm(failed: Failed | undefined): Html {
  const form = [...groupFields(failed?.given ?? {}), usersField(failed?.given.add_users, true)];
  return html`<details class="adding" ${attributes({ open: failed !== undefined })}>
    <summary class="button">Create a group</summary>
    <form class="sheet" method="post" action="${groupsPath}">
      <h2>Create a group</h2>
      ${problem(failed?.error, form)} ${fields(form, failed?.error)}
      <button class="button primary" type="submit">Create group</button>
    </form>
  </details>`;
}

/** `manages`: with a button that removes each. */
export const memberList = (group: string, members: readonly UserRow[], manages: boolean): Html =>
  html`<ul class="items people" role="list">
    ${members.map(
      ({ id, username, name, email, status }) =>
        html`<li class="person">
          <h2><a href="${userPath(username)}">${name === "" ? username : name}</a></h2>
          <p class="tags">${status === "active" ? "" : tag(status)}</p>
          <p class="who-is">${[name === "" ? "" : username, email].filter(Boolean).join(" · ")}</p>
          ${
            manages
              ? html`<form method="post" action="${groupPath(group)}/remove">
                  <input type="hidden" name="user" value="${id}" />
                  <button class="quiet" type="submit" aria-label="Remove ${username}">Remove</button>
                </form>`
              : ""
          }
        </li>`,
    )}
  </ul>`;

export const addForm = (group: string, failed: Failed | undefined): Html => {
  const form = [usersField(failed?.given.add_users, false)];
  return html`<form class="sheet" method="post" action="${groupPath(group)}/add">
    <h2>Add members</h2>
    ${problem(failed?.error, form)} ${fields(form, failed?.error)}
    <button class="button primary" type="submit">Add members</button>
  </form>`;
};

export const changeForm = ({ name, displayName }: GroupRow, failed: Failed | undefined): Html => {
  const form = groupFields(failed?.given ?? { name, display_name: displayName });
  return html`<details class="adding" ${attributes({ open: failed !== undefined })}>
    <summary class="button">Rename</summary>
    <form class="sheet" method="post" action="${groupPath(name)}/change">
      <h2>Rename</h2>
      ${problem(failed?.error, form)} ${fields(form, failed?.error)}
      <button class="button primary" type="submit">Save</button>
    </form>
  </details>`;
};

export const deleteControl = ({ name, memberCount }: GroupRow, isAsked: boolean): Html =>
  isAsked
    ? question({
        title: `Delete the group ${name}?`,
        text: `Its ${countLabel(memberCount, "member")} stay users. Notifications can no longer be sent to it, and rules that name it no longer match. This can't be undone.`,
        action: `${groupPath(name)}/delete`,
        label: "Delete group",
        back: groupPath(name),
        isFinal: true,
      })
    : html`<div class="acts controls">
        <a class="button" href="${groupPath(name)}?ask=delete">Delete</a>
      </div>`;

export const groupsAside = html`<p class="aside">
  <a href="/docs/administration/groups">About groups</a>
</p>`;
