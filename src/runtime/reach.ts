// HTTP requests on Node. Webhooks: keep-alive, no redirects, one deadline for the whole exchange; with node:http, because
// undici rejects an unexpected "100 Continue" and doesn't say whether a connection was reused. And a HEAD request that
// checks whether a URL answers.
import * as http from "node:http";
import * as https from "node:https";
import { urlToHttpOptions } from "node:url";
import type { Post, Reach } from "../kernel/ports.ts";
import { request as send } from "undici";
import { connectionErrors, innermostCause, isTimeout } from "../kernel/rules/connection-error.ts";

type Request = Parameters<Post>[0];
type Answer = Awaited<ReturnType<Post>>;

const options = { keepAlive: true, maxSockets: 64, maxFreeSockets: 64, timeout: 10_000 };

export function createPost(): { post: Post; close: () => Promise<void> } {
  const agents = { "http:": new http.Agent(options), "https:": new https.Agent(options) };
  const targetOf = createTargets();
  return {
    post: async (request) => {
      const end = performance.now() + request.timeout;
      const target = targetOf(request.url);
      const first = await exchange(target, request, agents[target.protocol as keyof typeof agents], end);
      // The receiver closed a kept connection just as it was used again: it has most likely seen nothing of this request.
      if ("failure" in first && first.isStale && performance.now() < end)
        return given(await exchange(target, request, false, end));
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
  /** A reused connection closed before the first byte of a response. */
  isStale: boolean;
}

function given(result: Answer | Failure): Answer {
  if ("failure" in result) throw result.failure;
  return result;
}

/** The parsed URL of the latest request: most go to one receiver. */
function createTargets(): (url: string) => http.RequestOptions {
  let latest: { url: string; target: http.RequestOptions } | undefined;
  return (url) => {
    if (latest?.url !== url) latest = { url, target: urlToHttpOptions(new URL(url)) };
    return latest.target;
  };
}

const timedOut = () => new DOMException("The operation was aborted due to timeout", "TimeoutError");

/** Without an agent: over a new connection. Resolves with the headers of the final response; 1xx are skipped. */
function exchange(
  target: http.RequestOptions,
  { headers, body }: Request,
  agent: http.Agent | false | undefined,
  end: number,
): Promise<Answer | Failure> {
  const { request } = target.protocol === "https:" ? https : http;
  return new Promise((resolve) => {
    const outgoing = request({ ...target, method: "POST", headers, agent });
    // A signal for each request costs more than the timer.
    const timer = setTimeout(() => outgoing.destroy(timedOut()), end - performance.now());
    const finish = (result: Answer | Failure) => {
      clearTimeout(timer);
      resolve(result);
    };
    let readBefore = 0;
    outgoing.on("socket", (socket) => (readBefore = socket.bytesRead));
    outgoing.on("error", (failure) => {
      const isSilent = outgoing.socket?.bytesRead === readBefore;
      finish({ failure, isStale: outgoing.reusedSocket && isSilent });
    });
    outgoing.on("response", (incoming) => {
      discard(incoming);
      finish(new IncomingAnswer(incoming));
    });
    // Nobody asked for another protocol: an answer like any other that isn't 2xx.
    outgoing.on("upgrade", ({ statusCode }, socket) => {
      socket.destroy();
      finish({ status: statusCode!, headers: new Headers() });
    });
    outgoing.end(body);
  });
}

/** How much of a body is read to reuse its connection. */
const maxBodyBytes = 16_384;
const maxErrorBodyBytes = 512;
const bodyTimeoutMs = 250;

/** Reads a short body to its end; a longer one closes the connection. */
function discard(body: http.IncomingMessage): void {
  // Listeners and a timer for each response cost as much as the rest of it.
  if (body.statusCode === 204 || body.headers["content-length"] === "0") {
    body.on("error", () => {});
    return void body.resume();
  }
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

class IncomingAnswer {
  readonly status: number;
  readonly #headers: http.IncomingHttpHeaders;
  constructor({ statusCode, headers }: http.IncomingMessage) {
    this.status = statusCode!;
    this.#headers = headers;
  }
  get headers(): Headers {
    return new Headers(flatten(this.#headers));
  }
}

const flatten = (headers: http.IncomingHttpHeaders): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value] as [string, string]],
  );

export const reach: Reach = async (url, timeoutMs, authorization) => {
  const started = performance.now();
  try {
    const answer = await send(url, {
      method: "HEAD",
      headers: { "user-agent": "Belfry", ...(authorization === undefined ? {} : { authorization }) },
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body.dump();
    const date = Date.parse(String(answer.headers["date"]));
    return {
      ok: true,
      status: answer.statusCode,
      milliseconds: Math.round(performance.now() - started),
      date: Number.isNaN(date) ? null : date,
    };
  } catch (error) {
    return { ok: false, problem: describeFailure(error, timeoutMs) };
  }
};

function describeFailure(error: unknown, timeoutMs: number): string {
  const cause = innermostCause(error);
  if (cause === undefined) return "failed without a reason";
  if (isTimeout(cause)) return `no answer within ${timeoutMs / 1_000} seconds`;
  const { code, message } = cause;
  return `${connectionErrors[code] ?? message}${code === "" ? "" : ` (${code})`}`;
}
