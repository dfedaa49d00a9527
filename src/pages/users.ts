// The list of users, for those with permission to read users. Notifications about accounts link here.
import { Hono } from "hono";
import { html } from "./html.ts";
import type { SiteRole } from "../../db/schema.ts";
import { parseUserSearch } from "../accounts/rules/user-search.ts";
import { countUsers, listUsers } from "../accounts/store/directory.ts";
import type { UserRow } from "../accounts/store/users.ts";
import { readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { ApiError } from "../kernel/errors.ts";
import { readListFilter, listSize, pages, searchForm, tabs, countLabel, moment, tag } from "./components.ts";
import { problem } from "./form.ts";
import { respondWithPage, type Html } from "./layout.ts";
import { signedIn } from "./session.ts";

const path = "/deployment/users";

export const userPages = new Hono<Env>().get(path, signedIn, (c) => showUsers(c));

async function showUsers(c: Ctx) {
  const choice = readListFilter(c, path);
  const verdict = parseUserSearch(choice.filter);
  const search = verdict.ok ? verdict.search : { statuses: [], roles: undefined, words: [] };
  const { actor, users, total } = await readAsUser(
    c,
    {
      users: listUsers(search, { limit: listSize, offset: choice.offset }),
      total: countUsers(search),
    },
    {
      requires: {
        permission: "users:read",
        deniedMessage: "Only owners, user admins and auditors can list users.",
      },
    },
  );
  const error = verdict.ok ? undefined : new ApiError(400, `Invalid search: ${verdict.problem}.`);
  const count = total[0]!.count;
  const now = c.get("deps").now();
  const main = html`<section>
    <div class="head">
      <h1>Users</h1>
      <p class="count">${verdict.ok ? countLabel(count, "user") : ""}</p>
    </div>
    <div class="bar">
      ${tabs(choice, "Which users", { All: "", Active: "status:active", Suspended: "status:suspended" })}
      ${searchForm(choice, {
        label: "Search users: name, email, status:active, role:owner",
        example: "ada role:owner",
      })}
    </div>
    ${problem(error)} ${users.length > 0 ? list(users, now) : error === undefined ? noUsers : ""}
    ${pages(choice, count)}
  </section>`;
  return respondWithPage(c, { title: "Users", actor, main }, error?.status);
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
    <h2>${name === "" ? username : name}</h2>
    <p class="tags">${tags.map((label) => html`${tag(label)} `)}</p>
    <p class="who-is">${[name === "" ? "" : username, email].filter(Boolean).join(" · ")}</p>
    <p class="seen">
      ${lastSeenAt === null ? "never signed in" : html`last seen ${moment(lastSeenAt, now)}`}
    </p>
  </li>`;
}
