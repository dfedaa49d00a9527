// Five thousand requests that nobody would send; `npm run test:soak` sends fifty thousand.
import { expect, test } from "vitest";
import { fuzz } from "../support/fuzz.ts";

test("whatever is asked, as whoever, the answer is one that the document declares", async () => {
  const { faults, seed, statuses, routes, untouched } = await fuzz(5_000);
  console.log({ seed, statuses, routes, untouched });
  expect(faults).toEqual([]);
  // To most routes requests get through (to some none can here): else nothing but refusals was looked at.
  expect(untouched.length / routes).toBeLessThan(1 / 6);
});
