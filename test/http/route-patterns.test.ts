// Alternatives in the paths of pages: each is a whole segment. hono puts `^` and `$` around a pattern, which bind more tightly
// than `|`: without a group, "pause|resume" is also found at the end of any longer path.
import { expect, test } from "vitest";
import { createPages } from "../../src/pages/index.ts";
import { post, startSignedIn } from "../support/pages.ts";

test("alternatives stand in a group", () => {
  const paths = createPages().routes.map(({ path }) => path);
  const alternatives = paths.filter((path) => path.includes("|"));
  expect(alternatives.length).toBeGreaterThan(0);
  expect(alternatives.filter((path) => /\{(?!\(\?:)[^}]*\|/.test(path))).toEqual([]);
});

test.each([
  "/deployment/notifications/x/y/resume",
  "/deployment/notifications/x-resume",
  "/prebuilds/x/unpause",
  "/inbox/x/done-all",
  "/@ada/web/x/cancel",
])("POST %s is no page", async (path) => {
  const { server, cookie } = await startSignedIn();
  expect((await post(server, path, {}, cookie)).status).toBe(404);
});
