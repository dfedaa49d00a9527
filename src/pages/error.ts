// What a browser shows instead of a page when there is none to show.
import { html } from "hono/html";
import type { Ctx } from "../http/endpoint.ts";
import type { ApiError } from "../kernel/errors.ts";
import { respondWithPage } from "./layout.ts";

const headings: Partial<Record<number, string>> = {
  401: "Please sign in",
  403: "That is not allowed",
  404: "There is nothing here",
};

export function errorPage(c: Ctx, error: ApiError): Response | Promise<Response> {
  const isOurs = error.status >= 500;
  const heading = headings[error.status] ?? (isOurs ? "Something went wrong" : "That did not work");
  const main = html`<article class="sheet">
    <p class="status">${error.status}</p>
    <h1>${heading}</h1>
    <p>${wordsFor(c, error, heading)}</p>
    ${
      isOurs
        ? html`<p>It is not your doing. Try again in a moment; if it stays, tell whoever runs this Belfry:</p>
            <p class="request">request <code>${c.get("deps").requestId}</code></p>`
        : ""
    }
    <p><a class="button" href="/">Go to the inbox</a></p>
  </article>`;
  return respondWithPage(c, { title: heading, main, shape: "narrow" }, error.status);
}

/** The message, or where it would only repeat the heading, what lies behind it. */
function wordsFor(c: Ctx, error: ApiError, heading: string): string {
  if (error.status === 403 && error.detail !== undefined) return error.detail;
  return error.message === `${heading}.` ? `No page has the address ${c.req.path}` : error.message;
}
