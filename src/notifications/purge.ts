// What grows is cut back, a slice a tick.
import type { Statement } from "../../db/client.ts";
import type { Deps } from "../deps.ts";
import { deleteOldInbox } from "./store/inbox.ts";
import { purgeMessages } from "./store/queue.ts";

const slice = 500;

export function purgeNotifications(deps: Deps): Statement[] {
  const { messageRetention, inboxRetention } = deps.config.notifications;
  const now = deps.now();
  return [...purgeMessages(now - messageRetention, slice), deleteOldInbox(now - inboxRetention, slice)];
}
