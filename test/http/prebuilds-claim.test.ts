// Claiming a prebuilt workspace, through the API.
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { takeLease } from "../../src/prebuilds/reconcile/store/lease.ts";
import { parseExposition } from "../support/prometheus.ts";
import { addPrebuilds, stillPools, type PrebuildOptions, countPrebuilds } from "../support/prebuilds.ts";
import { addUser, signInFirst, startTestServer, type TestServerOptions } from "../support/server.ts";
import {
  addProvisioner,
  addTemplate,
  addVersion,
  outcome,
  type VersionOptions,
  buildsOf,
} from "../support/workspaces.ts";
import { activateElsewhere } from "../support/stored.ts";

type PresetOptions = Partial<NonNullable<VersionOptions["presets"]>[number]>;

/** A server with an owner, a member and a template with a pool. */
async function setUp(preset: PresetOptions = {}, options: TestServerOptions = {}) {
  const server = await startTestServer(options);
  const { token, userId } = await signInFirst(server);
  // What is claimed stays claimed: nobody fills the pool up.
  await stillPools(server);
  const member = await addUser(server, "mia");
  const presetId = randomUUID();
  const presets = [
    { id: presetId, name: "small", parameters: [{ name: "size", value: "small" }], instances: 3, ...preset },
  ];
  const parameters = [{ name: "size" }, { name: "region", defaultValue: "eu" }];
  const { templateId, versionId } = await addTemplate(server, userId, "docker", { presets, parameters });
  const provisioner = await addProvisioner(server, userId, "one");
  const create = (name: string, more: object = {}, as = member.token) =>
    server.call("POST", "/api/v2/users/mia/workspaces", {
      token: as,
      json: { name, template_id: templateId, template_version_preset_id: presetId, ...more },
    });
  const fill = (count: number, more: PrebuildOptions = {}) =>
    addPrebuilds(server, { templateId, versionId, presetId }, count, more);
  /** Does the job that waits. */
  const finish = async (action = "complete", json: object = outcome) => {
    const { json: job } = await provisioner.acquire();
    expect((await provisioner.job("POST", job.job_id, action, json)).status).toBeLessThan(300);
    return job;
  };
  const build = (id: string, transition: string, as = member.token) =>
    server.call("POST", `/api/v2/workspaces/${id}/builds`, { token: as, json: { transition } });
  const get = async <P extends string>(path: P) =>
    (await server.call("GET", `/api/v2${path}`, { token: member.token })).json;
  const reasonOf = async (name: string) => (await create(name)).json.latest_build?.reason as string;
  const left = () => countPrebuilds(server, token);
  const acts = { create, fill, finish, build, get, reasonOf, left };
  return { server, token, userId, member, templateId, versionId, presetId, provisioner, ...acts };
}

test("a ready workspace becomes its claimer's, with a build of theirs, and its agents keep their token", async () => {
  const { server, create, fill, finish, get, left, member, presetId } = await setUp();
  const [oldest] = await fill(2);
  const [before] = await server.sql(
    `SELECT agent_generation FROM workspace_builds WHERE workspace_id = '${oldest}'`,
  );
  const created = await create("web", { automatic_updates: "always", autostart_schedule: "0 11 * * *" });
  expect(created.status).toBe(201);
  expect(created.json).toMatchObject({
    id: oldest,
    name: "web",
    owner_name: "mia",
    is_prebuild: false,
    automatic_updates: "always",
    autostart_schedule: "0 11 * * *",
    next_start_at: "2026-11-21T11:00:00.000Z",
    latest_build: {
      build_number: 2,
      transition: "start",
      reason: "prebuild_claim",
      status: "pending",
      initiator_name: "mia",
      template_version_preset_id: presetId,
    },
  });
  expect(await get("/users/me/workspace/web")).toMatchObject({ id: oldest });
  const [claim] = await server.sql("SELECT * FROM workspace_builds WHERE stage = 'claim'");
  expect(claim).toMatchObject({
    initiator_id: member.userId,
    priority: 0,
    agent_generation: before!["agent_generation"],
  });
  const job = await finish();
  expect(job).toMatchObject({
    stage: "claim",
    workspace: { id: oldest, name: "web", owner_name: "mia" },
    preset: { id: presetId, name: "small" },
    previous_build: { number: 1 },
  });
  expect((await get(`/workspaces/${oldest}`)).latest_build.status).toBe("running");
  expect(await left()).toBe(1);
});

