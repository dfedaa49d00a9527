// The page of pools: what each has, what stands in its way, and what the next pass does about it.
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { auditEntries } from "../support/audit.ts";
import { addPrebuilds } from "../support/prebuilds.ts";
import { cookieFor, get, wordsOf } from "../support/pages.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { addTemplate, addVersion } from "../support/workspaces.ts";
import { activateElsewhere } from "../support/stored.ts";

const page = "/prebuilds";

async function setUp() {
  const server = await startTestServer({
    environment: { BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT: "2" },
  });
  const { token, userId } = await signInFirst(server);
  const admin = await addUser(server, "tess", ["template-admin"]);
  const [small, large] = [randomUUID(), randomUUID()];
  const { templateId, versionId } = await addTemplate(server, userId, "docker", {
    presets: [
      { id: small, name: "small", parameters: [], instances: 2 },
      { id: large, name: "large", parameters: [], instances: 1 },
    ],
  });
  const fill = (presetId: string, count: number, more?: Parameters<typeof addPrebuilds>[3]) =>
    addPrebuilds(server, { templateId, versionId, presetId }, count, more);
  const look = async () => get(server, page, cookieFor(admin.token));
  return { server, token, userId, admin, templateId, small, large, fill, look };
}

test("shows for each pool its workspaces, why some can't be claimed, failures, and the next run", async () => {
  const { server, token, admin, small, large, fill, look } = await setUp();
  const [waiting] = await fill(small, 1, { agents: ["starting"] });
  await fill(small, 1);
  server.clock.advance(240_000);
  const failed = await fill(large, 2, { build: { status: "failed", error: "no <room>\nat all" } });
  const answer = await look();
  const words = wordsOf(answer);
  expect(answer.status).toBe(200);
  expect(words).toContain("docker / small below target 1 of 2 ready, 2 running");
  expect(words).toMatch(/prebuild-\w+ is not ready: agent agent-0 has not reported ready for 4 min/);
  expect(words).toContain("docker / large backing off, 2 failed 0 of 1 ready, 0 running");
  expect(words).toMatch(/2 failed builds, the latest of prebuild-\w+ just now: no &lt;room&gt;/);
  expect(words).toContain("Next run: wait until");
  const nameOf = async (id: string) =>
    (await server.call("GET", `/api/v2/workspaces/${id}`, { token })).json.name;
  expect(answer.text).toContain(`href="/@prebuilds/${await nameOf(waiting!)}"`);
  const links = await Promise.all(failed.map(async (id) => `/@prebuilds/${await nameOf(id)}/builds/1`));
  const shown = links.find((link) => answer.text.includes(`href="${link}#first-error"`));
  expect((await get(server, shown!, cookieFor(admin.token))).status).toBe(200);
});

