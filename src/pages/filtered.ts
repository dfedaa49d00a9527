// Search, filter tabs and paging of lists; the filter is kept in the URL.
import { html } from "hono/html";
import type { Ctx } from "../http/endpoint.ts";
import { attributes, type Html } from "./layout.ts";

export const listSize = 50;
const longestFilter = 1_000;

/** The filter and page of the URL. */
export interface Choice {
  path: string;
  filter: string;
  offset: number;
}

export const choiceOf = (c: Ctx, path: string): Choice => ({
  path,
  filter: (c.req.query("filter") ?? "").slice(0, longestFilter),
  offset: Math.min(Math.max(0, Math.trunc(Number(c.req.query("offset")) || 0)), 1_000_000_000),
});

function addressOf({ path }: Choice, filter: string, offset = 0): string {
  const query = new URLSearchParams();
  if (filter !== "") query.set("filter", filter);
  if (offset > 0) query.set("offset", String(offset));
  return query.size === 0 ? path : `${path}?${query}`;
}

/** Filters by their labels. */
export const tabs = (choice: Choice, label: string, all: Record<string, string>): Html =>
  html`<nav class="tabs" aria-label="${label}">
    ${Object.entries(all).map(
      ([words, filter]) =>
        html`<a
          href="${addressOf(choice, filter)}"
          ${attributes({ "aria-current": filter === choice.filter.trim() ? "page" : undefined })}
          >${words}</a
        > `,
    )}
  </nav>`;

export const searchForm = (
  { path, filter }: Choice,
  { label, example }: { label: string; example: string },
): Html =>
  html`<form class="search" method="get" action="${path}" role="search">
    <input
      type="search"
      name="filter"
      value="${filter}"
      aria-label="${label}"
      placeholder="${example}"
      autocapitalize="none"
      spellcheck="false"
    />
    <button class="button" type="submit">Search</button>
  </form>`;

/** Links to the previous and the next page. */
export function pages(choice: Choice, count: number, size = listSize): Html | string {
  const { filter, offset } = choice;
  if (offset === 0 && count <= size) return "";
  return html`<nav class="pages" aria-label="Pages">
    ${offset > 0 ? html`<a class="button" rel="prev" href="${addressOf(choice, filter, Math.max(0, offset - size))}">Previous</a>` : ""}
    ${offset + size < count ? html`<a class="button" rel="next" href="${addressOf(choice, filter, offset + size)}">Next</a>` : ""}
  </nav>`;
}
