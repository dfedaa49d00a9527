// The filter of the delivery log in an address: what is unknown or empty is no condition, and an address gives the same filter.
import { expect, test } from "vitest";
import { logQuery, readLogFilter } from "../../../src/pages/rules/log-filter.ts";

const none = { status: undefined, kind: undefined, channel: undefined, user: undefined };

test("empty and unknown values are no condition", () => {
  expect(readLogFilter({})).toEqual(none);
  expect(readLogFilter({ status: "lost", kind: " ", channel: "", user: "" })).toEqual(none);
  expect(logQuery("/log", none)).toBe("/log");
});

test("an address gives the filter that it was made of", () => {
  const filter = { ...none, status: "sent", user: "grace & co" } as const;
  const address = logQuery("/log", filter, { before: "x" });
  expect(address).toBe("/log?status=sent&user=grace+%26+co&before=x");
  expect(readLogFilter(Object.fromEntries(new URLSearchParams(address.split("?")[1])))).toEqual(filter);
});
