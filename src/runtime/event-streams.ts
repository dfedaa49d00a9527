// Server-sent events on Node: written into the connection as they are, so that all readers share the bytes of an event and
// none needs streams of its own. The response ends with its connection.
import type { ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type EventStream, type OpenEventStream, openEventStream } from "../http/event-stream.ts";

/** Milliseconds that a reader has to take what is left when the stream ends. */
const endTimeoutMs = 500;

/** What the application gets besides a request. */
export interface StreamBindings extends HttpBindings {
  /** Set when the request has become a stream: sends the response's head, and what waits for it. */
  begin?: (response: Response) => void;
}

type Fetch<T> = (request: Request, bindings: T) => Response | Promise<Response>;

/** Begins the streams that requests have become, with the headers that the application gave their responses. */
export function withEventStreams<T>(fetch: Fetch<T>): Fetch<T> {
  return (request, bindings) => {
    const finish = (response: Response): Response => {
      const { begin } = bindings as StreamBindings;
      if (begin === undefined) return response;
      begin(response);
      return RESPONSE_ALREADY_SENT;
    };
    const response = fetch(request, bindings);
    return response instanceof Promise ? response.then(finish) : finish(response);
  };
}

export const eventStreamsOf =
  (bindings: StreamBindings): OpenEventStream =>
  (headers, changed) => {
    // Its response has no body.
    if (bindings.incoming.method === "HEAD") return openEventStream(headers, changed);
    const { stream, begin } = createStream(bindings.outgoing as ServerResponse, changed);
    bindings.begin = begin;
    return { stream, response: new Response(null, { headers }) };
  };

function createStream(outgoing: ServerResponse, changed: () => void) {
  const { socket } = outgoing;
  let isOpen = socket !== null && !socket.destroyed;
  /** What was sent before the response's head; undefined afterwards. */
  let early: Uint8Array[] | undefined = [];
  socket?.on("drain", changed);
  socket?.once("close", () => {
    isOpen = false;
    changed();
  });
  const stream: EventStream = {
    isOpen: () => isOpen,
    hasRoom: () => isOpen && early === undefined && !socket!.writableNeedDrain,
    send: (bytes) => {
      if (!isOpen) return;
      if (early === undefined) socket!.write(bytes);
      else early.push(bytes);
    },
    end: () => {
      if (!isOpen) return;
      isOpen = false;
      socket!.end();
      setTimeout(() => socket!.destroy(), endTimeoutMs);
    },
    cut: () => {
      isOpen = false;
      socket?.destroy();
    },
  };
  const begin = ({ status, headers }: Response) => {
    if (socket === null || socket.destroyed) return;
    outgoing.shouldKeepAlive = false;
    outgoing.useChunkedEncodingByDefault = false;
    outgoing.writeHead(status, Object.fromEntries(headers)).flushHeaders();
    for (const bytes of early ?? []) socket.write(bytes);
    early = undefined;
    changed();
  };
  return { stream, begin };
}
