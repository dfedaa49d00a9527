// What the log says of each batch at level debug: counts and times with the request's id, no SQL and no values.
import { inArray } from "drizzle-orm";
import { expect, test } from "vitest";
import { query, type BatchReport } from "../../db/client.ts";
import { insertRows } from "../../db/rows.ts";
import { settings } from "../../db/schema.ts";
import { createLog, withBatchLog } from "../../src/kernel/log.ts";
import { startReceiver } from "../support/receiver.ts";
import { signInFirst, startTestServer } from "../support/server.ts";

interface Line extends BatchReport {
  msg: string;
  request_id?: string;
}
const batchesOf = (logs: readonly string[]) =>
  logs.map((line) => JSON.parse(line) as Line).filter(({ msg }) => msg === "a database batch");

test("each batch of a request is a line with the request's id, and the outbox's write is nobody's own", async () => {
  const server = await startTestServer({ adapter: "plain", environment: { BELFRY_LOG_LEVEL: "debug" } });
  const { token } = await signInFirst(server);
  await server.settled();
  server.logs.length = 0;
  const content = { title: "Nightly build", message: "marked-words" };
  const { headers } = await server.call("POST", "/api/v2/notifications/custom", { token, json: { content } });
  await server.settled();
  const batches = batchesOf(server.logs);
  const own = batches.filter(({ request_id }) => request_id === headers.get("x-request-id"));
  expect(own).toMatchObject([{ mode: "read", changed: 0 }]);
  expect(own[0]!.statements).toBeGreaterThan(1);
  expect(own[0]!.rows).toBeGreaterThan(0);
  expect(own[0]!.ms).toBeGreaterThanOrEqual(0);
  const written = batches.find(({ mode, request_id }) => mode === "write" && request_id === undefined);
  expect(written!.changed).toBeGreaterThanOrEqual(2);
  expect(JSON.stringify(batches)).not.toMatch(/marked-words|select|insert/i);
});

test("a trace takes no line of the log: both say the same batches", async () => {
  const collector = await startReceiver();
  const environment = {
    BELFRY_LOG_LEVEL: "debug",
    OTEL_EXPORTER_OTLP_ENDPOINT: new URL(collector.url).origin,
  };
  const server = await startTestServer({ adapter: "plain", environment });
  const { token } = await signInFirst(server);
  server.logs.length = 0;
  const { headers } = await server.call("GET", "/api/v2/notifications/inbox", { token });
  const id = headers.get("x-request-id");
  const lines = batchesOf(server.logs).filter(({ request_id }) => request_id === id);
  await server.stop();
  const traced = collector.arrivals.flatMap(({ body }) => body.split("database read").slice(1));
  expect(lines.map(({ mode }) => mode)).toEqual(["read"]);
  expect(traced.length).toBeGreaterThan(0);
});

test("a level above debug observes nothing", async () => {
  const server = await startTestServer();
  await signInFirst(server);
  expect(batchesOf(server.logs)).toEqual([]);
  const log = createLog({ level: "info", format: "json", now: () => 0, write: () => {} });
  expect(withBatchLog(server.db, log, "info")).toBe(server.db);
});

test("rows answered and changed are counted over the statements of a batch; one that fails has its code", async () => {
  const reports: BatchReport[] = [];
  const server = await startTestServer({ adapter: "plain" });
  const db = server.db.observe("test", (batch) => reports.push(batch));
  const rows = ["a", "b", "c"].map((key) => ({ key, value: "x", updatedAt: 0 }));
  const all = () =>
    query
      .select()
      .from(settings)
      .where(inArray(settings.key, ["a", "b", "c"]));
  await db.write(insertRows(settings, rows), { all: all() });
  await db.read({ all: all(), again: all() });
  const taken = query.insert(settings).values(rows[0]!);
  await expect(db.write([taken], {})).rejects.toThrow();
  expect(reports).toMatchObject([
    { mode: "write", statements: 2, rows: 3, changed: 3 },
    { mode: "read", statements: 2, rows: 6, changed: 0 },
    {
      mode: "write",
      statements: 1,
      rows: 0,
      changed: 0,
      failure: expect.stringMatching(/^SQLITE_CONSTRAINT/) as string,
    },
  ]);
});
