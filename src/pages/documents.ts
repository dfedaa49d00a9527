// The documentation: public/docs/**.md as public pages, with the index as a sidebar. It is available while the database is
// not: all that is read from there is who is signed in.
import { Hono } from "hono";
import { html, raw } from "./html.ts";
import type { Ctx, Env } from "../http/endpoint.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError } from "../kernel/errors.ts";
import { attributes, respondWithPage, type Html } from "./layout.ts";
import { breadcrumb, countLabel, type Crumb } from "./components.ts";
import { documentSections, findSections, type DocumentSection } from "./rules/document-search.ts";
import { findViewer } from "./viewer.ts";
import {
  pagePath,
  readContents,
  renderDocument,
  type ContentsGroup,
  type Document,
} from "./rules/document.ts";

type Assets = Deps["assets"];

const root = "/docs";
/** Plain names only: nothing encoded, no folder up, nothing hidden. */
const plainPath = /^([a-z0-9-]+\/)*[a-z0-9-]+$/;
const maxQueryLength = 100;
/** Pictures, and files to copy. */
const filePath = /^([a-z0-9-]+\/)*[a-z0-9-]+\.(png|svg|json|yaml)$/;

export const documentPages = new Hono<Env>().get(`${root}/*`, async (c): Promise<Response> => {
  const { path } = c.req;
  if (path !== root && path.endsWith("/")) return c.redirect(path.replace(/\/+$/, ""), 301);
  const name = path.slice(root.length + 1);
  const query = (c.req.query("q") ?? "").trim().slice(0, maxQueryLength);
  if (name === "" && query !== "") return showFound(c, query);
  return filePath.test(name) ? showFile(c, name) : showDocument(c, name);
});

const nothing = () => new ApiError(404, "Not found.");

async function showFile(c: Ctx, name: string): Promise<Response> {
  const file = await c.get("deps").assets(`docs/${name}`);
  if (file === null) throw nothing();
  const headers = { "content-type": file.headers.get("content-type")!, "cache-control": "no-cache" };
  return c.body(await file.arrayBuffer(), 200, headers);
}

async function showDocument(c: Ctx, name: string): Promise<Response> {
  const { assets } = c.get("deps");
  const found = await findDocument(assets, name);
  if (found === undefined) throw nothing();
  const document = renderDocument(found.text, found.file);
  const [contents, crumbs, actor] = await Promise.all([
    contentsOf(assets),
    crumbsOf(assets, name),
    findViewer(c, { unread: true }),
  ]);
  const main = html`<div class="reading">
    ${sidebar(contents, { current: pagePath(found.file) })}
    <article class="document">${breadcrumb(crumbs, document.title)} ${body(document)}</article>
  </div>`;
  return respondWithPage(c, {
    title: document.title,
    main,
    section: root,
    actor,
    shape: "wide",
    scripts: ["copy.js"],
  });
}

