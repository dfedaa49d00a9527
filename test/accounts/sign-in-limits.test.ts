// The sums of limits against a model that remembers everything, the same in TypeScript and in SQL.
import fc from "fast-check";
import { expect, test } from "vitest";
import { maxPasscodes, unambiguousCharacters } from "../../src/accounts/rules/one-time-codes.ts";
import {
  accountFailureLimit,
  isAllowed,
  networkLimit,
  msUntilAllowed,
  waitAfterMs,
  type LimitPolicy,
  type LimitRow,
} from "../../src/accounts/rules/sign-in-limits.ts";
import { countRequest, findLimits } from "../../src/accounts/store/sign-in-limits.ts";
import { startTestServer } from "../support/server.ts";

const policies: LimitPolicy[] = [
  { name: "plain", maxRequests: 4, windowMs: 1_000 },
  { name: "growing", maxRequests: 6, windowMs: 20_000, maxBurst: 2 },
];
const policyOf = fc.constantFrom(...policies);
const gaps = fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 25 });

/** What the database holds after these turns, and which of them it allowed. */
async function play(policy: LimitPolicy, times: readonly number[], key: string) {
  const allowed: boolean[] = [];
  let row: LimitRow | undefined;
  for (const [at, now] of times.entries()) {
    const turn = { key, id: `${key} ${at}`, policy, now };
    const { rows } = await database.write([countRequest(turn)], { rows: findLimits([key]) });
    const before = row;
    row = rows[0]!;
    allowed.push(row.admittedBy === turn.id);
    // SQL and TypeScript agree about every turn.
    if (before !== undefined) expect(isAllowed(before, policy, now)).toBe(allowed.at(-1));
  }
  return { allowed, row: row! };
}

let database: Awaited<ReturnType<typeof startTestServer>>["db"];

test("a limit allows no more than it should and no less, by a model that remembers each turn", async () => {
  ({ db: database } = await startTestServer());
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(policyOf, gaps, fc.nat(100_000), async (policy, steps, start) => {
      let now = 1_700_000_000_000 + start;
      const times = steps.map((step) => (now += step));
      const { allowed, row } = await play(policy, times, `run ${(runs += 1)}`);
      const taken = times.filter((_, at) => allowed[at]);
      const { windowMs: window, maxRequests: most } = policy;
      let last = -Infinity;
      for (const [at, time] of times.entries()) {
        const here = Math.floor(time / window);
        const earlier = taken.slice(0, allowed.slice(0, at).filter(Boolean).length);
        const within = (number: number) =>
          earlier.filter((one) => Math.floor(one / window) === number).length;
        const weight = within(here) + within(here - 1) * (1 - (time % window) / window);
        const due = last + waitAfterMs(Math.floor(weight + 1e-9), policy);
        expect(allowed[at]).toBe(weight <= most - 1 + 1e-9 && time >= due);
        if (allowed[at]) last = time;
      }
      // The time that the response says to wait is right to the millisecond.
      const wait = msUntilAllowed(row, policy, now);
      expect(isAllowed(row, policy, now + wait)).toBe(true);
      if (wait > 0) expect(isAllowed(row, policy, now + wait - 1)).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test("a turn that is sent twice counts once, and a clock that is behind changes nothing for the worse", async () => {
  ({ db: database } = await startTestServer());
  const policy = policies[0]!;
  const turn = { key: "k", id: "one", policy, now: 1_700_000_000_000 };
  await database.write([countRequest(turn), countRequest(turn)], {});
  const behind = { ...turn, id: "two", now: turn.now - 700 };
  const { rows } = await database.write([countRequest(behind)], { rows: findLimits(["k"]) });
  expect(rows[0]).toMatchObject({ current: 2, previous: 0, window: 1_700_000_000, admittedBy: "two" });
});

test("somebody who guesses all day gets less than a thousand guesses at a password, and no code", async () => {
  ({ db: database } = await startTestServer());
  const day = 86_400_000;
  /** Guesses as soon as it is allowed. */
  const guessesWithin = async (policy: LimitPolicy, time: number) => {
    const start = 1_700_000_000_000 - (1_700_000_000_000 % policy.windowMs);
    let guesses = 0;
    for (let now = start; now < start + time; guesses += 1) {
      const turn = { key: policy.name, id: String(guesses), policy, now };
      const { rows } = await database.write([countRequest(turn)], { rows: findLimits([policy.name]) });
      expect(rows[0]!.admittedBy).toBe(turn.id);
      now += msUntilAllowed(rows[0]!, policy, now);
    }
    return guesses;
  };
  // The documentation reckons with these.
  expect(await guessesWithin(accountFailureLimit, day / 8)).toBeLessThanOrEqual(970 / 8);
  expect(await guessesWithin(networkLimit, 3 * 60_000)).toBeLessThanOrEqual(4 * 60);
  // Letters that name one of three codes, and its digits: by 86,400 guesses of one place.
  const chance = (86_400 * maxPasscodes) / (unambiguousCharacters.length ** 4 * 1e8);
  expect(chance).toBeLessThan(1 / 300_000_000);
});
