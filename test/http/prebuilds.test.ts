// Pools of prebuilt workspaces, through the API and the tick: they are filled, kept, drained, limited and resumed.
import { describe, expect, test } from "vitest";
import { addPrebuilds } from "../support/prebuilds.ts";
import { addUser } from "../support/server.ts";
import { startPools } from "../support/pools.ts";
import { agentCalls } from "../support/task.ts";
import { agentTokenOf } from "../support/workspaces.ts";

const limitOf = (limit: number) => ({
  environment: {
    BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT: String(limit),
    BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_INTERVAL: "0s",
  },
});

describe("a pool", () => {
  test("is filled, and its workspaces are listed", async () => {
    const { pass, build, states, members, pool, plan, server } = await startPools({ instances: 2 });
    const planned = await plan();
    expect(planned).toMatchObject({
      outcome: "planned",
      actions: [{ action: "create", count: 2, done: null }],
    });
    const first = await pass();
    expect(first).toMatchObject({ outcome: "done", actions: [{ action: "create", count: 2, done: 2 }] });
    expect(await states()).toEqual(["start/pending", "start/pending"]);
    expect(await pool()).toMatchObject({ desired: 2, running: 0, starting: 2, eligible: 0 });
    expect((await plan()).actions).toEqual([]);
    await build("starting");
    server.clock.advance(240_000);
    expect(await pool()).toMatchObject({
      desired: 2,
      running: 2,
      starting: 0,
      eligible: 0,
      not_eligible: [
        { why: "agent main has not reported ready for 4 min" },
        { why: "agent main has not reported ready for 4 min" },
      ],
    });
    for (const { id } of await members())
      await agentCalls(server, await agentTokenOf(server, String(id))).lifecycle("ready");
    expect(await pool()).toMatchObject({ eligible: 2, not_eligible: [] });
    expect((await pass()).actions).toEqual([]);
  });

  test("is reconciled once in an interval, by any instance", async () => {
    const { server, states } = await startPools();
    expect((await server.runTick()).pools).toBe("done");
    expect(await states()).toEqual(["start/pending"]);
    expect((await server.runTick()).pools).toBeNull();
    server.clock.advance(59_999);
    expect((await server.runTick()).pools).toBeNull();
    server.clock.advance(1);
    expect((await server.runTick()).pools).toBe("done");
  });
});

describe("the hard limit", () => {
  test.each([
    [1, 1, "hard_limited", 1],
    [2, 2, "normal", 0],
  ])("%i, one failed build: %i workspaces, %s, %i notices", async (limit, count, status, notices) => {
    const pools = await startPools({}, limitOf(limit));
    await pools.pass();
    await pools.server.settled();
    await pools.fail("no", 1);
    await pools.server.settled();
    for (let turn = 0; turn < 3; turn += 1) await pools.pass();
    expect((await pools.members()).length).toBe(count);
    expect(await pools.status(pools.presetId)).toBe(status);
    expect((await pools.notices()).length).toBe(notices);
  });

  test("notifies the template admins, with the failures and what can still be claimed; after a resume it notifies again", async () => {
    const pools = await startPools({ instances: 2 }, limitOf(1));
    const { server, api, presetId, pass } = pools;
    const admin = await addUser(server, "tess", ["template-admin"]);
    await pass();
    const { json } = await pools.provisioner.acquire();
    await pools.provisioner.job("POST", json.job_id, "complete", { resources: [] });
    await pools.fail();
    await pass();
    await pass();
    const [notice, ...more] = await pools.notices();
    expect(more).toEqual([]);
    expect(notice).toMatchObject({
      user_id: admin.userId,
      labels: { org: "default", template: "docker", preset: "small" },
      data: {
        limit: 1,
        eligible: 0,
        failures: [{ build_number: 1, error: "Error: no space left on device" }],
      },
    });
    expect(await pools.pool()).toMatchObject({
      status: "hard_limited",
      failures: 1,
      last_failures: [{ build_number: 1, error: "Error: no space left on device" }],
    });
    const warnings = server.logs.filter((line) => line.includes("hard limit"));
    expect(warnings.length).toBeGreaterThanOrEqual(2);
    expect(JSON.parse(warnings[0]!)).toMatchObject({
      level: "warn",
      template: "docker",
      version: expect.any(String),
      preset: "small",
      failures: 1,
      since: expect.stringMatching(/Z$/),
    });

    server.clock.advance(1_000);
    expect((await api("POST", `/prebuilds/presets/${presetId}/resume`)).status).toBe(200);
    await server.settled();
    expect(await pools.status(presetId)).toBe("normal");
    expect(await pools.states()).toEqual(["start/succeeded", "start/failed", "start/pending"]);
    server.clock.advance(15 * 60_000);
    await pools.fail("again");
    await pass();
    expect(await pools.status(presetId)).toBe("hard_limited");
    expect((await pools.notices()).map(({ data }) => data.failures.length)).toEqual([1, 1]);
    const audit = (await api("GET", "/audit")).json;
    expect(JSON.stringify(audit)).toContain("resume");
  });
});

