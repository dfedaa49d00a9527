// HTML of the account page: password, tokens, sessions.
import { html } from "./html.ts";
import { tokenScopes, type TokenScope } from "../../db/schema.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { describeUserAgent } from "../accounts/rules/user-agent.ts";
import type { SessionListRow, TokenRow } from "../accounts/store/keys.ts";
import { maxSessions } from "../api/user-sessions.ts";
import type { ApiError } from "../kernel/errors.ts";
import { countLabel, factList, keyToCopy, moment, momentAhead, settingsTabs, tag } from "./components.ts";
import { fields, problem, type Field } from "./form.ts";
import type { Html } from "./layout.ts";
import { question } from "./question.ts";
import { roleLabel } from "./rules/labels.ts";
import { accountPath } from "./rules/links.ts";

export interface AccountView {
  actor: Actor;
  /** Newest first. */
  tokens: readonly TokenRow[];
  sessions: readonly SessionListRow[];
  maxLifetimeDays: number;
  now: number;
  shown: {
    /** The action that was completed. */
    done?: string | undefined;
    /** The id of the token that is to be revoked. */
    revoking?: string | undefined;
    created?: { name: string; key: string };
    failed?: { form: "password" | "token"; error: ApiError; name?: string };
  };
}

const notes: Record<string, string> = {
  password: "Your password was changed. All your other sessions and all your tokens were revoked.",
  revoked: "The token was revoked.",
  ended: "The session was signed out.",
  others: "All other sessions were signed out.",
};

export function accountMain(view: AccountView): Html {
  const { actor, shown } = view;
  const note = notes[shown.done ?? ""];
  return html`<section>
    <div class="head"><h1>Account settings</h1></div>
    ${settingsTabs(accountPath)} ${note === undefined ? "" : html`<p class="note" role="status">${note}</p>`}
    ${factList({ Username: actor.username, Name: actor.name || undefined, Email: actor.email || undefined, Roles: actor.roles.map(roleLabel).join(", ") || "Member" })}
    ${tokenPart(view)} ${sessionPart(view)} ${passwordPart(view)}
  </section>`;
}

const errorOf = ({ shown }: AccountView, form: "password" | "token") =>
  shown.failed?.form === form ? shown.failed.error : undefined;

function passwordPart(view: AccountView): Html {
  const error = errorOf(view, "password");
  const form: Field[] = [
    {
      name: "old_password",
      label: "Current password",
      type: "password",
      autocomplete: "current-password",
    },
    {
      name: "password",
      label: "New password",
      type: "password",
      autocomplete: "new-password",
      hint: "At least 8 characters. Several unrelated words work well.",
    },
  ];
  return html`<form class="sheet" method="post" action="${accountPath}/password">
    <h2>Change password</h2>
    ${problem(error, form)} ${fields(form, error)}
    <p class="hint">This signs out all your other sessions and revokes all your tokens.</p>
    <button class="button primary" type="submit">Change password</button>
  </form>`;
}

const scopeLabels: Record<TokenScope, string> = {
  all: "all: everything that you can do",
  read: "read: read only",
  notify: "notify: send notifications to yourself",
};

export const isScope = (text: string): text is TokenScope => tokenScopes.some((scope) => scope === text);

const lifetimes = [1, 7, 30, 90, 365];

function tokenForm(view: AccountView): Html {
  const error = errorOf(view, "token");
  const days = lifetimes.filter((count) => count <= view.maxLifetimeDays);
  const offered = days.length === 0 ? [view.maxLifetimeDays] : days;
  const form: Field[] = [
    {
      name: "token_name",
      label: "Name",
      type: "text",
      autocomplete: "off",
      hint: "The script or machine that will use it, like nightly-build.",
      value: view.shown.failed?.name,
    },
    {
      name: "scope",
      label: "Scope",
      type: "select",
      autocomplete: "off",
      options: tokenScopes.map((scope) => ({ value: scope, label: scopeLabels[scope] })),
    },
    {
      name: "lifetime",
      label: "Expires after",
      type: "select",
      autocomplete: "off",
      options: offered.map((count) => ({ value: String(count), label: countLabel(count, "day") })),
      value: offered.includes(30) ? "30" : undefined,
    },
  ];
  return html`<form class="sheet" method="post" action="${accountPath}/tokens">
    <h3>Create a token</h3>
    ${problem(error, form)} ${fields(form, error)}
    <button class="button primary" type="submit">Create token</button>
  </form>`;
}

