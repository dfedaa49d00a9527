// The filter of workspaces whose owners get a custom notification.
import { expect, test } from "vitest";
import { parseOwnersFilter } from "../../../src/workspaces/builds/rules/owners-filter.ts";

test.each([
  ["template:docker", { template: "docker" }],
  ["template:docker@v2", { template: "docker", version: "v2" }],
  ['template:"docker@v2 final"', { template: "docker", version: "v2 final" }],
  ["status:Running,failed status:stopped", { statuses: ["running", "failed", "stopped"] }],
  ["template:gpu status:running", { template: "gpu", statuses: ["running"] }],
])("%s", (text, filter) => {
  expect(parseOwnersFilter(text)).toEqual({ ok: true, search: filter });
});

test.each([
  ["", "must not be empty, use one like template:docker@v2 status:running"],
  ["docker", '"docker" is not a filter, use one like template:docker@v2 status:running'],
  ["template:@v2", '"template:@v2" has no name, use one like template:docker@v2 status:running'],
  ["template:docker@", '"template:docker@" has no name, use one like template:docker@v2 status:running'],
  ["template:a template:b", "template: only one is allowed"],
  ["stauts:running", 'unknown filter "stauts", use template or status. Did you mean "status"?'],
  ["owner:me", 'unknown filter "owner", use template or status.'],
])("%s: %s", (text, problem) => {
  expect(parseOwnersFilter(text)).toEqual({ ok: false, problem });
});

test("names the statuses", () => {
  expect(parseOwnersFilter("status:on")).toEqual({
    ok: false,
    problem: expect.stringMatching(/^unknown status "on", use pending, .*running/),
  });
});
