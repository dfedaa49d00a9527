// The turns of custom notifications, and the rule of their people.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { minutesUntil, takeTurns, turnAt } from "../../../src/notifications/custom/rules/pace.ts";
import { inTurn, ruleFor } from "../../../src/notifications/custom/rules/people.ts";

const minute = 60_000;

describe("turns", () => {
  test("in no minute more people have their turn than allowed, however many sends there are", () => {
    const sends = fc.array(
      fc.record({ count: fc.integer({ min: 0, max: 50 }), wait: fc.integer({ min: 0, max: 200_000 }) }),
    );
    fc.assert(
      fc.property(sends, fc.integer({ min: 1, max: 20 }), (all, perMinute) => {
        let pace: { minuteAt: number; used: number } | undefined;
        let now = 1_000_000;
        const inMinute = new Map<number, number>();
        for (const { count, wait } of all) {
          now += wait;
          const turns = takeTurns(pace, { count, perMinute, now });
          for (let place = 0; place < count; place += 1) {
            const at = turnAt(turns.from, place, perMinute);
            inMinute.set(at, (inMinute.get(at) ?? 0) + 1);
            expect(at).toBeLessThanOrEqual(turns.lastAt);
          }
          pace = turns.next;
        }
        for (const count of inMinute.values()) expect(count).toBeLessThanOrEqual(perMinute);
      }),
    );
  });
  test("a send begins now where nothing waits, and after what waits otherwise", () => {
    const first = takeTurns(undefined, { count: 5, perMinute: 2, now: 7 });
    expect(first).toEqual({
      from: { minuteAt: 7, used: 0 },
      next: { minuteAt: 7 + 2 * minute, used: 1 },
      lastAt: 7 + 2 * minute,
    });
    expect(takeTurns(first.next, { count: 1, perMinute: 2, now: 8 }).lastAt).toBe(7 + 2 * minute);
    expect(takeTurns(first.next, { count: 1, perMinute: 2, now: 7 + 3 * minute }).from).toEqual({
      minuteAt: 7 + 3 * minute,
      used: 0,
    });
  });
  test.each([
    [0, 0],
    [-1, 0],
    [1, 1],
    [minute, 1],
    [minute + 1, 2],
  ])("%i ms are %i minutes", (wait, minutes) => {
    expect(minutesUntil(100 + wait, 100)).toBe(minutes);
  });
});

describe("people", () => {
  test("are chosen for their reasons", () => {
    expect(
      ruleFor([
        { userId: "a", why: '["named","role_owner"]' },
        { userId: "b", why: '["group_sre","role_owner"]' },
      ]),
    ).toEqual({ named: ["a"], roles: ["owner"], people: [{ id: "b", why: "group_sre" }] });
    expect(ruleFor([])).toEqual({ named: [], roles: [] });
  });
  const row = (userId: string, method: string, status: "pending" | "inhibited", dueAt: number | null) => ({
    id: `${userId}-${method}`,
    eventId: "e",
    userId,
    method,
    status,
    reasons: '["named"]',
    dueAt,
    attemptCount: 0,
    createdAt: 0,
    updatedAt: 0,
  });
  test("wait for their turn, but not in the inbox, and nobody who gets nothing", () => {
    const turns = new Map([
      ["now", 10],
      ["later", 50],
    ]);
    const messages = [
      row("now", "smtp", "pending", 10),
      row("later", "smtp", "pending", 10),
      row("later", "webhook", "pending", 90),
      row("later", "push", "pending", null),
      row("later", "inbox", "pending", 10),
      row("later", "smtp", "inhibited", null),
      row("receiver", "receiver", "pending", 10),
    ];
    const done = inTurn(messages, (userId) => turns.get(userId), 10);
    expect(done.map(({ dueAt }) => dueAt)).toEqual([10, 50, 90, 50, 10, null, 10]);
    expect(done.map(({ reasons }) => String(reasons).includes("waits_for_turn"))).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
