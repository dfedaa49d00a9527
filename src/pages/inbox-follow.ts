// The buttons of a notification: a press marks it as read, and leads to where the button leads. Works without scripts.
import { Hono } from "hono";
import type { Action } from "../../db/schema.ts";
import { writeInbox } from "../api/inbox.ts";
import { authorizedUserIdSql, currentUserIdSql, readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { ApiError } from "../kernel/errors.ts";
import { findInboxItem, setRead, type InboxRow } from "../notifications/inbox/store/inbox.ts";
import { readForm } from "./form.ts";
import { html } from "./html.ts";
import { respondWithPage } from "./layout.ts";
import { buttonTarget, ownPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";

export const inboxFollow = new Hono<Env>().post("/inbox/items/:id/follow", signedIn, async (c) => {
  const { id } = c.req.param();
  const { action } = await readForm(c, ["action"]);
  const { now, config } = c.get("deps");
  const { item } = await readAsUser(c, { item: findInboxItem(currentUserIdSql(c), id) });
  const target = targetOf(item[0], action, config.accessUrl);
  if (target === null) throw new ApiError(404, "This action is no longer available. Reload the page.");
  await writeInbox(c, [setRead(authorizedUserIdSql(c), id, now())], {});
  return ownPath(target) === null ? leadAway(c, new URL(target)) : c.redirect(target, 303);
});

/** Where the button with this index leads. */
function targetOf(item: InboxRow | undefined, index: string, accessUrl: string): string | null {
  if (item === undefined || !/^\d$/.test(index)) return null;
  const action = (JSON.parse(item.actions) as Action[])[Number(index)];
  return action === undefined ? null : buttonTarget(action.url, accessUrl);
}

/** The policy `form-action` blocks a form's redirect to another site, so this page opens it. */
function leadAway(c: Ctx, { href, host }: URL): Response {
  c.header("refresh", `0; url=${href}`);
  const main = html`<article class="sheet">
    <h1>Opening ${host}</h1>
    <p>If nothing happens: <a href="${href}" rel="noopener noreferrer">${href}</a></p>
  </article>`;
  return respondWithPage(c, { title: `Opening ${host}`, main, shape: "narrow" });
}
