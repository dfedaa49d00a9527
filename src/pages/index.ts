// The HTML pages: set-up, sign-in, the inbox, and what links in messages lead to.
import { Hono } from "hono";
import type { Env } from "../api/http.ts";
import { deliveryPages } from "./delivery.ts";
import { files } from "./files.ts";
import { inboxPages } from "./inbox.ts";
import { setupPages } from "./setup.ts";
import { signInPages } from "./sign-in.ts";

export { errorPage } from "./error.ts";

export function createPages() {
  return new Hono<Env>()
    .route("/", files)
    .route("/", signInPages)
    .route("/", setupPages)
    .route("/", inboxPages)
    .route("/", deliveryPages);
}
