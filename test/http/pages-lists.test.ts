// Long lists: their pages forward and back, what is counted of them, and an address after the last page.
import { expect, test } from "vitest";
import { randomUUID } from "node:crypto";
import { get, startSignedIn, wordsOf } from "../support/pages.ts";
import type { TestServer } from "../support/server.ts";
import { addTemplate } from "../support/workspaces.ts";

const linksOf = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/rel="(prev|next)" href="([^"]*)"/g)].map(([, rel, href]) => [rel, href]),
  );

const addUsers = (server: TestServer, count: number) =>
  server.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
    INSERT INTO users (id, username, email, email_canonical, name, status, is_system, created_at, updated_at)
    SELECT 'user-' || i, printf('user-%04d', i), 'u' || i || '@example.com', 'u' || i || '@example.com', '', 'active', 0, 1, 1
    FROM n WHERE true ON CONFLICT DO NOTHING RETURNING 1`);

test.each(["/workspaces", "/tasks", "/templates", "/prebuilds", "/deployment/users"])(
  "%s after the last page is empty, and leads back",
  async (path) => {
    const { server, cookie } = await startSignedIn();
    const page = await get(server, `${path}?offset=50`, cookie);
    expect(page.status).toBe(200);
    expect(wordsOf(page)).toContain("This page is empty.");
    expect(linksOf(page.text)).toEqual({ prev: path });
  },
);

test("more than 1,000 are counted up to 1,000 after the page's beginning", async () => {
  const { server, token, cookie } = await startSignedIn();
  await addUsers(server, 1_100);
  const first = await get(server, "/deployment/users", cookie);
  expect(wordsOf(first)).toContain("1,000+ users");
  expect(linksOf(first.text)).toEqual({ next: "/deployment/users?offset=50" });
  const later = await get(server, "/deployment/users?offset=150", cookie);
  expect(wordsOf(later)).toContain("1101 users");
  expect(linksOf(later.text)).toEqual({
    prev: "/deployment/users?offset=100",
    next: "/deployment/users?offset=200",
  });
  expect(linksOf((await get(server, "/deployment/users?offset=9000", cookie)).text)).toEqual({
    prev: "/deployment/users?offset=1100",
  });
  const list = async (query: string) => {
    const { users, count } = (await server.call("GET", `/api/v2/users${query}`, { token })).json;
    return [users.length, count];
  };
  // A client that asks for no limit, as Coder's does, wants everybody.
  expect(await list("")).toEqual([1_000, 1_000]);
  expect(await list("?limit=25")).toEqual([25, 1_000]);
  expect(await list("?limit=500")).toEqual([200, 1_000]);
  expect(await list("?limit=25&offset=1090")).toEqual([11, 1_101]);
});

test("prebuilds of more than 50 presets are on several pages, by their templates' names", async () => {
  const { server, userId, cookie } = await startSignedIn();
  for (let at = 0; at < 60; at += 1)
    await addTemplate(server, userId, `docker-${String(at).padStart(2, "0")}`, {
      presets: [
        { id: randomUUID(), name: "small", parameters: [], instances: 1 },
        { id: randomUUID(), name: "large", parameters: [], instances: 0 },
      ],
    });
  const poolsOf = (text: string) => [...text.matchAll(/data-pool="([^"]*)"/g)].map(([, pool]) => pool);
  const names: (string | undefined)[] = [];
  for (const [path, label, links] of [
    ["/prebuilds", "presets 1–50", { next: "/prebuilds?offset=50" }],
    ["/prebuilds?offset=50", "presets 51–100", { prev: "/prebuilds", next: "/prebuilds?offset=100" }],
    ["/prebuilds?offset=100", "presets 101–120", { prev: "/prebuilds?offset=50" }],
  ] as const) {
    const page = await get(server, path, cookie);
    expect(wordsOf(page)).toContain(label);
    expect(linksOf(page.text)).toEqual(links);
    names.push(...poolsOf(page.text));
  }
  expect(names).toEqual(names.toSorted((a, b) => (a!.split("/")[0]! < b!.split("/")[0]! ? -1 : 0)));
  expect(new Set(names).size).toBe(120);
  // A dry run is about all of them.
  const plan = wordsOf(await get(server, "/prebuilds?dry_run=1", cookie));
  expect(plan).toContain("120 presets");
  expect(plan).toContain("The next run would create 20 prebuilt workspaces.");
  expect(plan).toContain("docker-59 / small: do the rest later");
});
