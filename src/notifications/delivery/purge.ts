// What grows is cut back, a slice a tick.
import type { Statement } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { deleteOldInbox } from "../inbox/store/inbox.ts";
import { expireMessages, purgeMessages } from "./store/queue.ts";

const slice = 500;

export function purgeNotifications(deps: Deps): Statement[] {
  const { messageRetention, inboxRetention } = deps.config.notifications;
  const now = deps.now();
  return [
    ...expireMessages(now),
    ...purgeMessages(now - messageRetention, slice),
    deleteOldInbox(now - inboxRetention, slice),
  ];
}