test("Users' jobs come first, then deletions of pools, then creations", async () => {
  const pools = await startPools({ instances: 1 });
  const { server, api, provisioner, templateId, versionId, presetId } = pools;
  await addPrebuilds(server, { templateId, versionId, presetId }, 1);
  await pools.push({ instances: 1 });
  await pools.pass();
  expect((await pools.states()).toSorted()).toEqual(["delete/pending", "start/pending"]);
  await api("POST", "/users/me/workspaces", { name: "mine", template_id: templateId });
  const order = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const { json } = await provisioner.acquire();
    order.push([json.workspace.owner_name, json.transition, json.stage]);
  }
  expect(order).toEqual([
    ["ada", "start", "none"],
    ["prebuilds", "delete", "none"],
    ["prebuilds", "start", "create"],
  ]);
});

test("Only template managers manage pools; everybody sees whether they are paused", async () => {
  const pools = await startPools();
  const { server, presetId } = pools;
  const member = await addUser(server, "mia");
  const admin = await addUser(server, "tess", ["template-admin"]);
  const calls: [string, string, unknown?][] = [
    ["GET", "/prebuilds/presets"],
    ["POST", "/prebuilds/reconcile?dry_run=true"],
    ["POST", "/prebuilds/reconcile"],
    ["POST", `/prebuilds/presets/${presetId}/resume`],
    ["PUT", "/prebuilds/settings", { reconciliation_paused: true }],
  ];
  const ask = async (token: string) => {
    const statuses = [];
    for (const [method, path, json] of calls)
      statuses.push((await server.call(method, `/api/v2${path}`, { token, json })).status);
    return statuses;
  };
  expect(await ask(member.token)).toEqual(calls.map(() => 403));
  expect(await pools.states()).toEqual([]);
  expect(await ask(admin.token)).toEqual(calls.map(() => 200));
  const settings = await server.call("GET", "/api/v2/prebuilds/settings", { token: member.token });
  expect(settings.json).toEqual({ reconciliation_paused: true });
});

test("Pushing, activating, deprecating and deleting reconcile the pools at once", async () => {
  const pools = await startPools({ instances: 0 });
  const { server, api, templateId } = pools;
  const organization = "/organizations/default";
  const presets = [{ name: "small", prebuilds: { instances: 2 } }];
  const version = (
    await api("POST", `${organization}/templateversions`, { template_id: templateId, presets })
  ).json;
  await server.settled();
  expect(await pools.states()).toEqual([]);
  await api("PATCH", `/templates/${templateId}/versions`, { id: version.id });
  await server.settled();
  expect(await pools.states()).toEqual(["start/pending", "start/pending"]);
  await pools.build();
  await api("PATCH", `/templates/${templateId}`, { deprecation_message: "Use the other one." });
  await server.settled();
  expect(await pools.states()).toEqual(["delete/pending", "delete/pending"]);
  await pools.build();
  await api("PATCH", `/templates/${templateId}`, { deprecation_message: "" });
  await server.settled();
  expect(await pools.states()).toEqual(["start/pending", "start/pending"]);
  await api("DELETE", `/templates/${templateId}`);
  await server.settled();
  expect(await pools.states()).toEqual([]);
});

test("invalidated prebuilds are replaced, and claimed only when there is no other", async () => {
  const pools = await startPools({ instances: 2 });
  const { server, api, pass, build, pool, plan, templateId, versionId, presetId } = pools;
  await pass();
  await build();
  const old = (await pools.members()).map(({ id }) => id as string);
  server.clock.advance(1_000);
  const invalidate = () => api("POST", `/templates/${templateId}/prebuilds/invalidate`);
  const paused = { reconciliation_paused: true };
  expect((await api("PUT", "/prebuilds/settings", paused)).status).toBe(200);
  const answer = await invalidate();
  expect([answer.status, answer.json]).toEqual([
    200,
    {
      invalidated: [
        { template_name: "docker", template_version_name: `v-${versionId}`, preset_name: "small" },
      ],
    },
  ]);
  expect(await pool()).toMatchObject({
    eligible: 0,
    not_eligible: [{ why: "it was invalidated" }, { why: "it was invalidated" }],
  });
  expect((await plan()).actions).toMatchObject([
    { action: "delete", reason: "invalidated" },
    { action: "create", count: 2 },
  ]);
  server.clock.advance(1_000);
  const [fresh] = await addPrebuilds(server, { templateId, versionId, presetId }, 1);
  const taken = await api("POST", "/users/me/workspaces", {
    name: "web",
    template_id: templateId,
    template_version_preset_id: presetId,
  });
  expect(taken.json.id).toBe(fresh);
  await api("PUT", "/prebuilds/settings", { reconciliation_paused: false });
  await pass();
  await build();
  await pass();
  await build();
  const now = (await pools.members()).map(({ id }) => id as string);
  expect(now).toHaveLength(2);
  expect(now.filter((id) => old.includes(id))).toEqual([]);
  expect((await plan()).actions).toEqual([]);

  expect((await api("GET", "/audit?action=invalidate_prebuilds")).json.entries).toMatchObject([
    { action: "invalidate_prebuilds", resource_id: templateId },
  ]);
  await api("DELETE", `/templates/${templateId}`);
  const member = await addUser(server, "mia");
  const path = `/api/v2/templates/${templateId}/prebuilds/invalidate`;
  expect((await server.call("POST", path, { token: member.token })).status).toBe(403);
});
