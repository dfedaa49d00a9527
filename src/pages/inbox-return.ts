// Back to a list of the inbox after something was done on it, which can be undone there.
import type { Ctx } from "../http/endpoint.ts";
import { ownPath } from "./rules/links.ts";

/** What was just done, by the word in the path of the page. */
const undoable = ["read", "done", "snoozed"] as const;

export interface Undo {
  /** The time of the mark. */
  at: number;
  what: (typeof undoable)[number];
  /** Of what was snoozed: when it comes back. */
  until: number;
}

type Returned = Partial<Record<(typeof undoable)[number] | "until" | "open" | "muted", string>>;

export function readUndo(c: Ctx): Undo | undefined {
  const what = undoable.find((name) => c.req.query(name) !== undefined);
  const [at, until] = [Number(what && c.req.query(what)), Number(c.req.query("until"))];
  return what !== undefined && at > 0 ? { what, at, until: isTime(until) ? until : at } : undefined;
}

const isTime = (value: number) => value > 0 && !Number.isNaN(new Date(value).getTime());

/** Redirects to the list that the form was in: to the notification that is `open`, or with what can be undone. */
export function back(c: Ctx, to: string, query: Returned = {}): Response {
  const [path = "/inbox"] = (ownPath(to) ?? "/inbox").split("#");
  const added = String(new URLSearchParams(query));
  const separator = added === "" ? "" : path.includes("?") ? "&" : "?";
  return c.redirect(`${path}${separator}${added}${query.open === undefined ? "" : `#n-${query.open}`}`, 303);
}