async function showFound(c: Ctx, query: string): Promise<Response> {
  const [contents, sections, actor] = await Promise.all([
    contentsOf(c.get("deps").assets),
    allSections(c),
    findViewer(c, { unread: true }),
  ]);
  const found = findSections(sections, query);
  const title = `Search: ${query}`;
  const main = html`<div class="reading">
    ${sidebar(contents, { query })}
    <article class="document">
      ${breadcrumb([{ title: "Documentation", page: root }], "Search")}
      <div class="head">
        <h1>Search results</h1>
        <p class="count">
          ${found.length === 0 ? `Nothing matches “${query}”` : `${countLabel(found.length, "section")} for “${query}”`}
        </p>
      </div>
      ${
        found.length === 0
          ? html`<div class="empty">
              <p>Use fewer or other words, or pick a page from the list.</p>
            </div>`
          : html`<ol class="items found" role="list">
              ${found.map(
                ({ page, title, heading, anchor, excerpt }) =>
                  html`<li class="row">
                    <h2><a href="${page}${anchor === "" ? "" : `#${anchor}`}">${heading}</a></h2>
                    ${heading === title ? "" : html`<p class="seen">${title}</p>`}
                    <p class="answer plain">
                      ${excerpt.map((part, at) => (at % 2 === 0 ? part : html`<mark>${part}</mark>`))}
                    </p>
                  </li>`,
              )}
            </ol>`
      }
    </article>
  </div>`;
  return respondWithPage(c, { title, section: root, actor, main, shape: "wide" });
}

/** Of every document of the index, in its order; put together at the first search. */
async function allSections(c: Ctx): Promise<readonly DocumentSection[]> {
  const { assets, process } = c.get("deps");
  const kept = process.documents("sections", (): { value?: DocumentSection[] } => ({}));
  if (kept.value !== undefined) return kept.value;
  const pages = (await contentsOf(assets)).flatMap(({ entries }) => entries.map(({ page }) => page));
  const found = await Promise.all(
    [root, ...pages].map((page) => findDocument(assets, page.slice(root.length + 1))),
  );
  return (kept.value = found.flatMap((one) =>
    one === undefined ? [] : documentSections(one.text, one.file),
  ));
}

/** The document of a page's name: a file, or a folder's index. */
async function findDocument(
  assets: Assets,
  name: string,
): Promise<{ file: string; text: string } | undefined> {
  if (name !== "" && !plainPath.test(name)) return undefined;
  if (name === "index" || name.endsWith("/index")) return undefined;
  for (const file of name === "" ? ["index.md"] : [`${name}.md`, `${name}/index.md`]) {
    const answer = await assets(`docs/${file}`);
    if (answer !== null) return { file, text: await answer.text() };
  }
  return undefined;
}

async function contentsOf(assets: Assets): Promise<ContentsGroup[]> {
  const index = await findDocument(assets, "");
  return index === undefined ? [] : readContents(index.text, index.file);
}

/** The folders above a page: by the title of their own document where they have one, else by their name. */
function crumbsOf(assets: Assets, name: string): Promise<Crumb[]> {
  const parts = name.split("/").slice(0, -1);
  return Promise.all(
    parts.map(async (part, index): Promise<Crumb> => {
      const found = await findDocument(assets, parts.slice(0, index + 1).join("/"));
      if (found !== undefined)
        return { title: renderDocument(found.text, found.file).title, page: pagePath(found.file) };
      return { title: (part[0]!.toUpperCase() + part.slice(1)).replaceAll("-", " ") };
    }),
  );
}

/** The search, and one list: open beside the text where there is room, folded above it where there is none. */
function sidebar(
  contents: readonly ContentsGroup[],
  { current, query = "" }: { current?: string; query?: string },
): Html {
  const list = html`<a
      class="all"
      href="${root}"
      ${attributes({ "aria-current": current === root ? "page" : undefined })}
      >Documentation</a
    >
    ${contents.map(
      ({ title, entries }) =>
        html`${title === "" ? "" : html`<h2>${title}</h2>`}
          <ul role="list">
            ${entries.map(
              (entry) =>
                html`<li>
                  <a
                    href="${entry.page}"
                    ${attributes({ "aria-current": entry.page === current ? "page" : undefined })}
                    >${entry.title}</a
                  >
                </li>`,
            )}
          </ul>`,
    )}`;
  return html`<div class="aside-list">
    <form class="search" method="get" action="${root}" role="search">
      <input
        type="search"
        name="q"
        value="${query}"
        aria-label="Search the documentation"
        placeholder="Search"
        maxlength="${maxQueryLength}"
      />
      <button class="button" type="submit">Search</button>
    </form>
    <nav class="contents" aria-label="Documentation">${list}</nav>
    <details class="contents-folded">
      <summary>All pages</summary>
      <nav aria-label="Documentation">${list}</nav>
    </details>
  </div>`;
}

/** The text, with what is on the page below its first heading where that is much. */
function body({ html: text, sections }: Document): Html {
  const end = text.indexOf("</h1>") + "</h1>".length;
  const onThisPage =
    sections.length < 4
      ? ""
      : html`<nav class="sections" aria-label="On this page">
          <ul role="list">
            ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
          </ul>
        </nav>`;
  return html`<div class="prose">
    ${raw(text.slice(0, text.includes("</h1>") ? end : 0))} ${onThisPage}
    ${raw(text.slice(text.includes("</h1>") ? end : 0))}
  </div>`;
}
