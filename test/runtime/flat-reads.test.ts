// What each route and page that reads costs on a real libSQL server: rows that the server reads, for an owner, for a member with
// much and for one with nothing, in a deployment and in one several times its size.
// With `ROWS=100000` it fills one with as many builds instead, and prints the table.
import { expect, test } from "vitest";
import { createApi } from "../../src/api/index.ts";
import { routesOf } from "../../src/http/openapi.ts";
import { startEverybody, type Caller, type Everybody } from "../support/everybody.ts";
import { grow } from "../support/growth.ts";
import type { Sizes } from "../support/growth-rows.ts";
import { createMeter } from "../support/meter.ts";
import { pages } from "../support/page-permissions.ts";
import { permissions } from "../support/permissions.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { wholeRequest } from "../support/whole-requests.ts";

const rows = Number(process.env["ROWS"] ?? 0);

/** Every list is longer than what is counted of it. */
const once = 1_200;
const factor = 10;
const sizesOf = (n: number): Sizes => ({
  users: n,
  templates: n,
  pools: n / 4,
  workspaces: n,
  builds: n,
  pastBuilds: n,
  messages: n,
  inbox: n,
  audit: n,
  sessions: n,
});
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

/** Streams don't end; their first read is that of the inbox. */
const isStream = (name: string) => /\/(watch|events)$/.test(name);

/** Searches and filters, besides the routes as they are. */
const searches = [
  "/api/v2/workspaces?q=owner:me",
  "/api/v2/workspaces?q=status:failed",
  "/api/v2/workspaces?q=status:running",
  "/api/v2/workspaces?q=template:docker",
  "/api/v2/workspaces?q=owner:user-0000007",
  "/api/v2/workspaces?q=mine-77",
  "/api/v2/workspaces?limit=25&offset=50",
  "/workspaces?filter=status:failed",
  "/api/v2/users?q=user-0000077",
  "/api/v2/users?q=role:auditor",
  "/api/v2/users?q=role:owner",
  "/api/v2/users?q=status:suspended",
  "/api/v2/users?limit=25&offset=50",
  "/api/v2/audit?action=rare",
  "/api/v2/audit?resource_id=00000000-0000-0000-0000-000000000001",
  "/api/v2/notifications/messages?status=permanent_failure",
  "/api/v2/notifications/messages?status=sent",
  "/api/v2/notifications/messages?template=39b1e189-c857-4b0c-877a-511144c18516",
  "/api/v2/notifications/messages?template=f517da0b-cdc9-410f-ab89-a86107c420ed",
  "/api/v2/notifications/messages?user=bob",
  "/api/v2/notifications/messages?method=smtp",
  "/api/v2/tasks?q=owner:me",
  "/api/v2/tasks?q=status:error",
  "/deployment/notifications/messages?status=permanent_failure",
  "/inbox?show=unread",
  "/inbox?show=done",
  "/api/v2/agent-sessions?state=done",
];

interface Asked {
  name: string;
  caller: Caller;
  path: string;
}

/** Everything that either may read. */
function everythingToRead({ ids }: Everybody): Asked[] {
  const asked: Asked[] = [];
  for (const caller of ["owner", "mia", "bob"] as const) {
    for (const { method, path } of routesOf(createApi())) {
      const name = `${method} ${path}`;
      if (method !== "GET" || isStream(path) || !permissions[name]!.includes(caller)) continue;
      asked.push({ name: path, caller, path: wholeRequest(ids, method, path).path });
    }
    for (const [name, { who, path }] of Object.entries(pages)) {
      const [method, route] = name.split(" ") as [string, string];
      if (method !== "GET" || isStream(route) || !who.includes(caller)) continue;
      const filled = (path ?? route)
        .replace(":inbox", ids["inbox"]!)
        .replace(":version", "v-" + ids["templateversions"]!);
      asked.push({ name: route, caller, path: filled });
    }
    for (const path of searches) asked.push({ name: path, caller, path });
  }
  return asked;
}

/** Of `owner  /path: 1 rows, then 2`. */
const pathOf = (line: string): string => line.replace(/^\w+ +/, "").replace(/: \d+ rows, then \d+$/, "");

test.skipIf(noServer)(
  "what is read doesn't grow with what is stored",
  async () => {
    const libsql = await startLibsqlServer();
    try {
      const meter = createMeter();
      const everybody = await startEverybody({
        adapter: "plain",
        environment: { BELFRY_DATABASE_URL: libsql.url },
        onAnswer: meter.onAnswer,
      });
      const { server, ids, headers } = everybody;
      const asked = everythingToRead(everybody);
      async function cost({ caller, path }: Asked) {
        await server.settled();
        meter.reset();
        const key = headers[caller];
        const cookie = `coder_session_token=${key["coder-session-token"]}`;
        const given: Record<string, string> = path.startsWith("/api/")
          ? key
          : { accept: "text/html", cookie, "sec-fetch-site": "same-origin" };
        const answer = await fetch(server.url + path, { redirect: "manual", headers: given });
        const text = await answer.text();
        await server.settled();
        return { status: answer.status, rows: meter.rowsRead, kB: Math.round(text.length / 1_000) };
      }
      async function table() {
        const all = new Map<string, Awaited<ReturnType<typeof cost>>>();
        for (const one of asked) all.set(`${one.caller.padEnd(6)} ${one.name}`, await cost(one));
        return all;
      }
      if (rows > 0) {
        await grow(server, ids, sizesOfRows);
        for (const [name, one] of await table()) console.log(one.rows, `${one.kB} kB`, name);
        return;
      }
      await grow(server, ids, sizesOf(once));
      const small = await table();
      await grow(server, ids, sizesOf(factor * once), sizesOf(once));
      const large = await table();
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
