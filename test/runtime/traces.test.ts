// A caller's trace reaches the receivers; with a collector, spans say where the time went; and the access log.
import { describe, expect, test } from "vitest";
import { startReceiver } from "../support/receiver.ts";
import { startWithReceivers } from "../support/receivers.ts";
import { signInFirst, startTestServer, type TestServerOptions } from "../support/server.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const caller = `00-${traceId}-b7ad6b7169203331-01`;
const unsampled = `00-${traceId}-b7ad6b7169203331-00`;

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status?: { code: number };
}

async function startTraced({ environment, ...options }: TestServerOptions = {}) {
  const receiver = await startReceiver();
  const server = await startTestServer({
    ...options,
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url, ...environment },
  });
  const { token } = await signInFirst(server);
  const send = async (traceparent?: string, title = "x") => {
    const answer = await server.call("POST", "/api/v2/notifications/custom", {
      token,
      json: { content: { title, message: "x" } },
      headers: traceparent === undefined ? {} : { traceparent },
    });
    await server.settled();
    return answer;
  };
  return { receiver, server, token, send };
}

async function startWithCollector(environment: Record<string, string> = {}) {
  const collector = await startReceiver();
  const traced = await startTraced({
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: `${new URL(collector.url).origin}/`, ...environment },
  });
  /** All spans, once the server has stopped: it sends what it has. */
  const spans = async () => {
    await traced.server.stop();
    return collector.arrivals.flatMap(({ json }) =>
      (json as unknown as OtlpExport).resourceSpans.flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap((scope) => scope.spans),
      ),
    );
  };
  return { ...traced, collector, spans };
}

interface OtlpExport {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue: string } }[] };
    scopeSpans: { spans: OtlpSpan[] }[];
  }[];
}

describe("without a collector", () => {
  test("a caller's trace is passed on to the webhook as it came, also by a later attempt", async () => {
    const { receiver, server, send } = await startTraced();
    receiver.answer({ status: 503 });
    await send(caller);
    receiver.answer({ status: 204 });
    server.clock.advance(60_000);
    await server.runTick();
    const headers = receiver.arrivals.map((arrival) => arrival.headers["traceparent"]);
    expect(headers).toEqual([caller, caller]);
  });

  test("no trace begins here, and an invalid header is none", async () => {
    const { receiver, send } = await startTraced();
    await send(undefined, "one");
    await send("00-not-a-trace-01", "two");
    expect(receiver.arrivals.map((arrival) => "traceparent" in arrival.headers)).toEqual([false, false]);
  });

  test("receivers get it, too", async () => {
    const { server, token, start } = await startWithReceivers();
    const chat = await start("chat");
    await server.call("POST", "/api/v2/notifications/custom", {
      token,
      json: { content: { title: "x", message: "x" } },
      headers: { traceparent: caller },
    });
    const [arrival] = await chat.wait(1);
    expect(arrival!.headers["traceparent"]).toBe(caller);
  });

  test("a request's log lines name it", async () => {
    const { server, send } = await startTraced({ environment: { BELFRY_ACCESS_LOG: "true" } });
    await send(caller);
    expect(server.logs.filter((line) => line.includes(`"trace_id":"${traceId}"`))).not.toEqual([]);
  });
});

