// Node's way to send a webhook: kept connections, no redirects, one deadline for the whole exchange. By node:http,
// because undici takes an unasked "100 Continue" for a broken answer and doesn't say whether a connection was reused.
import * as http from "node:http";
import * as https from "node:https";
import type { Post } from "../kernel/ports.ts";

type Request = Parameters<Post>[0];
type Answer = Awaited<ReturnType<Post>>;

const options = { keepAlive: true, maxSockets: 64, maxFreeSockets: 64, timeout: 10_000 };

export function createPost(): { post: Post; close: () => Promise<void> } {
  const agents = { "http:": new http.Agent(options), "https:": new https.Agent(options) };
  return {
    post: async (request) => {
      const signal = AbortSignal.timeout(request.timeout);
      const agent = agents[new URL(request.url).protocol as keyof typeof agents];
      const first = await exchange(request, agent, signal);
      // The receiver closed a kept connection just as it was used again: it has most likely seen nothing of this request.
      if ("failure" in first && first.isStale && !signal.aborted)
        return given(await exchange(request, false, signal));
      return given(first);
    },
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy();
      return Promise.resolve();
    },
  };
}

interface Failure {
  failure: unknown;
  /** A connection that had carried an exchange before ended without one byte of an answer. */
  isStale: boolean;
}

function given(result: Answer | Failure): Answer {
  if ("failure" in result) throw result.failure;
  return result;
}

/** Without an agent: over a connection of its own. An answer counts once its headers are there; 1xx are none. */
function exchange(
  { url, headers, body }: Request,
  agent: http.Agent | false | undefined,
  signal: AbortSignal,
): Promise<Answer | Failure> {
  const { request } = url.startsWith("https:") ? https : http;
  return new Promise((resolve) => {
    const outgoing = request(url, { method: "POST", headers, agent, signal });
    let readBefore = 0;
    outgoing.on("socket", (socket) => (readBefore = socket.bytesRead));
    outgoing.on("error", (failure) => {
      const isSilent = outgoing.socket?.bytesRead === readBefore;
      resolve({ failure, isStale: outgoing.reusedSocket && isSilent });
    });
    outgoing.on("response", (incoming) => {
      discard(incoming);
      resolve({ status: incoming.statusCode!, headers: new Headers(flatten(incoming.headers)) });
    });
    // Nobody asked for another protocol: an answer like any other that isn't 2xx.
    outgoing.on("upgrade", ({ statusCode }, socket) => {
      socket.destroy();
      resolve({ status: statusCode!, headers: new Headers() });
    });
    outgoing.end(body);
  });
}

/** What is read of a body so that its connection can be kept. */
const maxBodyBytes = 16_384;
const maxErrorBodyBytes = 512;
const bodyTimeoutMs = 250;

/** A receiver's body is not used: a short one is read to its end, any other costs the connection. */
function discard(body: http.IncomingMessage): void {
  const maxBytes = body.statusCode! < 300 ? maxBodyBytes : maxErrorBodyBytes;
  let bytes = 0;
  const timer = setTimeout(() => body.destroy(), bodyTimeoutMs);
  body.on("error", () => {});
  body.on("close", () => clearTimeout(timer));
  body.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) body.destroy();
  });
}

const flatten = (headers: http.IncomingHttpHeaders): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value] as [string, string]],
  );
