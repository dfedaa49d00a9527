// The same as test/api/fuzz.test.ts, ten times as much: REQUESTS and SEED change what is drawn.
import { expect, test } from "vitest";
import { fuzz } from "../support/fuzz.ts";

test("fifty thousand requests that nobody would send", async () => {
  const { REQUESTS = "50000", SEED } = process.env;
  const report = await fuzz(Number(REQUESTS), SEED === undefined ? undefined : Number(SEED));
  console.log(report);
  expect(report.faults).toEqual([]);
});