test("a claimed workspace behaves like any other", async () => {
  const { create, fill, finish, build, get, provisioner } = await setUp();
  await fill(1);
  const { id } = (await create("web")).json;
  expect((await build(id, "stop")).status).toBe(409);
  const tokens = [(await finish()).agent_token as string];
  for (const transition of ["start", "stop", "start"]) {
    expect((await build(id, transition)).json.reason).toBe("initiator");
    const job = await finish();
    expect(job.stage).toBe("none");
    tokens.push(job.agent_token as string);
  }
  expect(tokens.slice(1, 3)).toEqual([tokens[0], tokens[0]]);
  expect(tokens[3]).not.toBe(tokens[0]);
  await build(id, "start");
  const failed = (await provisioner.acquire()).json;
  await provisioner.job("POST", failed.job_id, "fail", { error: "no" });
  expect((await build(id, "delete")).status).toBe(201);
  await finish("complete", { resources: [] });
  expect((await get("/workspaces")).count).toBe(0);
});

test("a claim that fails, or is canceled, leaves its claimer a workspace to start again", async () => {
  const { server, create, fill, finish, build, member } = await setUp();
  await fill(2);
  const first = (await create("one")).json;
  await finish("fail", { error: "no room" });
  expect((await build(first.id, "start")).json).toMatchObject({ build_number: 3, status: "pending" });
  await finish();
  const second = (await create("two")).json;
  const path = `/api/v2/workspacebuilds/${second.latest_build.id}/cancel`;
  expect((await server.call("PATCH", path, { token: member.token })).status).toBe(200);
  expect((await build(second.id, "start")).status).toBe(201);
});

describe("a new workspace is created when", () => {
  test("nothing is ready", async () => {
    const { fill, reasonOf, left } = await setUp();
    expect(await reasonOf("empty")).toBe("initiator");
    const notReady: PrebuildOptions[] = [
      { agents: [] },
      { agents: ["ready", "starting"] },
      { agents: ["start_error"] },
      { build: { status: "running" } },
      { build: { status: "failed" } },
      { build: { transition: "stop" } },
      { build: { transition: "delete", status: "pending" } },
      { build: { presetId: null } },
      { workspace: { deletedAt: 1 } },
    ];
    for (const options of notReady) await fill(1, options);
    for (const [index] of notReady.entries()) expect(await reasonOf(`w-${index}`)).toBe("initiator");
    // All but the deleted one.
    expect(await left()).toBe(notReady.length - 1);
    await fill(1, { agents: ["ready", "ready"] });
    expect(await reasonOf("last")).toBe("prebuild_claim");
  });

  test("the ready prebuild is of another preset or template, or no preset was requested", async () => {
    const { server, userId, templateId, versionId, presetId, fill, create, reasonOf } = await setUp();
    const other = { id: randomUUID(), name: "big", parameters: [], instances: 1 };
    const elsewhere = await addTemplate(server, userId, "other", { presets: [other] });
    await addPrebuilds(server, { ...elsewhere, presetId: other.id }, 1);
    const second = { ...other, id: randomUUID() };
    const versionOfIt = await addVersion(server, userId, templateId, { presets: [second] });
    await addPrebuilds(server, { templateId, versionId, presetId: second.id }, 1);
    expect(await reasonOf("web")).toBe("initiator");
    await fill(1);
    const plain = await create("plain", { template_version_preset_id: null });
    expect(plain.json.latest_build.reason).toBe("initiator");
    expect(await reasonOf("mine")).toBe("prebuild_claim");
    const foreign = await create("x", { template_version_preset_id: second.id });
    expect(foreign.json.validations![0]!.field).toBe("template_version_preset_id");
    expect(presetId).not.toBe(versionOfIt);
  });

  test("the pool is of an inactive version", async () => {
    const { server, userId, templateId, versionId, fill, create } = await setUp();
    await fill(1);
    const next = await addVersion(server, userId, templateId);
    await activateElsewhere(server, templateId, next);
    const created = await create("old", { template_id: null, template_version_id: versionId });
    expect([created.status, created.json.latest_build.reason]).toEqual([201, "initiator"]);
  });

  test("the preset keeps no pool", async () => {
    const { fill, reasonOf } = await setUp({ instances: undefined });
    await fill(1);
    expect(await reasonOf("web")).toBe("initiator");
  });
});

