// What a hosted server may answer, by a scripted one: where a stream goes on, SQLite's extended codes, large integers.
// Our client and the official one understand it alike.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { sql } from "drizzle-orm";
import { describe, expect, onTestFinished, test } from "vitest";
import { createDatabase, query } from "../../db/client.ts";
import { openClient } from "../../src/runtime/database.ts";

interface Asked {
  path: string;
  body: { baton: string | null; requests: { type: string }[] };
}

const rowOf = (value: object) => ({
  cols: [{ name: "n", decltype: null }],
  rows: [[value]],
  affected_row_count: 0,
  last_insert_rowid: null,
});
const nothing = { cols: [], rows: [], affected_row_count: 0, last_insert_rowid: null };
/** BEGIN, one statement, COMMIT; the rollback is skipped. */
const answered = (value: object) => ({
  step_results: [nothing, rowOf(value), nothing, null],
  step_errors: [null, null, null, null],
});
const failed = (code: string, message = "no") => ({
  step_results: [nothing, null, null, nothing],
  step_errors: [null, { message, code }, null, null],
});

/** Answers each batch by the script, the last line again and again; `more` is put into each answer. */
async function startScript(script: object[], more: object = {}) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Asked["body"];
      const result = script[Math.min(asked.length, script.length - 1)];
      asked.push({ path: request.url!, body });
      // A client may send texts of statements ahead, and ends its stream in the same request.
      const results = body.requests.map(({ type }) => ({
        type: "ok",
        response: type === "batch" ? { type, result } : { type },
      }));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ baton: null, base_url: null, ...more, results }));
    });
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const one = () => ({ one: query.all<{ n: number }>(sql`SELECT 1 AS n`) });

describe.each(["belfry", "official"] as const)("the client %s", (databaseClient) => {
  async function open(script: object[], more?: object) {
    const { url, asked } = await startScript(script, more);
    const client = await openClient({ databaseUrl: url, databaseAuthToken: undefined, databaseClient });
    onTestFinished(() => client.close());
    const time = { now: () => 0, sleep: async () => {} };
    return { db: createDatabase(client, { time }), asked };
  }

  test("ends its stream in the request that opens it: a baton and a base_url lead nowhere", async () => {
    const more = { baton: "stream-7", base_url: "http://127.0.0.1:1" };
    const { db, asked } = await open([answered({ type: "integer", value: "1" })], more);
    for (let times = 0; times < 2; times += 1) expect(await db.read(one())).toEqual({ one: [{ n: 1 }] });
    expect(asked.map(({ path, body }) => [path, body.baton ?? null, body.requests.at(-1)!.type])).toEqual([
      ["/v2/pipeline", null, "close"],
      ["/v2/pipeline", null, "close"],
    ]);
  });

  test.each([
    ["SQLITE_CONSTRAINT_UNIQUE", "constraint"],
    ["SQLITE_CONSTRAINT", "constraint"],
    ["SQLITE_TOOBIG", "too_large"],
    ["SQLITE_FULL", "unavailable"],
    ["SQLITE_READONLY_DBMOVED", "unavailable"],
    ["BLOCKED", "unavailable"],
    ["SQLITE_ERROR", "statement"],
  ])("%s fails at once, as %s", async (code, kind) => {
    const { db, asked } = await open([failed(code)]);
    await expect(db.write([], one())).rejects.toMatchObject({ kind, code, isPassing: false });
    expect(asked).toHaveLength(1);
  });

  test.each(["SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED_SHAREDCACHE", "SQLITE_IOERR_WRITE"])(
    "%s passes: the batch is sent again",
    async (code) => {
      const { db, asked } = await open([
        failed(code),
        failed(code),
        answered({ type: "integer", value: "7" }),
      ]);
      expect(await db.write([], one())).toEqual({ one: [{ n: 7 }] });
      expect(asked).toHaveLength(3);
    },
  );

  test("an integer that a number can't hold is an error, the largest that it can is not", async () => {
    const { db } = await open([
      answered({ type: "integer", value: "9007199254740991" }),
      answered({ type: "integer", value: "9007199254740993" }),
    ]);
    expect(await db.read(one())).toEqual({ one: [{ n: 9_007_199_254_740_991 }] });
    await expect(db.read(one())).rejects.toMatchObject({ kind: "too_large", isPassing: false });
  });
});
