// The address of a list of the inbox: which notifications it shows, from where. It can be shared and bookmarked.
import { kinds } from "../../notifications/kinds/kinds.ts";
import type { Cursor } from "../../notifications/inbox/rules/paging.ts";

export const lists = ["all", "unread", "snoozed", "done"] as const;

export interface InboxAddress {
  show: (typeof lists)[number];
  /** Text in title or body; empty: everything. */
  search: string;
  /** The template's id of a kind of notification. */
  kind: string | undefined;
  /** The id of a workspace, template or preset. */
  about: string | undefined;
  cursor: Cursor | undefined;
}

export const needsYouPath = "/inbox/needs-you";
export const wholeInbox: InboxAddress = {
  show: "all",
  search: "",
  kind: undefined,
  about: undefined,
  cursor: undefined,
};

const maxSearchLength = 100;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const sequence = /^\d{1,15}$/;

/** What can't be understood is left out. */
export function readAddress(query: URLSearchParams): InboxAddress {
  const about = query.get("about") ?? "";
  return {
    show: lists.find((show) => show === query.get("show")) ?? "all",
    search: (query.get("q") ?? "").trim().slice(0, maxSearchLength),
    kind: toKind(query.get("kind") ?? ""),
    about: uuid.test(about) ? about : undefined,
    cursor: toCursor(query.get("before") ?? "", query.get("after") ?? ""),
  };
}

/** By name; one of another release by id. */
function toKind(text: string): string | undefined {
  if (Object.hasOwn(kinds, text)) return kinds[text as keyof typeof kinds].id;
  return uuid.test(text) ? text : undefined;
}

function toCursor(before: string, after: string): Cursor | undefined {
  if (sequence.test(before)) return { before: Number(before) };
  return sequence.test(after) ? { after: Number(after) } : undefined;
}

/** Without a cursor it is the first page. */
export function inboxPath(address: InboxAddress): string {
  const query = inboxQuery(address);
  return query.size === 0 ? "/inbox" : `/inbox?${query}`;
}

export function inboxQuery({ show, search, kind, about, cursor }: InboxAddress): URLSearchParams {
  const query = new URLSearchParams();
  if (search !== "") query.set("q", search);
  if (show !== "all") query.set("show", show);
  if (kind !== undefined)
    query.set("kind", Object.entries(kinds).find(([, { id }]) => id === kind)?.[0] ?? kind);
  if (about !== undefined) query.set("about", about);
  for (const [name, value] of Object.entries(cursor ?? {})) query.set(name, String(value));
  return query;
}

/** Whether it shows some of the list only. */
export const isFiltered = ({ search, kind, about }: InboxAddress): boolean =>
  search !== "" || kind !== undefined || about !== undefined;
