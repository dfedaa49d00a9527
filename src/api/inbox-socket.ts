// A live inbox as the frames of a WebSocket: one JSON object for each new notification, as Coder sends them. The runtime
// opens the socket.
import type { InboxWatch, Socket } from "../kernel/ports.ts";
import { passesFilter, type Hub } from "../notifications/inbox/hub.ts";
import { toPlainText } from "../notifications/texts/rules/markdown.ts";
import type { InboxRow } from "../notifications/inbox/store/inbox.ts";
import { inboxItemShape } from "./inbox.ts";

export interface Holder {
  hub: Hub;
  stopping: AbortSignal;
}

/** Bytes; a reader who is so far behind has to come again and read the list. */
const mostWaiting = 65_536;

/** Notifications that come before the handshake is done. */
const mostEarly = 100;

/** RFC 6455 §7.4.1, and the code of a policy that was broken for an account that may not read on. */
const closing = { goingAway: 1001, refused: 1008, tryAgain: 1013 };

/** Resolves when every notification from now on will be told; then the handshake may be answered. */
export async function openFrames(
  { hub, stopping }: Holder,
  { userId, keyId, filter, as }: InboxWatch & { as: { way: "socket" } },
): Promise<(socket: Socket) => void> {
  let early: { row: InboxRow; unread: number }[] = [];
  let isOver = stopping.aborted;
  let isBehind = false;
  let tell = (row: InboxRow, unread: number) => {
    early.push({ row, unread });
    if (early.length > mostEarly) isBehind = true;
  };
  let end = () => void (isOver = true);
  const leave = await hub.join({
    userId,
    keyId,
    emit: (row, unread) => {
      if (row.seq > as.after && passesFilter(row, filter)) tell(row, unread);
    },
    end: () => end(),
  });
  return (socket) => {
    socket.onGone(leave);
    end = () => {
      leave();
      if (stopping.aborted) socket.close(closing.goingAway, "Belfry stops");
      else socket.close(closing.refused, "the key has ended");
    };
    tell = (row, unread) => {
      if (socket.waiting() > mostWaiting) {
        leave();
        socket.close(closing.tryAgain, "too slow");
      } else socket.send(frame(row, unread, as.isPlain));
    };
    if (isBehind) {
      leave();
      return socket.close(closing.tryAgain, "too slow");
    }
    for (const { row, unread } of early) tell(row, unread);
    early = [];
    if (isOver) end();
  };
}

function frame(row: InboxRow, unread: number, isPlain: boolean): string {
  const item = inboxItemShape.from(row);
  const notification = isPlain
    ? { ...item, title: toPlainText(item.title), content: toPlainText(item.content) }
    : item;
  return JSON.stringify({ notification, unread_count: unread });
}
