// Coder's server, as far as its webhook goes: it sends each message until an answer of 2xx arrives, five times at most. The
// network between it and Belfry loses answers, or holds them back until the sender gives up.
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { goJson } from "./coder-messages.ts";

/** `lost`: the connection breaks after Belfry's answer. `late`: the sender gives up before the answer arrives. */
export type Fate = "arrives" | "lost" | "late";

export interface CoderServer {
  /** Resolves with the status that it got in the end, and its attempts. */
  deliver: (message: { msg_id: string }) => Promise<{ status: number; attempts: number }>;
}

const maxAttempts = 5;

/** `fates` of the requests, in their order; those after them arrive. */
export async function startCoderd(address: string, fates: readonly Fate[]): Promise<CoderServer> {
  const left = [...fates];
  const giveUp = new Map<string, () => void>();
  const proxy = createServer((incoming, outgoing) => void pass(incoming, outgoing));
  async function pass(incoming: IncomingMessage, outgoing: ServerResponse) {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const fate = left.shift() ?? "arrives";
    const onward = request(address, { method: "POST", headers: incoming.headers }, (answer) => {
      answer.resume();
      answer.on("end", () => {
        if (fate === "lost") outgoing.destroy();
        else if (fate === "late") giveUp.get(String(incoming.headers["x-attempt"]))?.();
        else outgoing.writeHead(answer.statusCode!).end();
      });
    });
    onward.on("error", () => outgoing.destroy());
    onward.end(Buffer.concat(chunks));
  }
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    return new Promise<void>((resolve) => proxy.close(() => resolve()));
  });
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/`;
  let requests = 0;

  async function attempt(message: { msg_id: string }): Promise<number | undefined> {
    const timeout = new AbortController();
    const id = String((requests += 1));
    giveUp.set(id, () => timeout.abort());
    try {
      const answer = await fetch(url, {
        method: "POST",
        body: goJson(message),
        headers: { "content-type": "application/json", "x-message-id": message.msg_id, "x-attempt": id },
        signal: timeout.signal,
      });
      return answer.status;
    } catch {
      return undefined;
    }
  }

  return {
    deliver: async (message) => {
      let status: number | undefined;
      let attempts = 0;
      while (attempts < maxAttempts && (status === undefined || status >= 300)) {
        attempts += 1;
        status = await attempt(message);
      }
      return { status: status ?? 0, attempts };
    },
  };
}