describe("with a collector", () => {
  test("spans of the request, its write and its deliveries are one trace", async () => {
    const { receiver, collector, send, spans } = await startWithCollector({
      OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%20key,x-scope=ops",
      OTEL_SERVICE_NAME: "belfry-test",
    });
    await send(caller);
    const [arrival] = await receiver.wait(1);
    const all = await spans();
    const own = all.filter((span) => span.traceId === traceId);
    const named = (name: string) => own.find((span) => span.name === name)!;
    const request = named("POST /api/v2/notifications/custom");
    expect([request.kind, request.parentSpanId]).toEqual([2, "b7ad6b7169203331"]);
    expect(named("database read").parentSpanId).toBe(request.spanId);
    expect(named("enqueue").parentSpanId).toBe(request.spanId);
    const delivery = named("deliver webhook");
    expect(delivery.parentSpanId).toBe(request.spanId);
    expect(arrival!.headers["traceparent"]).toBe(`00-${traceId}-${delivery.spanId}-01`);
    expect(new Set(own.map(({ spanId }) => spanId)).size).toBe(own.length);
    for (const { startTimeUnixNano, endTimeUnixNano } of all)
      expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
    const [{ headers, json }] = collector.arrivals as [(typeof collector.arrivals)[0]];
    expect(headers).toMatchObject({
      "api-key": "a key",
      "x-scope": "ops",
      "content-type": "application/json",
    });
    const { resource } = (json as unknown as OtlpExport).resourceSpans[0]!;
    const attribute = (key: string) => resource.attributes.find((one) => one.key === key)?.value.stringValue;
    expect(attribute("service.name")).toBe("belfry-test");
    expect(attribute("service.instance.id")).toMatch(/:\d+$/);
  });

  test("what fails is a failed span", async () => {
    const { receiver, send, spans } = await startWithCollector();
    receiver.answer({ status: 500 });
    await send(caller);
    const delivery = (await spans()).find(({ name }) => name === "deliver webhook");
    expect(delivery?.status).toEqual({ code: 2 });
  });

  test("requests and ticks without a caller's trace begin one of their own", async () => {
    const { server, receiver, send, spans } = await startWithCollector();
    await send();
    await server.runTick();
    const roots = (await spans()).filter(({ parentSpanId }) => parentSpanId === undefined);
    const names = roots.map(({ name }) => name);
    expect(names).toContain("POST /api/v2/notifications/custom");
    expect(names).toContain("tick");
    expect(new Set(roots.map((root) => root.traceId)).size).toBe(roots.length);
    const own = roots.find(({ name }) => name === "POST /api/v2/notifications/custom")!.traceId;
    expect(receiver.arrivals[0]!.headers["traceparent"]).toContain(own);
  });

  test("a caller who does not sample, and a share of 0, leave no spans; the caller's trace is passed on", async () => {
    const { receiver, send, spans } = await startWithCollector({ OTEL_TRACES_SAMPLER_ARG: "0" });
    await send(unsampled, "one");
    await send(undefined, "two");
    expect(receiver.arrivals.map((arrival) => arrival.headers["traceparent"])).toEqual([
      unsampled,
      undefined,
    ]);
    expect(await spans()).toEqual([]);
  });

  test("one that doesn't answer changes nothing but a line in the log", async () => {
    const { receiver, server, collector, send } = await startWithCollector();
    await collector.close();
    expect((await send(caller)).status).toBe(204);
    await receiver.wait(1);
    await server.stop();
    expect(server.logs.filter((line) => line.includes("spans could not be sent"))).toHaveLength(1);
  });
});

describe("the access log", () => {
  const entries = (logs: readonly string[]) =>
    logs.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "request");

  test("has a line for each request: who, what, how long, without the query", async () => {
    const server = await startTestServer({ environment: { BELFRY_ACCESS_LOG: "true" } });
    const { token, userId } = await signInFirst(server);
    await server.call("GET", "/api/v2/users/me?secret=in-the-query", { token });
    await server.call("GET", "/api/v2/nothing", { token });
    const [found, missing] = entries(server.logs).slice(-2);
    expect(found).toMatchObject({
      level: "info",
      method: "GET",
      path: "/api/v2/users/me",
      route: "/api/v2/users/{user}",
      status: 200,
      client: "127.0.0.1",
      user_id: userId,
      ms: expect.any(Number),
      request_id: expect.any(String),
    });
    expect(missing).toMatchObject({ path: "/api/v2/nothing", route: "unmatched", status: 404 });
    expect(JSON.stringify(server.logs)).not.toContain("in-the-query");
  });

  test("is off unless somebody turns it on, and never has a source's secret", async () => {
    const quiet = await startTestServer();
    await quiet.call("GET", "/healthz");
    expect(entries(quiet.logs)).toEqual([]);
    const server = await startTestServer({ environment: { BELFRY_ACCESS_LOG: "true" } });
    server.secret("the-secret-of-a-source");
    await server.call("POST", "/api/v2/source-messages/the-secret-of-a-source" as "/healthz", { json: {} });
    expect(entries(server.logs)).toHaveLength(1);
  });
});
