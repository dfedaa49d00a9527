// What is done with several notifications of a list at once: a bar that appears once something is selected. Works without
// scripts: the check boxes of the rows belong to its form.
import { Hono } from "hono";
import * as z from "zod";
import { writeInbox } from "../api/inbox.ts";
import { authorizedUserIdSql, currentUserIdSql, type Ctx, type Env } from "../http/endpoint.ts";
import { ApiError, notFound } from "../kernel/errors.ts";
import {
  findInboxItem,
  setAllRead,
  setDone,
  setNotDone,
  setRead,
  withinIds,
} from "../notifications/inbox/store/inbox.ts";
import { readForm } from "./form.ts";
import { html } from "./html.ts";
import { back } from "./inbox-return.ts";
import type { Html } from "./layout.ts";
import type { InboxAddress } from "./rules/inbox-address.ts";
import { signedIn } from "./session.ts";

/** As many as a page of the inbox has, and some. */
const maxItems = 100;
const idList = z.array(z.uuid()).min(1).max(maxItems);

/** The field `id` of the address and the form, as often as it is there. */
export async function readIds(c: Ctx): Promise<string[]> {
  const { id = [] } = c.req.method === "POST" ? await c.req.parseBody({ all: true }) : {};
  const all = [...(c.req.queries("id") ?? []), ...[id].flat().map(String)];
  const ids = idList.safeParse([...new Set(all)]);
  if (!ids.success) throw new ApiError(400, `Select 1 to ${maxItems} notifications.`);
  return ids.data;
}

type User = ReturnType<typeof authorizedUserIdSql>;
const marks = {
  done: (user: User, ids: string[], now: number) => ids.map((id) => setDone(user, id, now)),
  inbox: (user: User, ids: string[]) => ids.map((id) => setNotDone(user, id)),
  // What was read before stays so when it is undone.
  read: (user: User, ids: string[], now: number) => [setAllRead(user, now, withinIds(ids))],
  unread: (user: User, ids: string[]) => ids.map((id) => setRead(user, id, null)),
};

export const inboxSelected = new Hono<Env>().post(
  "/inbox/selected/:mark{(?:done|inbox|read|unread)}",
  signedIn,
  async (c) => {
    const mark = c.req.param("mark") as keyof typeof marks;
    const { to } = await readForm(c, ["to"]);
    const ids = await readIds(c);
    const now = c.get("deps").now();
    const { item } = await writeInbox(c, marks[mark](authorizedUserIdSql(c), ids, now), {
      item: findInboxItem(currentUserIdSql(c), ids[0]!),
    });
    if (item[0] === undefined) throw notFound("Notification");
    return back(c, to, mark === "done" || mark === "read" ? { [mark]: String(now) } : {});
  },
);

const labels: Record<keyof typeof marks, string> = {
  done: "Done",
  inbox: "Move to inbox",
  read: "Mark as read",
  unread: "Mark as unread",
};

const marksOf: Record<InboxAddress["show"], readonly (keyof typeof marks)[]> = {
  all: ["done", "read", "unread"],
  unread: ["done", "read"],
  snoozed: ["inbox", "done"],
  done: ["inbox"],
};

/** Hidden until something is selected, or the link to it is followed. */
export const selectedBar = (show: InboxAddress["show"], here: string): Html =>
  html`<form class="selected" id="selected" method="post" action="/inbox/selected/${marksOf[show][0]}">
    <input type="hidden" name="to" value="${here}" />
    <p class="spoken" id="selected-count">Selected notifications</p>
    ${marksOf[show].map(
      (mark) =>
        html`<button class="button" type="submit" formaction="/inbox/selected/${mark}">
          ${labels[mark]}
        </button>`,
    )}
    ${
      show === "done"
        ? ""
        : html`<button
            class="button"
            type="submit"
            data-act="snooze"
            formmethod="get"
            formaction="/inbox/snooze"
          >
            Snooze
          </button>`
    }
    <a class="quiet" data-act="clear" href="${here}">Cancel</a>
  </form>`;
