// Components that several pages use: times, tags, facts, breadcrumbs, links.
import { html } from "hono/html";
import { exactTime, relativeTime } from "../../public/relative-time.js";
import { attributes, type Html } from "./layout.ts";
import { buttonTarget } from "./rules/links.ts";
import { kindOf } from "./rules/tags.ts";

/** Relative time with the exact time as tooltip. Both epoch milliseconds. */
export const moment = (at: number, now: number): Html =>
  html`<time datetime="${new Date(at).toISOString()}" title="${exactTime(at, "UTC")}"
    >${relativeTime(at, now, "UTC")}</time
  >`;

export const tag = (word: string): Html =>
  html`<span class="tag" ${attributes({ "data-kind": kindOf(word) })}>${word.replaceAll("_", " ")}</span>`;

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
export const facts = (all: Record<string, Html | string | undefined>): Html =>
  html`<dl class="facts">
    ${Object.entries(all)
      .filter(([, words]) => words !== undefined)
      .map(
        ([term, words]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${words}</dd>
          </div>`,
      )}
  </dl>`;

/** A link to an address that a workspace reports; plain text where it is unsafe. */
export function outwardLink(url: string | null, words: string, accessUrl: string): Html | string {
  const target = url === null ? null : buttonTarget(url, accessUrl);
  return target === null ? words : html`<a href="${target}" rel="noopener noreferrer">${words}</a>`;
}

export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
