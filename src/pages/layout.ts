// The layout of every page: head, header, main, footer; and the error page.
import type { Ctx } from "../http/endpoint.ts";
import { version } from "../kernel/version.ts";
import { attributes, html, type Html } from "./html.ts";
import type { ApiError } from "../kernel/errors.ts";
import { navigation, type Viewer } from "./navigation.ts";
import { unreadLabel } from "./unread.ts";
import { findViewer } from "./viewer.ts";

export { attributes, type Html } from "./html.ts";

export interface Page {
  title: string;
  main: Html;
  /** The signed-in user; without one there is no navigation. */
  actor?: Viewer | undefined;
  /** Path of the list that this page belongs to. */
  section?: string;
  /** Seconds between live updates. */
  refresh?: number;
  /** Modules of `public/`. */
  scripts?: string[];
  /** A small page with one thing to do, or a large one to read. */
  shape?: "narrow" | "wide";
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

export function respondWithPage(c: Ctx, page: Page, status = 200): Response {
  return respondWithHtml(c, layout(page, c), status);
}

/** A fragment of a page, for a script. */
export function respondWithPart(c: Ctx, part: Html): Response {
  return respondWithHtml(c, part, 200);
}

const respondWithHtml = (c: Ctx, content: Html, status: number): Response =>
  c.body(content.text, status as 200, {
    "content-type": "text/html; charset=UTF-8",
    "content-security-policy": policy,
  });

function layout(page: Page, c: Ctx): Html {
  const { assetsVersion } = c.get("deps");
  const unread = page.actor === undefined ? 0 : (c.get("unread") ?? 0);
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${unread === 0 ? "" : `(${unreadLabel(unread)}) `}${page.title} · Belfry</title>
    <link rel="icon" href="${icon}" type="image/svg+xml">
    <link rel="apple-touch-icon" href="/assets/${assetsVersion}/icon.png">
    <link rel="manifest" href="/assets/${assetsVersion}/belfry.webmanifest">
    <link rel="stylesheet" href="/assets/${assetsVersion}/belfry.css">
    ${page.refresh === undefined ? "" : html`<noscript><meta http-equiv="refresh" content="${page.refresh}" /></noscript>`}
    ${[...(page.actor === undefined ? [] : ["live.js"]), ...(page.scripts ?? []), ...(page.refresh === undefined ? [] : ["refresh.js"])].map((name) => html`<script type="module" src="/assets/${assetsVersion}/${name}"></script>`)}
  </head>
  <body${attributes({ class: page.shape, "data-refresh": page.refresh?.toString(), "data-user": page.actor?.username })}>
    <a class="skip" href="#main">Skip to content</a>
    <header class="top">
      <a class="brand" href="/">${logo}<span class="word">Belfry</span></a>
      ${page.actor === undefined ? "" : navigation(page.actor, { path: c.req.path, section: page.section, unread })}
    </header>
    <main id="main" tabindex="-1">${page.main}</main>
    ${page.refresh === undefined ? "" : announcer}
    <footer class="foot">Belfry ${version} <a href="/docs">Documentation</a></footer>
  </body>
</html>`;
}

/** In the page, since it is smaller than a request for it. */
const icon =
  "data:image/svg+xml," +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#2b4687" d="M4 31V14a12 12 0 0 1 24 0v17z"/><path fill="#f0c66b" d="M16 7.5c.9 0 1.5.7 1.5 1.5v.5c2.9.7 4.7 3.2 4.7 6.1 0 3.6.8 5 1.8 6.2.6.7.1 1.7-.8 1.7H8.8c-.9 0-1.4-1-.8-1.7 1-1.2 1.8-2.6 1.8-6.2 0-2.9 1.8-5.4 4.7-6.1V9c0-.8.6-1.5 1.5-1.5zM13.4 25h5.2a2.6 2.6 0 0 1-5.2 0z"/></svg>',
  );

/** Where refresh.js announces changes and shows a lost connection. */
const announcer = html`<p class="spoken" id="announcer" role="status"></p>
  <p class="live" id="live" hidden></p>`;

const logo = html`<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
  <path class="logo-arch" d="M4 31V14a12 12 0 0 1 24 0v17z" />
  <path
    class="logo-bell"
    d="M16 7.5c.9 0 1.5.7 1.5 1.5v.5c2.9.7 4.7 3.2 4.7 6.1 0 3.6.8 5 1.8 6.2.6.7.1 1.7-.8 1.7H8.8c-.9 0-1.4-1-.8-1.7 1-1.2 1.8-2.6 1.8-6.2 0-2.9 1.8-5.4 4.7-6.1V9c0-.8.6-1.5 1.5-1.5zM13.4 25h5.2a2.6 2.6 0 0 1-5.2 0z"
  />
</svg>`;

const headings: Partial<Record<number, string>> = {
  401: "Sign in",
  403: "Access denied",
  404: "Not found",
  410: "No longer open",
};

export async function errorPage(c: Ctx, error: ApiError): Promise<Response> {
  const isOurs = error.status >= 500;
  const heading = headings[error.status] ?? (isOurs ? "Something went wrong" : "Request failed");
  const main = html`<article class="sheet error">
    <p class="status">${error.status}</p>
    <h1>${heading}</h1>
    <p>${errorMessage(c, error, heading)}</p>
    ${
      isOurs
        ? html`<p>Try again in a moment. If the error persists, send your administrator this request ID:</p>
            <p class="request"><code>${c.get("deps").requestId}</code></p>`
        : ""
    }
    <p><a class="button" href="/">Go to the inbox</a></p>
  </article>`;
  // The database may be what has failed.
  const actor = isOurs ? c.get("actor") : await findViewer(c, { unread: false });
  const page: Page =
    actor === undefined ? { title: heading, main, shape: "narrow" } : { title: heading, main, actor };
  return respondWithPage(c, page, error.status);
}

/** The message; the detail where the message would repeat the heading. */
function errorMessage(c: Ctx, error: ApiError, heading: string): string {
  if (error.status === 403 && error.detail !== undefined) return error.detail;
  return error.message === `${heading}.` ? `There is no page at ${c.req.path}` : error.message;
}
