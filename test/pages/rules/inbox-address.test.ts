// The addresses of the inbox's lists, and what of them is a filter.
import { expect, test } from "vitest";
import { kinds } from "../../../src/notifications/kinds/kinds.ts";
import { inboxPath, isFiltered, readAddress } from "../../../src/pages/rules/inbox-address.ts";

const read = (query: string) => readAddress(new URLSearchParams(query));
const unknown = "00000000-0000-4000-8000-000000000000";

test.each([
  "/inbox",
  "/inbox?q=disk+full&show=unread",
  `/inbox?show=done&kind=task-idle&about=${unknown}&before=12`,
  `/inbox?kind=${unknown}&after=3`,
])("%s is read as it was written", (path) => {
  expect(inboxPath(read(path.split("?")[1] ?? ""))).toBe(path);
});

test("what can't be understood is left out", () => {
  expect(inboxPath(read("q=+&show=x&kind=x&about=x&before=x&after=-1"))).toBe("/inbox");
  expect(inboxPath(read(`kind=${kinds["task-idle"].id}`))).toBe("/inbox?kind=task-idle");
  expect(read(`q=${"x".repeat(200)}`).search).toHaveLength(100);
});

test("search, kind and thing are filters; a list of its own is none", () => {
  expect(
    ["", "show=done&before=1", "q=a", "kind=task-idle", `about=${unknown}`].map((query) =>
      isFiltered(read(query)),
    ),
  ).toEqual([false, false, true, true, true]);
});
