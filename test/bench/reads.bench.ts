// `npm run bench:reads`: rows that a libSQL server reads for each route and page, at a size and at ten times that size. With
// `ROWS=200000` in its environment: of a deployment with as many builds.
import { expect, test } from "vitest";
import type { Sizes } from "../support/growth-rows.ts";
import { sizesOf, startReads } from "../support/reads.ts";
import { startLibsqlServer } from "../support/sqld.ts";
import { writeTable } from "./report.ts";

const rows = Number(process.env["ROWS"] ?? 0);
const once = 1_200;
const sizesOfRows: Sizes = {
  users: rows / 100,
  templates: rows / 1_000,
  pools: rows / 1_000,
  workspaces: rows / 20,
  builds: rows / 10,
  pastBuilds: rows,
  messages: rows / 10,
  inbox: rows / 2,
  audit: (rows * 3) / 10,
  sessions: rows / 10,
};

const number = (value: number) => value.toLocaleString("en");
const callers = ["owner", "mia", "bob"];

test("reads", async () => {
  const libsql = await startLibsqlServer();
  try {
    const reads = await startReads(libsql.url);
    await reads.grow(rows > 0 ? sizesOfRows : sizesOf(once));
    const small = await reads.table();
    if (rows === 0) await reads.grow(sizesOf(10 * once), sizesOf(once));
    const large = rows === 0 ? await reads.table() : small;
    const routes = [...new Set([...small.keys()].map((name) => name.slice(7)))];
    const cells = (route: string) =>
      callers.flatMap((caller) => {
        const name = `${caller.padEnd(6)} ${route}`;
        const [one, other] = [small.get(name), large.get(name)];
        if (one === undefined) return rows > 0 ? [""] : ["", ""];
        return rows > 0 ? [number(one.rows)] : [number(one.rows), number(other!.rows)];
      });
    const table = routes.map((route) => [route, ...cells(route)]);
    const columns = callers.flatMap((caller) => (rows > 0 ? [caller] : [`${caller}, 1×`, "10×"]));
    expect(table.length).toBeGreaterThan(100);
    writeTable([["Route", ...columns], ...table], {
      title: "Rows that are read",
      file: rows > 0 ? `READS-${rows}.md` : "READS.md",
      command: rows > 0 ? `ROWS=${rows} npm run bench:reads` : "npm run bench:reads",
      notes: [
        rows > 0
          ? `A deployment with ${JSON.stringify(sizesOfRows)}.`
          : `1×: ${number(once)} of everything: users, templates, workspaces, builds of one workspace, messages, inbox items, audit entries, agent sessions. 10×: ${number(10 * once)}.`,
        "Half of the workspaces, messages and inbox items are mia's; bob has none. Rows as the libSQL server counts them, those of indexes included.",
        "`test/runtime/flat-reads.test.ts` names the routes that grow, and why.",
      ],
    });
  } finally {
    await libsql.stop();
  }
});
