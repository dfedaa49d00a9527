// Eight receivers side by side, five of them in trouble: nothing is lost, none is sent what it refused for good, and the healthy
// ones get each event once and about as soon as without the others.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { custom } from "../support/receivers.ts";
import { addReceiver } from "../support/receivers.ts";
import { signInFirst, startTestServer } from "../support/server.ts";

const events = 150;

/** Keeps when each message came, by its title. */
async function startTimed(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const arrivals: { title: string; at: number }[] = [];
  let arrived = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      arrivals.push({ title: (JSON.parse(body) as { title: string }).title, at: performance.now() });
      arrived.resolve();
      arrived = Promise.withResolvers();
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(close);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    arrivals,
    next: () => arrived.promise,
    close,
  };
}

const accept = (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(204).end();

const sick = {
  slow: (_request, response) => void setTimeout(() => response.writeHead(204).end(), 2_000),
  limited: (_request, response) => void response.writeHead(429, { "retry-after": "3600" }).end(),
  gone: (_request, response) => void response.writeHead(410).end(),
  cutting: (request) => void request.socket.destroy(),
} satisfies Record<string, (request: IncomingMessage, response: ServerResponse) => void>;

const percentile = (values: readonly number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)]!;

test("healthy receivers get everything once, however the others fail", { timeout: 240_000 }, async () => {
  const server = await startTestServer({
    clock: { now: Date.now, advance: () => {} },
    environment: {
      BELFRY_NOTIFICATIONS_RECEIVERS_ALLOW_PRIVATE: "true",
      BELFRY_NOTIFICATIONS_RETRY_INTERVAL: "100ms",
    },
  });
  const { token } = await signInFirst(server);
  const healthy = await Promise.all(["one", "two", "three"].map(() => startTimed(accept)));
  for (const [at, { url }] of healthy.entries())
    await addReceiver(server, token, `healthy-${at}`, { format: "coder", address: url, kinds: custom });

  /** Milliseconds from each event to its arrival, one event after another. */
  const run = async (name: string) => {
    const titles = Array.from({ length: events }, (_, at) => `${name} ${at}`);
    const waits: number[] = [];
    for (const title of titles) {
      const sent = performance.now();
      const json = { content: { title, message: title } };
      const { status } = await server.call("POST", "/api/v2/notifications/custom", { token, json });
      expect(status).toBe(204);
      for (const { arrivals, next } of healthy) {
        while (arrivals.at(-1)?.title !== title) await next();
        waits.push(arrivals.at(-1)!.at - sent);
      }
    }
    for (const { arrivals } of healthy)
      expect(arrivals.flatMap(({ title }) => (title.startsWith(`${name} `) ? [title] : []))).toEqual(titles);
    return { run: name, p50: percentile(waits, 0.5), p99: percentile(waits, 0.99) };
  };

  let isSick = false;
  const others = Object.fromEntries(
    await Promise.all(
      Object.entries(sick).map(async ([name, answer]) => {
        const receiver = await startTimed((request, response) =>
          (isSick ? answer : accept)(request, response),
        );
        await addReceiver(server, token, name, { format: "coder", address: receiver.url, kinds: custom });
        return [name, receiver] as const;
      }),
    ),
  );
  const dead = await startTimed(accept);
  await addReceiver(server, token, "dead", { format: "coder", address: dead.url, kinds: custom });
  await run("first");
  const before = await run("well");
  isSick = true;
  dead.close();
  const counts = Object.entries(others).map(([name, { arrivals }]) => [name, arrivals.length] as const);
  const beside = await run("sick");
  console.table([
    before,
    beside,
    { run: "ratio", p50: beside.p50 / before.p50, p99: beside.p99 / before.p99 },
  ]);
  const requests = Object.fromEntries(
    counts.map(([name, count]) => [name, others[name]!.arrivals.length - count]),
  );
  console.table(requests);

  // Each considered message is there, in exactly one state.
  const states = await server.sql(`SELECT r.name, count(*) AS count, count(DISTINCT m.event_id) AS events
    FROM notification_messages m JOIN notification_receivers r ON r.id = m.receiver_id GROUP BY r.name ORDER BY r.name`);
  for (const { name, count, events: distinct } of states) expect([name, count]).toEqual([name, distinct]);
  const listed = (await server.call("GET", "/api/v2/notifications/receivers", { token })).json;
  const statusOf = (name: string) => listed.find((one) => one.name === name)!;
  expect(statusOf("gone")).toMatchObject({ status: "disabled", waiting: 0 });
  for (const name of ["dead", "cutting"]) expect(statusOf(name).status).toBe("failing");
  expect(statusOf("limited")).toMatchObject({ status: "paused", failures: 0 });
  // The breaker leaves those alone that fail: far fewer attempts than messages.
  for (const name of ["limited", "gone", "cutting"]) expect(requests[name]).toBeLessThan(events / 2);
});
