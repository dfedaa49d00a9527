// Who is here: a list to look at, for those who may see users. Messages about accounts lead to it.
import { Hono } from "hono";
import { html } from "hono/html";
import type { SiteRole } from "../../db/schema.ts";
import { exactTime, relativeTime } from "../../public/relative-time.js";
import { parseUserSearch } from "../accounts/rules/user-search.ts";
import { countUsers, listUsers } from "../accounts/store/directory.ts";
import type { UserRow } from "../accounts/store/users.ts";
import { demand, load, type Ctx, type Env } from "../api/http.ts";
import { ApiError } from "../errors.ts";
import { problem } from "./form.ts";
import { attributes, respondWithPage, type Html } from "./layout.ts";
import { signedIn } from "./session.ts";

const path = "/deployment/users";
const pageSize = 50;
const longestFilter = 1_000;

export const userPages = new Hono<Env>().get(path, signedIn, (c) => showUsers(c as Ctx));

async function showUsers(c: Ctx) {
  const filter = (c.req.query("filter") ?? "").slice(0, longestFilter);
  const offset = Math.min(Math.max(0, Math.trunc(Number(c.req.query("offset")) || 0)), 1_000_000_000);
  const verdict = parseUserSearch(filter);
  const search = verdict.ok ? verdict.search : { statuses: [], roles: undefined, words: [] };
  const { actor, users, total } = await load(c, {
    users: listUsers(search, { limit: pageSize, offset }),
    total: countUsers(search),
  });
  demand(actor, "users:read", "Only administrators and auditors may see the list of users.");
  const error = verdict.ok ? undefined : new ApiError(400, `That can't be looked for: ${verdict.problem}.`);
  const count = total[0]!.count;
  const now = c.get("deps").now();
  const main = html`<section>
    <div class="head">
      <h1>Users</h1>
      <p class="count">${verdict.ok ? `${count} ${count === 1 ? "user" : "users"}` : ""}</p>
    </div>
    <div class="bar">
      <nav class="tabs" aria-label="Which users">
        ${tab("All", "", filter)} ${tab("Active", "status:active", filter)}
        ${tab("Suspended", "status:suspended", filter)}
      </nav>
      ${searchForm(filter)}
    </div>
    ${problem(error)} ${users.length > 0 ? list(users, now) : error === undefined ? nobody : ""}
    ${pages(filter, offset, count)}
  </section>`;
  return respondWithPage(c, { title: "Users", actor, main }, error?.status);
}

function pathOf(filter: string, offset = 0): string {
  const query = new URLSearchParams();
  if (filter !== "") query.set("filter", filter);
  if (offset > 0) query.set("offset", String(offset));
  return query.size === 0 ? path : `${path}?${query}`;
}

const tab = (words: string, filter: string, current: string): Html =>
  html`<a
    href="${pathOf(filter)}"
    ${attributes({ "aria-current": filter === current.trim() ? "page" : undefined })}
    >${words}</a
  >`;

const searchForm = (filter: string): Html =>
  html`<form class="search" method="get" action="${path}" role="search">
    <input
      type="search"
      name="filter"
      value="${filter}"
      aria-label="Name, address, status:active, role:owner"
      placeholder="ada, role:owner"
      autocapitalize="none"
      spellcheck="false"
    />
    <button class="button" type="submit">Find</button>
  </form>`;

const nobody = html`<div class="empty"><p>Nobody is like that.</p></div>`;

function list(users: readonly UserRow[], now: number): Html {
  return html`<ul class="items people" role="list">
    ${users.map((user) => person(user, now))}
  </ul>`;
}

function person({ username, name, email, status, roles, lastSeenAt }: UserRow, now: number): Html {
  const tags = [...(status === "active" ? [] : [status]), ...(JSON.parse(roles) as SiteRole[])];
  return html`<li class="person">
    <h2>${name === "" ? username : name}</h2>
    <p class="tags">
      ${tags.map((tag) => html`<span class="tag" ${attributes({ "data-tag": tag })}>${tag}</span> `)}
    </p>
    <p class="who-is">${[name === "" ? "" : username, email].filter(Boolean).join(" · ")}</p>
    <p class="seen">
      ${
        lastSeenAt === null
          ? "never seen"
          : html`seen
              <time datetime="${new Date(lastSeenAt).toISOString()}" title="${exactTime(lastSeenAt, "UTC")}"
                >${relativeTime(lastSeenAt, now, "UTC")}</time
              >`
      }
    </p>
  </li>`;
}

function pages(filter: string, offset: number, count: number): Html | string {
  if (offset === 0 && count <= pageSize) return "";
  return html`<nav class="pages" aria-label="Pages">
    ${offset > 0 ? html`<a class="button" rel="prev" href="${pathOf(filter, Math.max(0, offset - pageSize))}">Before</a>` : ""}
    ${offset + pageSize < count ? html`<a class="button" rel="next" href="${pathOf(filter, offset + pageSize)}">More</a>` : ""}
  </nav>`;
}
