// The filter of the delivery log, as it is in the address: each is a link that can be shared.
import { messageStatuses, type MessageStatus } from "../../../db/schema.ts";

export interface LogFilter {
  status: MessageStatus | undefined;
  /** A template's id. */
  kind: string | undefined;
  /** A channel's id. */
  channel: string | undefined;
  user: string | undefined;
}

/** For people; on the command line they have a name of one word. */
export const statusLabels: Record<MessageStatus, string> = {
  pending: "pending",
  leased: "sending",
  sent: "sent",
  temporary_failure: "retrying",
  permanent_failure: "failed",
  inhibited: "not sent",
};

const maxLength = 200;

/** What is empty or unknown is no condition. */
export function readLogFilter(query: Record<string, string>): LogFilter {
  const textOf = (name: string) => query[name]?.trim().slice(0, maxLength) || undefined;
  return {
    status: messageStatuses.find((status) => status === query["status"]),
    kind: textOf("kind"),
    channel: textOf("channel"),
    user: textOf("user"),
  };
}

/** The log with this filter, and more in its address. */
export function logQuery(path: string, filter: LogFilter, more: Record<string, string> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filter, ...more }))
    if (value !== undefined) query.set(name, value);
  return query.size === 0 ? path : `${path}?${query}`;
}
