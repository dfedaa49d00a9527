// Node's way to send a webhook: pooled connections, no redirects, one deadline for the whole exchange.
import { Agent, request } from "undici";
import type { Post } from "../deps.ts";

export function createPost(): { post: Post; close: () => Promise<void> } {
  const agent = new Agent({ connections: 64, keepAliveTimeout: 10_000, pipelining: 1 });
  return {
    post: async ({ url, headers, body, timeout }) => {
      const signal = AbortSignal.timeout(timeout);
      const answer = await request(url, { method: "POST", headers, body, signal, dispatcher: agent });
      // What a receiver says beyond its status is not ours to keep.
      await answer.body.dump({ limit: 16_384, signal });
      return { status: answer.statusCode, headers: new Headers(flatten(answer.headers)) };
    },
    close: () => agent.close(),
  };
}

const flatten = (headers: Record<string, string | string[] | undefined>): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value] as [string, string]],
  );
