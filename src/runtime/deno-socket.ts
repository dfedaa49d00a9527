// WebSockets on Deno: the platform's answer to an upgrade goes out as it is, beside the application's.
import type { Deps } from "../kernel/deps.ts";
import type { Socket } from "../kernel/ports.ts";

/** Answers with the socket and with the response that accepts it. */
export type DenoSocketOf = (request: Request) => { socket: WebSocket; response: Response };

export function acceptDenoSocket(
  request: Request,
  upgrade: DenoSocketOf,
): { openSocket: Deps["openSocket"]; response: () => Response | undefined } {
  let response: Response | undefined;
  return {
    openSocket: (opened) => {
      const accepted = upgrade(request);
      response = accepted.response;
      accepted.socket.addEventListener("open", () => opened(toSocket(accepted.socket)));
      return new Response(null);
    },
    response: () => response,
  };
}

const toSocket = (socket: WebSocket): Socket => ({
  send: (text) => {
    if (socket.readyState === socket.OPEN) socket.send(text);
  },
  close: (code, reason) => socket.close(code, reason),
  waiting: () => socket.bufferedAmount,
  onGone: (then) => socket.addEventListener("close", then, { once: true }),
});
