// A short soak, and a hosted server's refusals: while the database can't be used it is said so, and afterwards all is there.
import { describe, expect, onTestFinished, test } from "vitest";
import { startLink } from "./support/link.ts";
import { signInFirst, startTestServer } from "./support/server.ts";
import { soak } from "./support/soak.ts";
import { noServer, startLibsqlServer } from "./support/sqld.ts";

describe.skipIf(noServer)("a libSQL server", () => {
  test("that is killed, cut off and slow under load: nothing acknowledged is lost, nothing doubled", async () => {
    const report = await soak({
      messages: 1_000,
      senders: 16,
      faultEvery: 150,
      whenDone: onTestFinished,
      tell: () => {},
    });
    expect(report).toMatchObject({
      acknowledged: 1_000,
      lost: [],
      doubled: [],
      readyWhileDead: { status: 503, retryAfter: expect.any(String) },
      readyAfterwards: 200,
    });
    expect(report.faults.length).toBeGreaterThanOrEqual(5);
    expect(report.refusedWithRetryAfter).toBe(report.refused);
  });

  test("that has used up its quota of rows is a 503 that says when to come again, until it hasn't", async () => {
    const libsql = await startLibsqlServer();
    onTestFinished(libsql.stop);
    const link = await startLink(libsql.url);
    const server = await startTestServer({
      adapter: "plain",
      environment: { BELFRY_DATABASE_URL: link.url },
    });
    const { token } = await signInFirst(server);
    await server.runTick();
    const inbox = () => server.call("GET", "/api/v2/notifications/inbox", { token });
    const message = "Operation was blocked: SQL read operations are forbidden (reads are blocked)";
    link.refuse({ baton: null, results: [{ type: "error", error: { message, code: "BLOCKED" } }] });
    const [route, ready] = await Promise.all([inbox(), server.call("GET", "/readyz")]);
    for (const answer of [route, ready]) {
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    link.mend();
    expect([(await inbox()).status, (await server.call("GET", "/readyz")).status]).toEqual([200, 200]);
  });
});
