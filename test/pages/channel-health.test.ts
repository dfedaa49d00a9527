// Whether a channel works: decided from its attempts, and the same as the database has it.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  summarise,
  type Attempt,
  type Health,
} from "../../src/notifications/delivery/rules/channel-health.ts";
import { noteHealth, readHealth, toHealth } from "../../src/notifications/delivery/store/health.ts";
import { userIdByKeySql } from "../../src/accounts/store/keys.ts";
import { signInFirst, startTestServer } from "../support/server.ts";

const attempt = (at: number, ok: boolean, method: Attempt["method"] = "webhook"): Attempt => ({
  method,
  at,
  ok,
  answer: `${ok ? "good" : "bad"} at ${at}`,
});

const minute = 60_000;

describe("whether a channel works", () => {
  test("however results are grouped, late or sent twice, the database knows the latest of each", async () => {
    const server = await startTestServer({ adapter: "twice" });
    const { token } = await signInFirst(server);
    const { db } = server;
    const viewer = userIdByKeySql(token.split("-")[0]!);
    const groups = fc.array(fc.array(fc.tuple(fc.nat(12), fc.boolean()), { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(groups, async (given) => {
        await server.sql("DELETE FROM settings WHERE key LIKE 'delivery_health_%'");
        // Each try has its own minute.
        const tries = given.map((group, g) =>
          group.map(([at, ok], i) => attempt((at * 100 + g * 10 + i + 1) * minute, ok)),
        );
        for (const group of tries) await db.write(noteHealth(summarise(group), 1), {});
        const { rows } = await db.read({ rows: readHealth(viewer) });
        const [known] = toHealth(rows);
        const [truth] = summarise(tries.flat());
        const { failingSince, ...rest } = known!;
        const { failingSince: trueSince, ...trueRest } = truth!;
        expect(rest).toEqual(trueRest);
        // Of a streak that was reported out of order only its end is known for sure.
        expect(failingSince === null).toBe(trueSince === null);
        if (failingSince !== null) expect(failingSince).toBeGreaterThanOrEqual(trueSince!);
      }),
      { numRuns: 60 },
    );
  });

  test("attempts in order give the exact health", async () => {
    const server = await startTestServer({ adapter: "twice" });
    const { token } = await signInFirst(server);
    const viewer = userIdByKeySql(token.split("-")[0]!);
    const all = [true, false, false, true, false, true, true, false, false].map((ok, at) =>
      attempt((at + 1) * minute, ok),
    );
    for (const [index, one] of all.entries()) {
      await server.db.write(noteHealth(summarise([one]), 1), {});
      const { rows } = await server.db.read({ rows: readHealth(viewer) });
      expect(toHealth(rows)).toEqual(summarise(all.slice(0, index + 1)));
    }
  });

  test("a channel that goes on working is written down once a minute, and one that works again at once", async () => {
    const server = await startTestServer({ adapter: "twice" });
    const { token } = await signInFirst(server);
    const viewer = userIdByKeySql(token.split("-")[0]!);
    const stored = async (at: number, ok: boolean) => {
      await server.db.write(noteHealth(summarise([attempt(at, ok)]), at), {});
      const { rows } = await server.db.read({ rows: readHealth(viewer) });
      const [{ succeededAt, failingSince }] = toHealth(rows) as [Health];
      return [succeededAt, failingSince];
    };
    expect(await stored(minute, true)).toEqual([minute, null]);
    expect(await stored(2 * minute - 1, true)).toEqual([minute, null]);
    expect(await stored(2 * minute, true)).toEqual([2 * minute, null]);
    expect(await stored(2 * minute + 10, false)).toEqual([2 * minute, 2 * minute + 10]);
    expect(await stored(2 * minute + 20, true)).toEqual([2 * minute + 20, null]);
  });
});
