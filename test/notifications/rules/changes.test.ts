import { expect, test } from "vitest";
import { changedSince } from "../../../src/notifications/inbox/rules/changes.ts";

const texts = (count: number, newest = count) =>
  Array.from({ length: count }, (_, at) => `${newest - at}:${newest - at + 100},`).join("");

test.each([
  ["nothing later", "7:3,6:2,", 7, { seqs: [], isComplete: true }],
  ["one later", "7:3,6:2,", 6, { seqs: [3], isComplete: true }],
  ["one twice", "8:3,7:3,6:2,", 6, { seqs: [3], isComplete: true }],
  [
    "as many as are shown",
    texts(10),
    0,
    { seqs: [110, 109, 108, 107, 106, 105, 104, 103, 102, 101], isComplete: true },
  ],
  ["more than are shown", texts(11), 0, { seqs: [], isComplete: false }],
  [
    "a long text of which a part is later",
    texts(200, 999).slice(0, 1_000),
    998,
    { seqs: [1_099], isComplete: true },
  ],
  ["a cut text that is all later", `${"9:3,".repeat(250)}`, 2, { seqs: [], isComplete: false }],
])("%s", (_, recent, version, changed) => {
  expect(changedSince(recent, version)).toEqual(changed);
});
