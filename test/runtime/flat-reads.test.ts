// What each route and page that reads costs on a real libSQL server, in a deployment and in one several times its size. The tables:
// `npm run bench:reads`.
import { expect, test } from "vitest";
import { sizesOf, startReads } from "../support/reads.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";

/** Every list is longer than what is counted of it. */
const once = 1_200;
const factor = 10;

/** What grows, or is bounded by a number above those of this test; why. */
const growing: [RegExp, string][] = [
  [
    /^\/api\/v2\/(organizations\/:organization\/)?templates$/,
    "Coder's clients expect all templates: 4 rows each",
  ],
  [
    /^\/(api\/v2\/(organizations\/:organization\/)?groups|deployment\/groups)(\/:\w+)?$/,
    "all members of a group are counted, by their index",
  ],
  [/^(\/api\/v2\/prebuilds\/presets|\/metrics)$/, "all pools, about 100 rows each"],
  [/q=(mine-77|user-0000077)$/, "a part of a name: all names are looked at"],
  [/role:auditor$/, "everybody with the role is sorted by name"],
  [/tasks\?q=status:/, "tasks are read by name until enough have the status"],
  [/\/situations$/, "the latest 5,000 are looked at"],
  [/messages\?(template|method|user|status)=/, "the delivery log is read until enough messages match"],
];

/** Of `owner  /path: 1 rows, then 2`. */
const pathOf = (line: string): string => line.replace(/^\w+ +/, "").replace(/: \d+ rows, then \d+$/, "");

test.skipIf(noServer)(
  "what is read doesn't grow with what is stored",
  async () => {
    const libsql = await startLibsqlServer();
    try {
      const reads = await startReads(libsql.url);
      await reads.grow(sizesOf(once));
      const small = await reads.table();
      await reads.grow(sizesOf(factor * once), sizesOf(once));
      const large = await reads.table();
      const grown = [...small].flatMap(([name, { rows: before }]) => {
        const { rows: after } = large.get(name)!;
        return after > 1.2 * before + 2 ? [`${name}: ${before} rows, then ${after}`] : [];
      });
      expect(grown.filter((line) => !growing.some(([path]) => path.test(pathOf(line))))).toEqual([]);
      for (const [path] of growing)
        expect(
          grown.some((line) => path.test(pathOf(line))),
          String(path),
        ).toBe(true);
    } finally {
      await libsql.stop();
    }
  },
  1_800_000,
);
