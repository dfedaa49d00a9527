// The error page for browsers.
import { html } from "hono/html";
import type { Ctx } from "../http/endpoint.ts";
import type { ApiError } from "../kernel/errors.ts";
import { respondWithPage } from "./layout.ts";

const headings: Partial<Record<number, string>> = {
  401: "Please sign in",
  403: "Access denied",
  404: "Not found",
};

export function errorPage(c: Ctx, error: ApiError): Response | Promise<Response> {
  const isOurs = error.status >= 500;
  const heading = headings[error.status] ?? (isOurs ? "Something went wrong" : "Request failed");
  const main = html`<article class="sheet">
    <p class="status">${error.status}</p>
    <h1>${heading}</h1>
    <p>${wordsFor(c, error, heading)}</p>
    ${
      isOurs
        ? html`<p>Try again in a moment. If the error persists, send your administrator this request ID:</p>
            <p class="request"><code>${c.get("deps").requestId}</code></p>`
        : ""
    }
    <p><a class="button" href="/">Go to the inbox</a></p>
  </article>`;
  return respondWithPage(c, { title: heading, main, shape: "narrow" }, error.status);
}

/** The message; the detail where the message would repeat the heading. */
function wordsFor(c: Ctx, error: ApiError, heading: string): string {
  if (error.status === 403 && error.detail !== undefined) return error.detail;
  return error.message === `${heading}.` ? `There is no page at ${c.req.path}` : error.message;
}
