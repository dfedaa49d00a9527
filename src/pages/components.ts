// Components that several pages use: times, tags, facts, breadcrumbs, links; search, tabs and paging of lists, whose filter is
// kept in the URL.
import { maxCounted } from "../../db/rows.ts";
import { Html, html } from "./html.ts";
import type { TextCache } from "../kernel/rules/text-cache.ts";
import { exactTime, exactUtcTime, relativeTime } from "../../public/relative-time.js";
import { attributes } from "./layout.ts";
import { accountPath, buttonTarget, notificationSettingsPath } from "./rules/links.ts";
import { approximateDuration, statusKind } from "./rules/labels.ts";
import type { Ctx } from "../http/endpoint.ts";

/** Relative time with the exact time as tooltip. Both epoch milliseconds. `times` keeps what doesn't depend on now. */
export const moment = (at: number, now: number, times: TextCache = uncached): Html =>
  new Html(`${times(String(at), timeTag)}${relativeTime(at, now, "UTC")}</time>`);

const uncached: TextCache = (text, render) => render(text);

function timeTag(at: string): string {
  const iso = new Date(Number(at)).toISOString();
  return `<time datetime="${iso}" title="${exactUtcTime(iso)}">`;
}

/** Time from now until a moment that is ahead, with the exact time as tooltip. */
export const momentAhead = (at: number, now: number): Html =>
  html`<time datetime="${new Date(at).toISOString()}" title="${exactTime(at, "UTC")}"
    >in ${approximateDuration(at - now)}</time
  >`;

/** `kind`: for a status that isn't in `statusKind`. */
export const tag = (status: string, kind = statusKind(status)): Html =>
  html`<span class="tag" ${attributes({ "data-kind": kind })}>${status.replaceAll("_", " ")}</span>`;

export interface Crumb {
  title: string;
  /** Undefined where there is only a folder. */
  page?: string;
}

/** The pages above this one, from the outermost. */
export function breadcrumb(crumbs: readonly Crumb[], title: string): Html | string {
  if (crumbs.length === 0) return "";
  const sign = html`<span class="sign" aria-hidden="true"> › </span>`;
  return html`<nav class="crumbs" aria-label="Breadcrumb">
    <ol role="list">
      ${crumbs.map(({ title, page }) => html`<li>${page === undefined ? title : html`<a href="${page}">${title}</a>`}${sign}</li>`)}
      <li aria-current="page">${title}</li>
    </ol>
  </nav>`;
}

/** A definition list, one line each; undefined values are left out. */
export const factList = (all: Record<string, Html | string | undefined>): Html =>
  html`<dl class="facts">
    ${Object.entries(all)
      .filter(([, value]) => value !== undefined)
      .map(
        ([term, value]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
  </dl>`;

/** A link to an address that a workspace reports; plain text where it is unsafe. */
export function outwardLink(
  url: string | null,
  label: string,
  accessUrl: string,
  look?: "button",
): Html | string {
  const target = url === null ? null : buttonTarget(url, accessUrl);
  return target === null
    ? label
    : html`<a${attributes({ href: target, rel: "noopener noreferrer", class: look })}>${label}</a>`;
}

export const countLabel = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** Of a list's total, which is counted up to a limit after the beginning of the page: `1,000+ users`. */
export const totalLabel = (count: number, { offset }: { offset: number }, one: string): string =>
  count > offset + maxCounted ? `${maxCounted.toLocaleString("en")}+ ${one}s` : countLabel(count, one);

export const listSize = 50;
const maxFilterLength = 1_000;

/** The filter and page of the URL. */
export interface ListFilter {
  path: string;
  filter: string;
  offset: number;
}

export const readListFilter = (c: Ctx, path: string): ListFilter => ({
  path,
  filter: (c.req.query("filter") ?? "").slice(0, maxFilterLength),
  offset: Math.min(Math.max(0, Math.trunc(Number(c.req.query("offset")) || 0)), 1_000_000_000),
});

function listPath({ path }: ListFilter, filter: string, offset = 0): string {
  const query = new URLSearchParams();
  if (filter !== "") query.set("filter", filter);
  if (offset > 0) query.set("offset", String(offset));
  return query.size === 0 ? path : `${path}?${query}`;
}

/** Filters by their labels. */
export const tabs = (choice: ListFilter, label: string, all: Record<string, string>): Html =>
  html`<nav class="tabs" aria-label="${label}">
    ${Object.entries(all).map(
      ([label, filter]) =>
        html`<a
          href="${listPath(choice, filter)}"
          ${attributes({ "aria-current": filter === choice.filter.trim() ? "page" : undefined })}
          >${label}</a
        > `,
    )}
  </nav>`;

export const searchForm = (
  { path, filter }: ListFilter,
  { label, example }: { label: string; example: string },
): Html =>
  html`<form class="search" method="get" action="${path}" role="search">
    <input
      type="search"
      name="filter"
      value="${filter}"
      aria-label="${label}"
      placeholder="e.g. ${example}"
      autocapitalize="none"
      spellcheck="false"
    />
    <button class="button" type="submit">Search</button>
  </form>`;

/** Instead of a list: where the address is that of a page after the last one. */
export const emptyPage = html`<div class="empty"><p>This page is empty.</p></div>`;

/** Links to the previous and the next page. */
export function pages(choice: ListFilter, count: number, size = listSize): Html | string {
  const { filter, offset } = choice;
  if (offset === 0 && count <= size) return "";
  const last = Math.max(0, Math.ceil(count / size) - 1) * size;
  const previous = Math.max(0, Math.min(offset - size, last));
  return html`<nav class="pages" aria-label="Pages">
    ${offset > 0 ? html`<a class="button" rel="prev" href="${listPath(choice, filter, previous)}">Previous</a>` : ""}
    ${offset + size < count ? html`<a class="button" rel="next" href="${listPath(choice, filter, offset + size)}">Next</a>` : ""}
  </nav>`;
}

/** The pages of a user's own settings. */
export const settingsTabs = (current: string): Html =>
  html`<nav class="tabs" aria-label="Settings">
    ${Object.entries({ Notifications: notificationSettingsPath, Account: accountPath }).map(
      ([label, path]) =>
        html`<a href="${path}" ${attributes({ "aria-current": path === current ? "page" : undefined })}
          >${label}</a
        > `,
    )}
  </nav>`;

/** A secret that is shown once, with a button that copy.js shows. */
export const keyToCopy = (label: string, key: string): Html =>
  html`<div class="copying">
    <input
      id="key"
      class="key"
      aria-label="${label}"
      value="${key}"
      readonly
      autocomplete="off"
      spellcheck="false"
    />
    <button class="button primary" type="button" data-copies="key" hidden>Copy</button>
  </div>`;
