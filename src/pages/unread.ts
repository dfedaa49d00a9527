// How many notifications a user has not read, beside "Inbox" in the header of every page and in its title.
import { maxUnreadCounted } from "../notifications/inbox/store/inbox.ts";
import { html, raw, type Html } from "./html.ts";

/** Counted so far, it may be more. */
export const unreadLabel = (count: number): string =>
  count < maxUnreadCounted ? String(count) : `${maxUnreadCounted - 1}+`;

export const unreadBadge = (count: number): Html =>
  html`<span class="unread-count" id="unread" ${raw(count === 0 ? " hidden" : "")}>
    <span class="number">${unreadLabel(count)}</span><span class="spoken"> unread</span></span
  >`;
