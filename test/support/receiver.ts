// A real webhook receiver on a socket of its own: keeps what it gets, answers what the test says, and lets a test wait
// for an arrival instead of a time.
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { WhenDone } from "./program.ts";

/** What the webhook channel sends. */
export interface Envelope {
  _version: "1.1";
  msg_id: string;
  title: string;
  title_markdown: string;
  body: string;
  body_markdown: string;
  payload: {
    _version: "1.2";
    notification_name: string;
    notification_template_id: string;
    user_id: string;
    user_email: string;
    user_name: string;
    user_username: string;
    actions: { label: string; url: string }[];
    labels: Record<string, string>;
    data: Record<string, unknown> | null;
    targets: string[] | null;
  };
}

export interface Arrival {
  headers: IncomingHttpHeaders;
  body: string;
  json: Envelope;
}

export interface Receiver {
  url: string;
  arrivals: Arrival[];
  /** Resolves with the first `count` arrivals once they are there. */
  wait: (count: number) => Promise<Arrival[]>;
  /** What to answer from now on: a status with headers, or a promise of one (the request is held until then). */
  answer: (reply: Reply | (() => Reply | Promise<Reply>)) => void;
  close: () => Promise<void>;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** Ends with the test, or when `whenDone` says. */
export async function startReceiver(whenDone: WhenDone = onTestFinished): Promise<Receiver> {
  const arrivals: Arrival[] = [];
  const waiting: { count: number; resolve: (arrivals: Arrival[]) => void }[] = [];
  let reply: () => Reply | Promise<Reply> = () => ({ status: 204 });
  const server = createServer((request, response) => {
    // Somebody only asks whether it is there.
    if (request.method === "HEAD") return void response.writeHead(405).end();
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      arrivals.push({ headers: request.headers, body, json: JSON.parse(body) as Envelope });
      for (const waiter of waiting)
        if (arrivals.length >= waiter.count) waiter.resolve(arrivals.slice(0, waiter.count));
      void Promise.resolve(reply()).then(({ status, headers, body: said }) =>
        response.writeHead(status, headers).end(said),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  whenDone(close);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    arrivals,
    wait: (count) =>
      arrivals.length >= count
        ? Promise.resolve(arrivals.slice(0, count))
        : new Promise((resolve) => waiting.push({ count, resolve })),
    answer: (next) => (reply = typeof next === "function" ? next : () => next),
    close,
  };
}
