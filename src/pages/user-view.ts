// HTML of one user: facts, roles, and what can be done to the account.
import { html } from "./html.ts";
import { siteRoles, type SiteRole } from "../../db/schema.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { canAssignRole, canManageUser, hasPermission } from "../accounts/rules/permissions.ts";
import type { UserRow } from "../accounts/store/users.ts";
import { roleLabel } from "./rules/labels.ts";
import { factList, keyToCopy, moment, tag } from "./components.ts";
import { attributes, type Html } from "./layout.ts";
import { question, type Question } from "./question.ts";
import { filterPath, userPath, usersPath } from "./rules/links.ts";

/** Of a generated one: letters and digits, more than 100 bits. */
export const passwordLength = 20;

export interface CreatedUser {
  username: string;
  password: string;
}

export const createdNote = ({ username, password }: CreatedUser): Html =>
  html`<div class="note" role="status">
    <p>
      Created <a href="${userPath(username)}">${username}</a>. Copy the password now; it is not shown again.
    </p>
    ${keyToCopy("Password", password)}
  </div>`;

export type UserAction = "suspend" | "activate" | "reset" | "password" | "delete";

/** What the actor can do to this account. */
export function userActions(user: UserRow, actor: Actor, canMail: boolean): UserAction[] {
  const isOther = actor.userId !== user.id && !user.isSystem;
  if (!isOther || !canManageUser(actor, { roles: rolesOf(user) })) return [];
  if (user.status === "suspended") return ["activate", "delete"];
  return [...(canMail ? (["reset"] as const) : []), "password", "suspend", "delete"];
}

const rolesOf = (user: UserRow) => JSON.parse(user.roles) as SiteRole[];

const labels: Record<UserAction, string> = {
  reset: "Send password reset",
  password: "Set a new password",
  suspend: "Suspend",
  activate: "Reactivate",
  delete: "Delete",
};

const questions: Partial<Record<UserAction, Pick<Question, "title" | "text" | "label" | "isFinal">>> = {
  suspend: {
    title: "Suspend",
    text: "This revokes all their sessions and tokens immediately. They get no notifications until the account is reactivated.",
    label: "Suspend user",
  },
  password: {
    title: "Set a new password for",
    text: "Belfry generates one and shows it once. This revokes all their sessions and tokens immediately.",
    label: "Set a new password",
  },
  delete: {
    title: "Delete",
    text: "This revokes all their sessions and tokens immediately and deletes their inbox. This can't be undone.",
    label: "Delete user",
    isFinal: true,
  },
};

export const userHead = (user: UserRow): Html =>
  html`<div class="head">
    <h1>${user.name === "" ? user.username : user.name}</h1>
    <p class="tags">${tag(user.status)}</p>
  </div>`;

export const userFacts = (user: UserRow, actor: Actor, now: number): Html =>
  factList({
    Username: user.username,
    Email: user.email,
    Roles: rolesOf(user).map(roleLabel).join(", ") || "Member",
    Created: moment(user.createdAt, now),
    "Last seen": user.lastSeenAt === null ? "never signed in" : moment(user.lastSeenAt, now),
    Workspaces: hasPermission(actor, "workspaces:read-all")
      ? html`<a href="${filterPath(`owner:${user.username}`)}">View workspaces</a>`
      : undefined,
  });

/** The buttons, or the question that one of them asks. */
export function userControls(
  user: UserRow,
  actions: readonly UserAction[],
  asked: string | undefined,
): Html | string {
  const page = userPath(user.username);
  const action = actions.find((one) => one === asked);
  const asking = action && questions[action];
  if (asking !== undefined)
    return question({
      ...asking,
      title: `${asking.title} ${user.username}?`,
      action: `${page}/${action}`,
      back: page,
    });
  if (actions.length === 0) return "";
  return html`<div class="acts controls">
    ${actions.map((one) =>
      questions[one] === undefined
        ? html`<form method="post" action="${page}/${one}">
            <button class="button" type="submit">${labels[one]}</button>
          </form>`
        : html`<a class="button" href="${page}?ask=${one}">${labels[one]}</a>`,
    )}
  </div>`;
}

/** Only what the actor may assign can be changed; nothing is shown to who may assign none. */
export function roleForm(user: UserRow, actor: Actor): Html | string {
  const isOther = actor.userId !== user.id && !user.isSystem;
  if (!isOther || !siteRoles.every((role) => canAssignRole(actor, role))) return "";
  const held = rolesOf(user);
  return html`<form class="sheet" method="post" action="${userPath(user.username)}/roles">
    <fieldset class="checks">
      <legend><h2>Roles</h2></legend>
      ${siteRoles.map(
        (role) =>
          html`<label>
            <input
              type="checkbox"
              name="${role}"
              value="on"
              ${attributes({ checked: held.includes(role) })}
            />
            ${roleLabel(role)}</label
          >`,
      )}
    </fieldset>
    <p class="hint">
      Role changes apply immediately. <a href="/docs/administration/users#roles">What each role can do</a>
    </p>
    <button class="button primary" type="submit">Save roles</button>
  </form>`;
}

export const usersCrumb = { title: "Users", page: usersPath };
