// The list of users, for those with permission to read users, and the form that creates one. Notifications about accounts
// link here.
import { Hono } from "hono";
import { html } from "./html.ts";
import type { SiteRole } from "../../db/schema.ts";
import { parseUserSearch } from "../accounts/rules/user-search.ts";
import { countUsers, listUsers } from "../accounts/store/directory.ts";
import type { UserRow } from "../accounts/store/users.ts";
import { accountCreated } from "../accounts/account-kinds.ts";
import { sendPasswordReset } from "../accounts/passcodes.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { createUser } from "../accounts/users.ts";
import { userCreators, userReaders } from "../api/user-shape.ts";
import { readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { randomText } from "../kernel/crypto.ts";
import { ApiError } from "../kernel/errors.ts";
import {
  emptyPage,
  readListFilter,
  listSize,
  pages,
  searchForm,
  tabs,
  totalLabel,
  moment,
  tag,
} from "./components.ts";
import { fields, problem, readForm, type Field } from "./form.ts";
import { attributes, respondWithPage, type Html } from "./layout.ts";
import { userPath, usersPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";
import { createdNote, passwordLength, type CreatedUser } from "./user-view.ts";

const path = usersPath;

export const userPages = new Hono<Env>()
  .get(path, signedIn, (c) => showUsers(c))
  .post(path, signedIn, async (c) => {
    const given = await readForm(c, ["email", "username", "name", "link"]);
    const { actor, ...facts } = await readAsUser(c, accountCreated.reads(), { requires: userCreators });
    const deps = c.get("deps");
    const password = randomText(passwordLength);
    try {
      const { email, username, name } = given;
      const created = await createUser(
        deps,
        actor,
        { email, username, name, password, status: "active" },
        facts,
      );
      if (given.link === "") return await showUsers(c, { created: { username: created.username, password } });
      await sendPasswordReset(deps, actor, created);
      return c.redirect(`${userPath(created.username)}?done=invited`, 303);
    } catch (error) {
      if (!(error instanceof ApiError) || ![400, 409, 429, 503].includes(error.status)) throw error;
      return showUsers(c, { failed: { error, values: given } });
    }
  });

/** What the form to create a user came to. */
interface Attempt {
  created?: CreatedUser;
  failed?: { error: ApiError; values: Partial<Record<string, string>> };
}

/** `attempt`: of the form to create one. */
async function showUsers(c: Ctx, attempt: Attempt = {}) {
  const choice = readListFilter(c, path);
  const verdict = parseUserSearch(choice.filter);
  const search = verdict.ok ? verdict.search : { statuses: [], roles: undefined, words: [] };
  const { actor, users, total } = await readAsUser(
    c,
    {
      users: listUsers(search, { limit: listSize, offset: choice.offset }),
      total: countUsers(search, choice),
    },
    { requires: userReaders },
  );
  const error = verdict.ok ? undefined : new ApiError(400, `Invalid search: ${verdict.problem}.`);
  const count = total[0]!.count;
  const now = c.get("deps").now();
  const canManage = hasPermission(actor, "users:manage");
  const canMail = c.get("deps").config.notifications.channels.smtp !== undefined;
  const main = html`<section>
    <div class="head">
      <h1>Users</h1>
      <p class="count">${verdict.ok ? totalLabel(count, choice, "user") : ""}</p>
    </div>
    ${attempt.created === undefined ? "" : createdNote(attempt.created)}
    <div class="bar">
      ${tabs(choice, "Which users", { All: "", Active: "status:active", Suspended: "status:suspended" })}
      ${searchForm(choice, {
        label: "Search users: name, email, status:active, role:owner",
        example: "ada role:owner",
      })}
    </div>
    ${problem(error)}
    ${users.length > 0 ? list(users, now) : error !== undefined ? "" : choice.offset > 0 ? emptyPage : noUsers}
    ${pages(choice, count)} ${canManage ? creationForm(attempt.failed, canMail) : ""}
  </section>`;
  const scripts = attempt.created === undefined ? [] : ["copy.js"];
  return respondWithPage(
    c,
    { title: "Users", actor, main, scripts },
    (error ?? attempt.failed?.error)?.status,
  );
}

function creationForm(failed: Attempt["failed"], canMail: boolean): Html {
  const { error, values = {} } = failed ?? {};
  const text = { type: "text", autocomplete: "off" } as const;
  const form: Field[] = [
    { ...text, name: "email", label: "Email address", type: "email", value: values["email"] },
    { ...text, name: "username", label: "Username", value: values["username"] },
    { ...text, name: "name", label: "Full name", value: values["name"], optional: true },
  ];
  return html`<details class="adding" ${attributes({ open: error !== undefined })}>
    <summary class="button">Create a user</summary>
    <form class="sheet" method="post" action="${path}">
      <h2>Create a user</h2>
      ${problem(error, form)} ${fields(form, error)}
      <button class="button primary" type="submit">Create with a generated password, shown once</button>
      ${canMail ? html`<button class="button" type="submit" name="link" value="yes">Create and email a link to set a password</button>` : ""}
    </form>
  </details>`;
}

const noUsers = html`<div class="empty"><p>No users match this search.</p></div>`;

function list(users: readonly UserRow[], now: number): Html {
  return html`<ul class="items people" role="list">
    ${users.map((user) => person(user, now))}
  </ul>`;
}

function person({ username, name, email, status, roles, lastSeenAt }: UserRow, now: number): Html {
  const tags = [...(status === "active" ? [] : [status]), ...(JSON.parse(roles) as SiteRole[])];
  return html`<li class="person">
    <h2><a href="${userPath(username)}">${name === "" ? username : name}</a></h2>
    <p class="tags">${tags.map((label) => html`${tag(label.replaceAll("-", " "))} `)}</p>
    <p class="who-is">${[name === "" ? "" : username, email].filter(Boolean).join(" · ")}</p>
    <p class="seen">
      ${lastSeenAt === null ? "never signed in" : html`last seen ${moment(lastSeenAt, now)}`}
    </p>
  </li>`;
}