test("a dry run counts what a run would do and why, and changes nothing", async () => {
  const { server, token, admin, small, fill } = await setUp();
  await fill(small, 1);
  const dry = async () => wordsOf(await get(server, `${page}?dry_run=1`, cookieFor(admin.token)));
  expect(await dry()).toMatch(
    /The next run would create 2 prebuilt workspaces\. docker \/ \w+: create 1 \(.*\) docker \/ \w+: create 1 \(/,
  );
  expect(await server.sql("SELECT count(*) AS count FROM workspaces")).toEqual([{ count: 1 }]);
  await server.call("PUT", "/api/v2/prebuilds/settings", { token, json: { reconciliation_paused: true } });
  expect(await dry()).toContain(
    "Reconciliation is paused. When resumed, it would create 2 prebuilt workspaces.",
  );
  await server.sql("UPDATE presets SET desired_instances = NULL");
  expect(await dry()).toContain("would change nothing.");
});

test("the last errors of a preset stay to be seen once it has recovered, each with its build's log", async () => {
  const { server, admin, small, fill, look } = await setUp();
  expect((await look()).text).not.toContain("Last errors");
  await fill(small, 2, { build: { status: "failed", error: "no room\nat all" } });
  server.clock.advance(1_000);
  await fill(small, 1);
  const listed = await look();
  expect(wordsOf(listed)).not.toContain("no room");
  expect(wordsOf(listed)).toContain("Last errors (2)");
  const opened = await get(server, `${page}?errors=${small}`, cookieFor(admin.token));
  expect(wordsOf(opened)).toMatch(/prebuild-\w+, build 1 just now: no room/);
  const [link] = /\/@prebuilds\/[^"#]+(?=#first-error)/.exec(opened.text)!;
  expect(wordsOf(await get(server, link, cookieFor(admin.token)))).toContain("at all");
});

test("at the hard limit shows since when and what to do; for old versions what is left", async () => {
  const { server, userId, templateId, small, large, fill, look } = await setUp();
  await fill(small, 2);
  await fill(large, 2, { build: { status: "failed", error: "no room" } });
  server.clock.advance(600_000);
  await server.runTick();
  server.clock.advance(600_000);
  const words = wordsOf(await look());
  expect(words).toContain("docker / large stopped, 2 failed");
  expect(words).toContain("Next run: create 0 of 1 (");
  expect(words).toContain(
    "Belfry stopped creating prebuilt workspaces 10 min ago. Fix the template and push a new version. If the cause is elsewhere, fix it, then resume here or with",
  );
  expect(words).toContain("belfry prebuilds resume docker/large");
  const next = await addVersion(server, userId, templateId);
  await activateElsewhere(server, templateId, next);
  const after = wordsOf(await look());
  expect(after).toMatch(/1 preset .*docker \/ small inactive/);
  expect(after).toContain("Next run: delete prebuild-");
});

test("acts: a stopped preset is resumed, reconciliation is paused, resumed and run", async () => {
  const { server, token, large, fill, look } = await setUp();
  const cookie = cookieFor(token);
  const press = (path: string) =>
    server.call("POST", path, { headers: { cookie, origin: server.url }, body: new URLSearchParams() });
  await fill(large, 2, { build: { status: "failed", error: "no room" } });
  server.clock.advance(600_000);
  await server.runTick();
  expect(wordsOf(await look())).toContain("docker / large stopped, 2 failed");
  const resume = /action="(\/prebuilds\/presets\/[^"]+\/resume)"/.exec((await look()).text)![1]!;
  const resumed = await press(resume);
  expect([resumed.status, resumed.headers.get("location")]).toEqual([303, "/prebuilds?done=resumed"]);
  await server.settled();
  expect(wordsOf(await look())).not.toContain("large stopped");
  expect((await press("/prebuilds/presets/none/resume")).status).toBe(404);

  expect((await press("/prebuilds/pause")).headers.get("location")).toBe("/prebuilds?done=paused");
  expect(wordsOf(await look())).toContain("Resume reconciliation");
  expect(wordsOf(await look())).not.toContain("Reconcile now");
  expect((await press("/prebuilds/reconcile")).headers.get("location")).toBe("/prebuilds?done=refused");
  expect((await press("/prebuilds/unpause")).status).toBe(303);
  expect(wordsOf(await look())).toContain("Pause reconciliation");
  expect((await press("/prebuilds/reconcile")).headers.get("location")).toBe("/prebuilds?done=requested");
  const url = "/api/v2/prebuilds/reconcile";
  expect((await server.call("POST", `${url}?dry_run=true` as typeof url, { token })).status).toBe(200);
  expect((await server.call("POST", url, { token })).status).toBe(200);
  const entries = await auditEntries(server, token, "prebuilds_settings");
  expect(entries.map(({ action, user }) => `${user?.username} ${action}`)).toEqual([
    "ada reconcile",
    "ada reconcile",
    "ada write",
    "ada write",
  ]);
});

test("says when reconciliation is paused, and how to create a pool when there is none", async () => {
  const { server, token, look } = await setUp();
  await server.call("PUT", "/api/v2/prebuilds/settings", { token, json: { reconciliation_paused: true } });
  expect(wordsOf(await look())).toContain("Reconciliation is paused.");
  await server.sql("UPDATE presets SET desired_instances = NULL");
  expect(wordsOf(await look())).toContain("No preset has prebuilds.");
});

test("is for owners and template admins", async () => {
  const { server, token } = await setUp();
  const member = await addUser(server, "mia");
  expect((await get(server, page, cookieFor(member.token))).status).toBe(403);
  expect((await get(server, page, cookieFor(token))).status).toBe(200);
  expect((await get(server, page)).headers.get("location")).toBe("/login?next=%2Fprebuilds");
});
