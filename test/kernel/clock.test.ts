// The one clock: how it is corrected, and that machines with clocks far apart agree on what a lease is.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextOffset, createClock } from "../../src/runtime/process.ts";
import { startReceiver, type Reply } from "../support/receiver.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { signInFirst, startTestServer } from "../support/server.ts";

const minutes = 60_000;

describe("the correction", () => {
  test.each([
    ["agrees within the time that the answer took", 0, { database: 1_004, asked: 1_000, answered: 1_010 }, 0],
    ["is ahead of the database", 0, { database: 400, asked: 1_000, answered: 1_010 }, -605],
    ["is behind the database", 0, { database: 9_000, asked: 1_000, answered: 1_000 }, 8_000],
    ["was corrected well enough", -602, { database: 400, asked: 1_000, answered: 1_010 }, -602],
    [
      "was corrected, and has been set right since",
      -605,
      { database: 1_005, asked: 1_000, answered: 1_010 },
      0,
    ],
  ])("of a clock that %s", (_, present, reading, expected) => {
    expect(nextOffset(present, reading)).toBe(expected);
  });

  test("is never off by more than the response time", () => {
    const time = fc.integer({ min: 0, max: 1e12 });
    fc.assert(
      fc.property(
        time,
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.nat(5_000),
        fc.nat(100),
        (asked, off, took, share) => {
          const database = asked + off + Math.round((took * share) / 100);
          const offset = nextOffset(0, { database, asked, answered: asked + took });
          expect(Math.abs(offset - off)).toBeLessThanOrEqual(took + 1);
          expect(nextOffset(offset, { database, asked, answered: asked + took })).toBe(offset);
        },
      ),
    );
  });

  test("is not applied where the database is on this machine", () => {
    const clock = createClock({ local: () => 1_000, follow: false });
    expect(clock.observe(99_000, 1_000)).toBe(0);
    expect(clock.now()).toBe(1_000);
  });
});

describe.skipIf(noServer)("two machines whose clocks are twenty minutes apart", () => {
  const skewed = (offset: number, url: string, endpoint: string) => {
    const local = { offset };
    return {
      local,
      options: {
        now: () => Date.now() + local.offset,
        followDatabaseClock: true,
        environment: { BELFRY_DATABASE_URL: url, BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: endpoint },
      },
    };
  };

  test("neither takes over the other's lease, and the next tick notices a changed clock", async () => {
    const libsql = await startLibsqlServer();
    const receiver = await startReceiver();
    const slow = skewed(-10 * minutes, libsql.url, receiver.url);
    const fast = skewed(10 * minutes, libsql.url, receiver.url);
    const behind = await startTestServer(slow.options);
    const ahead = await startTestServer(fast.options);
    expect(Math.abs(behind.deps().now() - ahead.deps().now())).toBeLessThan(minutes);

    const { token } = await signInFirst(behind);
    let release = (_reply: Reply) => {};
    receiver.answer(() => new Promise<Reply>((resolve) => (release = resolve)));
    await behind.call("POST", "/api/v2/notifications/custom", {
      token,
      json: { content: { title: "Held", message: "While the receiver thinks" } },
    });
    await receiver.wait(1);
    // The one ahead looks for leases that have run out.
    const report = await ahead.runTick();
    expect(report.dispatch).toEqual({ claimed: 0, sent: 0, failed: 0 });
    release({ status: 204 });
    await behind.settled();
    expect(receiver.arrivals).toHaveLength(1);
    expect((await behind.attempts()).map(({ outcome }) => outcome)).toEqual(["sent"]);

    fast.local.offset = -30 * minutes;
    await ahead.runTick();
    expect(Math.abs(behind.deps().now() - ahead.deps().now())).toBeLessThan(minutes);
    expect(ahead.logs.join("\n")).toContain("this machine's clock differs from the database's");
    await Promise.all([behind.stop(), ahead.stop()]);
    await libsql.stop();
  });
});