test("a refused request claims nothing", async () => {
  const { server, member, templateId, token, fill, create, left } = await setUp();
  await create("web", { template_version_preset_id: null });
  await fill(1);
  const taken = await create("WEB");
  expect([taken.status, taken.json.validations![0]!.field]).toEqual([409, "name"]);
  const stranger = await addUser(server, "sam", ["template-admin"]);
  expect((await create("theirs", {}, stranger.token)).status).toBe(403);
  const deprecate = (words: string) =>
    server.call("PATCH", `/api/v2/templates/${templateId}`, { token, json: { deprecation_message: words } });
  await deprecate("Use other.");
  expect((await create("new")).json.detail).toBe("Use other.");
  await deprecate("");
  await server.sql("UPDATE templates SET deleted_at = 1");
  expect((await create("new")).json.validations![0]!.field).toBe("template_id");
  await server.sql("UPDATE templates SET deleted_at = NULL");
  expect(await left()).toBe(1);
  const forThem = await create("gift", {}, token);
  expect(forThem.json).toMatchObject({
    owner_id: member.userId,
    latest_build: { reason: "prebuild_claim", initiator_name: "ada" },
  });
});

test("parameters: the request's, then the preset's, and for the rest those of the prebuild", async () => {
  const { fill, create, finish } = await setUp();
  const parameters = [
    { name: "size", value: "made with another" },
    { name: "region", value: "us" },
  ];
  await fill(2, { parameters });
  await create("one");
  expect((await finish()).parameters).toMatchObject([
    { name: "size", value: "small" },
    { name: "region", value: "us" },
  ]);
  await create("two", { rich_parameter_values: [{ name: "region", value: "asia" }] });
  expect((await finish()).parameters).toMatchObject([
    { name: "size", value: "small" },
    { name: "region", value: "asia" },
  ]);
});

test("the oldest that hasn't expired is taken first, an expired one when there is no other", async () => {
  const { server, fill, create } = await setUp({ ttlSeconds: 60 });
  const [expired] = await fill(1);
  server.clock.advance(50_000);
  const [older] = await fill(1);
  server.clock.advance(11_000);
  const [newer] = await fill(1);
  const taken = [];
  for (const name of ["a", "b", "c"]) taken.push((await create(name)).json.id);
  expect(taken).toEqual([older, newer, expired]);
});

test("concurrent claims get one each, and the rest new workspaces", async () => {
  const { fill, create, left } = await setUp();
  const ready = await fill(3);
  const answers = await Promise.all(["a", "b", "c", "d", "e"].map((name) => create(name)));
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
  const claimed = answers.filter(({ json }) => json.latest_build.reason === "prebuild_claim");
  expect(claimed.map(({ json }) => json.id).toSorted()).toEqual(ready.toSorted());
  expect(new Set(answers.map(({ json }) => json.id)).size).toBe(5);
  expect(await left()).toBe(0);
});

test("a prebuild that is being deleted is not claimed, and a claimed one is not deleted", async () => {
  const { server, token, fill, create, build } = await setUp();
  for (let round = 0; round < 6; round += 1) {
    const [id] = await fill(1);
    const [claim, deletion] = await Promise.all([
      create(`web-${round}`),
      build(id!, "delete", token),
    ] as const);
    expect(claim.status).toBe(201);
    expect([claim.json.id === id, deletion.status]).toEqual(
      claim.json.id === id ? [true, 409] : [false, 201],
    );
    expect(await buildsOf(server, token, id!)).toHaveLength(2);
  }
});

test("a reconciliation that deletes and users who claim never take the same prebuild", async () => {
  const { server, token, fill, create } = await setUp({ instances: 0 });
  await server.call("PUT", "/api/v2/prebuilds/settings", { token, json: { reconciliation_paused: false } });
  for (let round = 0; round < 4; round += 1) {
    const ids = await fill(3);
    const names = ["a", "b", "c"].map((name) => `${name}-${round}`);
    const pass = server.call("POST", "/api/v2/prebuilds/reconcile", { token });
    const claims = await Promise.all(names.map((name) => create(name)));
    expect((await pass).status).toBe(200);
    await server.settled();
    const claimed = claims.map(({ json }) => json.id).filter((id) => ids.includes(id));
    for (const id of ids) {
      const builds = await buildsOf(server, token, id);
      expect(builds.map(({ transition, reason }) => [transition, reason])).toEqual([
        ["start", "prebuild"],
        claimed.includes(id) ? ["start", "prebuild_claim"] : ["delete", "prebuild"],
      ]);
    }
  }
});

