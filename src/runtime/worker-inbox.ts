// The live inbox on Workers: one Durable Object holds all readers, since invocations share no state. The Worker has
// authorized them; the object checks for new notifications once a second for all, as the Node process does.
import type { EventsHolder } from "../api/inbox-events.ts";
import type { Deps } from "../kernel/deps.ts";
import type { InboxWatch, Socket } from "../kernel/ports.ts";
import { watchHere } from "./watch.ts";

/** As wrangler.toml binds it. */
export interface ObjectNamespace {
  idFromName: (name: string) => unknown;
  get: (id: unknown) => { fetch: (url: string, init?: RequestInit) => Promise<Response> };
}

/** Cloudflare's half of a WebSocket. */
interface CloudflareSocket extends WebSocket {
  accept: () => void;
}
declare const WebSocketPair: new () => { 0: CloudflareSocket; 1: CloudflareSocket };
type SocketAnswer = Response & { webSocket: CloudflareSocket };
type SocketInit = ResponseInit & { webSocket: CloudflareSocket };

const objectName = "inbox";
const address = "https://inbox.invalid/";

export interface RemoteInbox {
  watch: (watch: InboxWatch) => Promise<Response>;
  /** Makes the object check for new notifications now. */
  wake: () => Promise<unknown>;
  /** Makes the object check whether readers' keys are still valid. */
  recheck: () => Promise<unknown>;
}

/** The Worker's side. */
export function createRemoteInbox(objects: ObjectNamespace): RemoteInbox {
  const ask = (path: string, init?: RequestInit) =>
    objects.get(objects.idFromName(objectName)).fetch(address + path, init);
  return {
    watch: async (watch) => {
      const headers = watch.as.way === "socket" ? { upgrade: "websocket" } : {};
      const answer = await ask(`?watch=${encodeURIComponent(JSON.stringify(watch))}`, { headers });
      if (answer.status !== 101) return new Response(answer.body, answer);
      const { webSocket } = answer as SocketAnswer;
      return new Response(null, { status: 101, webSocket } as SocketInit);
    },
    wake: () => ask("wake"),
    recheck: () => ask("recheck"),
  };
}

/** The object's side. */
export async function serveInbox(holder: EventsHolder, { url }: Request): Promise<Response> {
  const given = new URL(url).searchParams.get("watch");
  if (given === null) {
    if (url.endsWith("/recheck")) holder.hub.recheck();
    else holder.hub.wake();
    return new Response(null, { status: 204 });
  }
  return watchHere(holder, openSocket, JSON.parse(given) as InboxWatch);
}

/** A socket that this invocation or object holds. */
export const openSocket: Deps["openSocket"] = (opened) => {
  const { 0: theirs, 1: ours } = new WebSocketPair();
  ours.accept();
  opened(toSocket(ours));
  return new Response(null, { status: 101, webSocket: theirs } as SocketInit);
};

const toSocket = (socket: CloudflareSocket): Socket => ({
  send: (text) => socket.send(text),
  close: (code, reason) => socket.close(code, reason),
  // Unknown on this platform.
  waiting: () => 0,
  onGone: (then) => {
    socket.addEventListener("close", () => {
      socket.close();
      then();
    });
    socket.addEventListener("error", then);
  },
});
