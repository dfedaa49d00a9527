// The inbox, page after page. `belfry notifications list` and `read` call it.
import type { Client, InboxNotification } from "../client.ts";

export interface Inbox {
  notifications: InboxNotification[];
  unread_count: number;
}

/** The newest ones until `enough` says so; it sees what is there after each page. */
export async function readInbox(
  client: Client,
  readStatus: "all" | "unread",
  enough: (notifications: InboxNotification[]) => boolean,
): Promise<Inbox> {
  const notifications: InboxNotification[] = [];
  for (;;) {
    const last = notifications.at(-1);
    const query = {
      read_status: readStatus,
      ...(last === undefined ? {} : { starting_before: last.id }),
    };
    const page = await client.ask((routes) => routes.notifications.inbox.$get({ query }));
    notifications.push(...page.notifications);
    if (page.notifications.length === 0 || enough(notifications))
      return { notifications, unread_count: page.unread_count };
  }
}