function tokenPart(view: AccountView): Html {
  const { tokens, now, shown } = view;
  const asked = tokens.find(({ id }) => id === shown.revoking);
  return html`<div class="head">
      <h2 id="tokens">Tokens</h2>
      <p class="count">${countLabel(tokens.length, "token")}</p>
    </div>
    ${shown.created === undefined ? "" : createdToken(shown.created)}
    ${asked === undefined ? "" : revokeQuestion(asked)}
    ${
      tokens.length === 0
        ? html`<p class="aside">No tokens. Scripts and other machines use one instead of your password.</p>`
        : html`<ul class="items people" role="list">
            ${tokens.map((token) => tokenItem(token, now))}
          </ul>`
    }
    <details class="adding" ${errorOf(view, "token") === undefined ? "" : html`open`}>
      <summary class="button">Create a token</summary>
      ${tokenForm(view)}
    </details>`;
}

const createdToken = ({ name, key }: { name: string; key: string }): Html =>
  html`<div class="note" role="status">
    <p>Created ${name}. Copy the token now; it is not shown again.</p>
    ${keyToCopy("Token", key)}
  </div>`;

const revokeQuestion = ({ id, name }: TokenRow): Html =>
  question({
    title: `Revoke ${name}?`,
    text: "Requests with this token are refused immediately. This can't be undone.",
    action: `${accountPath}/keys/${encodeURIComponent(id)}/revoke`,
    label: "Revoke token",
    back: `${accountPath}#tokens`,
    isFinal: true,
  });

const tokenItem = (token: TokenRow, now: number): Html =>
  html`<li class="person">
    <h3>${token.name}</h3>
    <a
      class="quiet"
      href="${accountPath}?revoke=${encodeURIComponent(token.id)}#question"
      aria-label="Revoke ${token.name}"
      >Revoke</a
    >
    <p class="who-is">${tag(token.scope)} expires ${momentAhead(token.expiresAt, now)}</p>
    <p class="seen">
      ${token.lastUsedAt === null ? "never used" : html`last used ${moment(token.lastUsedAt, now)}`}
    </p>
  </li>`;

function sessionPart({ sessions, actor, now }: AccountView): Html {
  const isThis = ({ id }: SessionListRow) => id === actor.keyId;
  const shown = sessions.slice(0, maxSessions).toSorted((a, b) => Number(isThis(b)) - Number(isThis(a)));
  const hasOthers = sessions.some((session) => !isThis(session));
  return html`<div class="head">
      <h2 id="sessions">Sessions</h2>
      <p class="count">
        ${sessions.length > maxSessions ? `more than ${maxSessions}` : countLabel(shown.length, "session")}
      </p>
    </div>
    <ul class="items people" role="list">
      ${shown.map((session) => sessionItem(session, isThis(session), now))}
    </ul>
    ${
      hasOthers
        ? html`<form class="acts controls" method="post" action="${accountPath}/sessions/end-others">
            <button class="button" type="submit">Sign out all other sessions</button>
          </form>`
        : ""
    }`;
}

function sessionItem(session: SessionListRow, isThis: boolean, now: number): Html {
  const device = describeUserAgent(session.userAgent);
  const from = session.address === null ? "" : ` from ${session.address}`;
  return html`<li class="person">
    <h3>${device}</h3>
    ${
      isThis
        ? html`<p class="tags">${tag("this session")}</p>`
        : html`<form method="post" action="${accountPath}/keys/${encodeURIComponent(session.id)}/revoke">
            <button class="quiet" type="submit" aria-label="Sign out ${device}">Sign out</button>
          </form>`
    }
    <p class="who-is">signed in ${moment(session.createdAt, now)}${from}</p>
    <p class="seen">
      ${session.lastUsedAt === null ? "never used" : html`last used ${moment(session.lastUsedAt, now)}`}
    </p>
  </li>`;
}