test("a claim is a read and a write, like creating a workspace", async () => {
  const trips: string[] = [];
  const options: TestServerOptions = { adapter: "plain", onTrip: ({ mode }) => trips.push(mode) };
  const { server, fill, reasonOf } = await setUp({}, options);
  await fill(1);
  for (const reason of ["prebuild_claim", "initiator"]) {
    // What follows the answer of an earlier request has writes of its own.
    await server.settled();
    trips.length = 0;
    expect(await reasonOf(reason.replace("_", "-"))).toBe(reason);
    expect(trips.slice(0, 2)).toEqual(["read", "write"]);
  }
});

test("a preset's parameters without its id claim from its pool, and a preset's own values win", async () => {
  const { create, fill, presetId, member, server } = await setUp();
  const [first, second] = await fill(2);
  const value = (name: string, of: string) => ({ name, value: of });
  const none = { template_version_preset_id: "00000000-0000-0000-0000-000000000000" };
  const ofPreset = await create("one", { ...none, rich_parameter_values: [value("size", "small")] });
  expect(ofPreset.json).toMatchObject({
    id: first,
    latest_build: { reason: "prebuild_claim", template_version_preset_id: presetId },
  });
  const other = await create("two", { ...none, rich_parameter_values: [value("size", "large")] });
  expect(other.json.latest_build).toMatchObject({
    reason: "initiator",
    template_version_preset_id: null,
  });
  const named = await create("three", {
    rich_parameter_values: [value("size", "large"), value("region", "us")],
  });
  expect(named.json.id).toBe(second);
  const path = `/api/v2/workspacebuilds/${named.json.latest_build.id}/parameters`;
  const { json } = await server.call("GET", path, { token: member.token });
  expect(json).toEqual([value("region", "us"), value("size", "small")]);
});

test("a reconciliation that can't begin for 5 seconds answers 409, not old state", async () => {
  const { server, token } = await setUp();
  await server.db.write(takeLease("other", server.clock.now(), true), {});
  const { status, json } = await server.call("POST", "/api/v2/prebuilds/reconcile", { token });
  expect([status, json.message]).toEqual([409, expect.stringContaining("still running")]);
});

test("creation times of users and pools are counted once for each", async () => {
  const { server, create, fill, finish, build } = await setUp();
  const without = {
    template_version_preset_id: undefined,
    rich_parameter_values: [{ name: "size", value: "none of a preset's" }],
  };
  // A claim, in 4 seconds.
  await fill(1);
  await create("claimed");
  server.clock.advance(4_000);
  await finish();
  // A new workspace, in 40; its next builds are not counted.
  const own = await create("own", without);
  server.clock.advance(40_000);
  await finish();
  await build(own.json.id, "stop");
  await finish();
  await build(own.json.id, "start");
  await finish();
  // One of a pool, in two hours.
  await create("pooled", without);
  await server.sql("UPDATE workspace_builds SET stage = 'create' WHERE status = 'pending'");
  server.clock.advance(7_200_000);
  await finish();
  // One that fails waits in vain.
  await create("failing", without);
  await finish("fail", { error: "no" });

  const { text } = await server.call("GET", "/metrics");
  // As Prometheus reads it: cumulative buckets that end with the count.
  parseExposition(text);
  const shown = text.split("\n").filter((line) => /^coderd_\w+_duration_seconds/.test(line));
  const labels = (more: string, preset = "") =>
    `{organization_name="default",preset_name="${preset}",template_name="docker"${more}`;
  const creations = "coderd_workspace_creation_duration_seconds";
  const claims = "coderd_prebuilt_workspace_claim_duration_seconds";
  const regular = (suffix: string, le = "") => `${creations}${suffix}${labels(`,type="regular"${le}}`)}`;
  const pool = (suffix: string, le = "") => `${creations}${suffix}${labels(`,type="prebuild"${le}}`)}`;
  const claim = (suffix: string, le = "}") => `${claims}${suffix}${labels(le, "small")}`;
  for (const line of [
    `${claim("_count")} 1`,
    `${claim("_sum")} 4`,
    `${claim("_bucket", ',le="1"}')} 0`,
    `${claim("_bucket", ',le="5"}')} 1`,
    `${claim("_bucket", ',le="+Inf"}')} 1`,
    `${regular("_count")} 1`,
    `${regular("_sum")} 40`,
    `${regular("_bucket", ',le="30"')} 0`,
    `${regular("_bucket", ',le="60"')} 1`,
    `${pool("_count")} 1`,
    `${pool("_bucket", ',le="3600"')} 0`,
    `${pool("_bucket", ',le="+Inf"')} 1`,
  ])
    expect(shown).toContain(line);
});
