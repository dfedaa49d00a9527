// What each route and page that reads costs on a real libSQL server: rows that the server reads, for an owner, for a member with
// much and for one with nothing.
import { createApi } from "../../src/api/index.ts";
import { routesOf } from "../../src/http/openapi.ts";
import { startEverybody, type Caller, type Everybody } from "./everybody.ts";
import { grow } from "./growth.ts";
import type { Sizes } from "./growth-rows.ts";
import { createMeter } from "./meter.ts";
import { pages } from "./page-permissions.ts";
import { permissions } from "./permissions.ts";
import { wholeRequest } from "./whole-requests.ts";

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

export interface ReadCost {
  status: number;
  rows: number;
  kB: number;
}

/** A deployment on the database of this address: it grows, and tells what each route reads. */
export async function startReads(databaseUrl: string) {
  const meter = createMeter();
  const everybody = await startEverybody({
    adapter: "plain",
    environment: { BELFRY_DATABASE_URL: databaseUrl },
    onAnswer: meter.onAnswer,
  });
  const { server, ids, headers } = everybody;
  const asked = everythingToRead(everybody);
  async function cost({ caller, path }: Asked): Promise<ReadCost> {
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
  return {
    grow: (sizes: Sizes, from?: Sizes) => grow(server, ids, sizes, from),
    /** By caller and route. */
    table: async () => {
      const all = new Map<string, ReadCost>();
      for (const one of asked) all.set(`${one.caller.padEnd(6)} ${one.name}`, await cost(one));
      return all;
    },
  };
}

/** As many of everything. */
export const sizesOf = (n: number): Sizes => ({
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
