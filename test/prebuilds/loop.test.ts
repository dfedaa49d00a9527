// Passes over the pools on a real database: what is made, deleted and left alone, by the tables of Coder's tests.
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { prebuildsUser, type BuildStatus, type Transition } from "../../db/schema.ts";
import { changesAnything } from "../../src/prebuilds/reconcile/apply.ts";
import {
  reconcile,
  reconcileAfterOthers,
  requestReconciliation,
} from "../../src/prebuilds/reconcile/reconcile.ts";
import { poolReads, poolsReport } from "../../src/prebuilds/reconcile/report.ts";
import { endRun, leaseDurationMs, readLease, takeLease } from "../../src/prebuilds/reconcile/store/lease.ts";
import { histories, settle, writes } from "../support/pool-histories.ts";
import { holdWrites } from "../support/meanwhile.ts";
import { startPools } from "../support/pools.ts";
import { addPrebuilds } from "../support/prebuilds.ts";
import { signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { addTemplate, addVersion, organizationOf } from "../support/workspaces.ts";
import { activateElsewhere, deleteTemplateElsewhere, countRows } from "../support/stored.ts";
import { auditEntries } from "../support/audit.ts";

const withoutWaiting = {
  BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_INTERVAL: "0s",
  BELFRY_WORKSPACE_PREBUILDS_MAX_PENDING: "10000",
};
const passes = async (server: TestServer, count: number) => {
  for (let turn = 0; turn < count; turn += 1) await reconcile(server.deps(), { forced: true });
};

describe("one workspace in a pool of one, over eight passes", () => {
  const transitions: Transition[] = ["start", "stop", "delete"];
  const statuses: BuildStatus[] = ["pending", "running", "canceling", "succeeded", "failed", "canceled"];
  const origins = ["active", "former", "deleted"] as const;
  const cases = transitions.flatMap((transition) =>
    statuses.flatMap((status) => origins.map((origin) => ({ transition, status, origin }))),
  );

  test("is deleted, replaced or left alone, whatever other workspaces there are", async () => {
    const server = await startTestServer({ environment: withoutWaiting });
    const { userId } = await signInFirst(server);
    const pools = [];
    for (const [index, { transition, status, origin }] of cases.entries()) {
      const preset = { id: randomUUID(), name: "small", parameters: [], instances: 1 };
      const made = await addTemplate(server, userId, `template-${index}`, { presets: [preset] });
      const pool = { ...made, presetId: preset.id };
      const [id] = await addPrebuilds(server, pool, 1, { build: { transition, status } });
      // Somebody's own workspaces of the same preset, in the same state.
      await addPrebuilds(server, pool, 1, { build: { transition, status }, workspace: { ownerId: userId } });
      if (origin === "former") {
        const next = await addVersion(server, userId, made.templateId);
        await activateElsewhere(server, made.templateId, next);
      }
      if (origin === "deleted") await deleteTemplateElsewhere(server, made.templateId);
      pools.push({ ...pool, id: id! });
    }
    const owned = await server.sql(
      `SELECT id, latest_build_id FROM workspaces WHERE owner_id = '${userId}' ORDER BY id`,
    );
    // A backoff of nothing lasts until the next moment.
    server.clock.advance(1);
    await passes(server, 8);

    for (const [index, { transition, status, origin }] of cases.entries()) {
      const { templateId, id } = pools[index]!;
      const builds = await server.sql(`SELECT transition || '/' || status AS state FROM workspace_builds
        WHERE workspace_id = '${id}' ORDER BY number`);
      const made = await server.sql(`SELECT w.id FROM workspaces w WHERE w.template_id = '${templateId}'
        AND w.owner_id = '${prebuildsUser.id}' AND w.id <> '${id}'`);
      const isStart = transition === "start";
      const isThere = isStart && ["pending", "running", "succeeded"].includes(status);
      const isGone = origin !== "active" && isStart && status === "succeeded";
      const isCanceled = origin !== "active" && isStart && status === "pending";
      const first = `${transition}/${isCanceled ? "canceled" : status}`;
      expect({ ...cases[index], made: made.length, builds: builds.map(({ state }) => state) }).toEqual({
        ...cases[index],
        made: origin === "active" && !isThere ? 1 : 0,
        builds: isGone ? [first, "delete/pending"] : [first],
      });
    }
    expect(
      await server.sql(`SELECT id, latest_build_id FROM workspaces WHERE owner_id = '${userId}' ORDER BY id`),
    ).toEqual(owned);
  });
});

test("A full pool doesn't hold another up, and passes that meet make no more than one", async () => {
  const { server, userId, states } = await startPools({ instances: 4 });
  await passes(server, 1);
  const large = { id: randomUUID(), name: "large", parameters: [], instances: 10 };
  await addTemplate(server, userId, "other", { presets: [large] });
  await Promise.all(Array.from({ length: 5 }, () => passes(server, 2)));
  expect((await states()).length).toBe(14);
});

test("Two instances make one run in an interval; a request during a run causes another one", async () => {
  const { server, states } = await startPools();
  const second = await startTestServer({ folder: server.folder, clock: server.clock });
  const ticks = async () =>
    (await Promise.all([server.runTick(), second.runTick()])).map(({ pools }) => pools);
  expect((await ticks()).filter((pools) => pools === "done").length).toBe(1);
  expect(await ticks()).toEqual([null, null]);
  server.clock.advance(60_000);
  expect((await ticks()).filter((pools) => pools === "done").length).toBe(1);
  expect(await states()).toEqual(["start/pending"]);

  const { db, clock } = server;
  const due = async () => (await db.read({ lease: readLease() })).lease[0]!;
  await db.write(takeLease("first", clock.now(), true), {});
  expect((await reconcile(second.deps(), { forced: false })).outcome).toBe("busy");
  expect((await due()).requestedAt).toBeNull();
  expect((await reconcile(second.deps(), { forced: true })).outcome).toBe("busy");
  expect((await due()).requestedAt).toBe(clock.now());
  await db.write([endRun("first", clock.now(), clock.now() + 60_000)], {});
  expect(await due()).toMatchObject({ token: null, nextDueAt: clock.now(), requestedAt: null });
  expect((await second.runTick()).pools).toBe("done");
  // Whoever holds a lease and is not heard of again holds the others up for as long as it lasts.
  await db.write(takeLease("first", clock.now(), true), {});
  clock.advance(leaseDurationMs - 1);
  expect((await reconcile(server.deps(), { forced: true })).outcome).toBe("busy");
  clock.advance(1);
  expect((await reconcile(server.deps(), { forced: true })).outcome).toBe("done");
});

test("A reconciliation that is asked for while one fails is made, and so are all that are asked for later", async () => {
  const { wrapClient, beforeNextWrite } = holdWrites();
  const { server, states } = await startPools({}, { wrapClient });
  const deps = server.deps();
  let failed = 0;
  beforeNextWrite(async () => {
    failed += 1;
    requestReconciliation(deps);
    // What the answer of that request defers has its turn before this fails.
    for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    throw new Error("gone");
  });
  requestReconciliation(deps);
  await server.settled();
  expect(failed).toBe(1);
  expect(await states()).toEqual(["start/pending"]);
  await server.sql("UPDATE presets SET desired_instances = 2");
  requestReconciliation(deps);
  await server.settled();
  expect(await states()).toEqual(["start/pending", "start/pending"]);
});

test("A reconciliation that is asked for waits for the one under way in another instance, and sees its state", async () => {
  const { server } = await startPools();
  const other = await startTestServer({ folder: server.folder, clock: server.clock });
  const { db, clock } = server;
  await db.write(takeLease("first", clock.now(), true), {});
  const asked = reconcileAfterOthers(other.deps());
  // Its request is in the database: it waits.
  await vi.waitFor(async () =>
    expect((await db.read({ lease: readLease() })).lease[0]!.requestedAt).toBe(clock.now()),
  );
  await db.write([endRun("first", clock.now(), clock.now() + 60_000)], {});
  expect((await asked).outcome).toBe("done");
});

test("A deletion runs with what the workspace was built with, by no preset and the version that it has", async () => {
  const pools = await startPools();
  const { server, presetId, templateId, versionId } = pools;
  const parameters = [{ name: "size", value: "large" }];
  const [id] = await addPrebuilds(server, { templateId, versionId, presetId }, 1, { parameters });
  await pools.push({ instances: 0 });
  await passes(server, 3);
  expect(
    await server.sql(`SELECT transition, reason, stage, version_id, preset_id, priority, (SELECT json_group_array(name || '=' || value)
      FROM build_parameters WHERE build_id = b.id) AS parameters FROM workspace_builds b WHERE workspace_id = '${id}' ORDER BY number`),
  ).toEqual([
    expect.objectContaining({ transition: "start", preset_id: presetId }),
    {
      transition: "delete",
      reason: "prebuild",
      stage: "none",
      version_id: versionId,
      preset_id: null,
      priority: 1,
      parameters: '["size=large"]',
    },
  ]);
});

test("Creations of a version that is not active any more are canceled before anybody takes them, and leave nothing", async () => {
  const pools = await startPools({ instances: 2 });
  const { server, provisioner } = pools;
  await passes(server, 1);
  const { json } = await provisioner.acquire();
  await pools.push({ instances: 1 });
  await passes(server, 3);
  expect(await pools.states()).toEqual(["start/running", "start/pending"]);
  expect(await countRows(server, "workspace_builds WHERE status = 'canceled'")).toBe(1);
  expect(json.stage).toBe("create");
});

test("A preset that lacks what its version requires is reported once, builds nothing, and delays nothing else", async () => {
  const pools = await startPools({ instances: 2 });
  const { server, templateId, versionId, presetId, userId } = pools;
  await addPrebuilds(server, { templateId, versionId, presetId }, 1);
  const next = randomUUID();
  const broken = { id: randomUUID(), name: "small", parameters: [], instances: 2 };
  await addVersion(
    server,
    userId,
    templateId,
    { parameters: [{ name: "region", required: true }], presets: [broken] },
    next,
  );
  await activateElsewhere(server, templateId, next);
  await passes(server, 8);
  expect(await pools.states()).toEqual(["delete/pending"]);
  expect(await pools.status(broken.id)).toBe("validation_failed");
  const notices = await pools.notices("Prebuild Validation Failed");
  expect(notices.map(({ data }) => data)).toMatchObject([
    { missing: ["region"], invalid: [], failure: null, eligible: 0 },
  ]);
  expect(await pools.pool()).toMatchObject({ status: "validation_failed", running: 0 });
  // Resumed without a fix, it fails again, which those who know are not notified of; fixed, it is filled without a resume.
  server.clock.advance(1_000);
  await pools.api("POST", `/prebuilds/presets/${broken.id}/resume`);
  await server.settled();
  expect((await pools.notices("Prebuild Validation Failed")).length).toBe(1);
  expect(await server.sql("SELECT occurrences, resolved_at FROM situations")).toEqual([
    { occurrences: 2, resolved_at: null },
  ]);
  await server.sql(`INSERT INTO preset_parameters VALUES ('${broken.id}', 'region', 'eu')`);
  await passes(server, 2);
  expect(await pools.status(broken.id)).toBe("normal");
  expect((await pools.states()).filter((state) => state === "start/pending").length).toBe(2);
});

describe("a version that is pushed with a preset whose pool can't be filled", () => {
  const region = { name: "region", required: true };
  const cpu = { name: "cpu", validation_min: 1, validation_max: 8 };
  const branch = { name: "branch", default_value: "main", validation_regex: "^[a-z]+$" };
  const zone = { name: "zone", options: [{ name: "Zone A", value: "a" }] };
  const small = (...parameters: { name: string; value: string }[]) => ({
    name: "small",
    parameters,
    prebuilds: { instances: 1 },
  });

  const ways: [string, object, string][] = [
    [
      "a parameter that became required",
      { parameters: [region], presets: [small()] },
      "Parameter **region**: required, but not set",
    ],
    [
      "a number above its maximum",
      { parameters: [cpu], presets: [small({ name: "cpu", value: "16" })] },
      "Parameter **cpu**: must be at most 8",
    ],
    [
      "a text that doesn't match",
      { parameters: [branch], presets: [small({ name: "branch", value: "Main" })] },
      "Parameter **branch**: must match",
    ],
    [
      "a value that is no option",
      { parameters: [zone], presets: [small({ name: "zone", value: "b" })] },
      "Parameter **zone**: must be one of a",
    ],
  ];
  const fixed = {
    parameters: [region, cpu, zone, branch],
    presets: [
      small({ name: "region", value: "eu" }, { name: "cpu", value: "8" }, { name: "zone", value: "a" }),
    ],
  };

  test.each(ways)(
    "%s: warns, is reported once, and ends with the next version",
    async (_what, body, line) => {
      const pools = await startPools({ instances: 1 });
      const { server, templateId } = pools;
      const activate = async (json: object) => {
        const path = "/organizations/default/templateversions";
        const version = await pools.api("POST", path, { ...json, template_id: templateId });
        expect(version.status).toBe(201);
        await pools.api("PATCH", `/templates/${templateId}/versions`, { id: version.json.id });
        await passes(server, 3);
        return version.json;
      };
      const statusOf = async (id: string) => {
        const { json } = await pools.api("GET", `/templateversions/${id}/presets`);
        return json[0]!.prebuild_status;
      };
      const broken = await activate(body);
      expect(broken.warnings).toEqual([
        expect.stringMatching(/^Prebuilds can't be created for preset "small": "\w+" .+\.$/),
      ]);
      expect(await statusOf(broken.id)).toBe("validation_failed");
      const notices = await pools.notices("Prebuild Validation Failed");
      expect(notices).toHaveLength(1);
      const inbox = await pools.api("GET", "/notifications/inbox");
      expect(inbox.json.notifications.find(({ title }) => title.startsWith("Prebuilds can't"))).toMatchObject(
        {
          title: "Prebuilds can't be created: docker / small",
          content: expect.stringContaining(`- ${line}`),
        },
      );
      expect((await pools.states()).filter((state) => state === "start/pending")).toEqual([]);

      const good = await activate(fixed);
      expect(good.warnings).toEqual([]);
      expect(await statusOf(good.id)).toBe("normal");
      expect((await pools.states()).filter((state) => state === "start/pending")).toHaveLength(1);
      expect(await pools.notices("Prebuild Validation Failed")).toHaveLength(1);
      expect(await pools.notices("Prebuild Failure Limit Reached")).toEqual([]);
    },
  );

  test("people are refused the same values, by the parameter's name", async () => {
    const pools = await startPools({ instances: 0 });
    const { server } = pools;
    const version = (
      await pools.api("POST", "/organizations/default/templateversions", { parameters: [cpu, zone] })
    ).json;
    await pools.api("POST", "/organizations/default/templates", {
      name: "ruled",
      template_version_id: version.id,
    });
    const create = (name: string, value: string) =>
      pools.api("POST", "/users/me/workspaces", {
        name: `w-${value.length}`,
        template_version_id: version.id,
        rich_parameter_values: [
          { name: "cpu", value: "2" },
          { name: "zone", value: "a" },
          { name, value },
        ].filter((one, at, all) => all.findLastIndex((other) => other.name === one.name) === at),
      });
    expect((await create("cpu", "99")).json.message).toBe(
      'rich_parameter_values: the parameter "cpu" must be at most 8',
    );
    expect((await create("zone", "bcd")).json.message).toBe(
      'rich_parameter_values: the parameter "zone" must be one of a',
    );
    expect((await create("cpu", "8")).status).toBe(201);
    const parameters = (await pools.api("GET", `/templateversions/${version.id}/rich-parameters`)).json;
    expect(parameters).toMatchObject([
      { name: "cpu", type: "number", validation_min: 1, validation_max: 8 },
      { name: "zone", type: "string", options: [{ name: "Zone A", value: "a", description: "", icon: "" }] },
    ]);
    await server.settled();
  });
});

describe("the hard limit", () => {
  const limitOf = (limit: number) => ({
    environment: { ...withoutWaiting, BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT: String(limit) },
  });

  test.each(["a new version", "the template's deletion"])("blocks no deletion after %s", async (what) => {
    const pools = await startPools({ instances: 2 }, limitOf(1));
    const { server, templateId, versionId, presetId } = pools;
    const pool = { templateId, versionId, presetId };
    const [good] = await addPrebuilds(server, pool, 1);
    server.clock.advance(1_000);
    await addPrebuilds(server, pool, 1, {
      build: { status: "failed", createdAt: server.clock.now(), completedAt: server.clock.now() },
    });
    server.clock.advance(1);
    await passes(server, 3);
    expect((await pools.states()).toSorted()).toEqual(["start/failed", "start/succeeded"]);
    expect(await pools.status(presetId)).toBe("hard_limited");
    const limited = async () => {
      server.clock.advance(15_000);
      const { text } = await server.call("GET", "/metrics");
      return text.match(/^coderd_prebuilt_workspaces_preset_hard_limited\{.*$/m)?.[0];
    };
    expect(await limited()).toBe(
      'coderd_prebuilt_workspaces_preset_hard_limited{template_name="docker",preset_name="small",organization_name="default"} 1',
    );
    if (what === "a new version") await pools.push({ instances: 0 });
    else await deleteTemplateElsewhere(server, templateId);
    await passes(server, 3);
    expect((await pools.states()).toSorted()).toEqual(["delete/pending", "start/failed"]);
    expect((await pools.members()).find(({ id }) => id === good)!["state"]).toBe("delete/pending");
    expect(await limited()).toBeUndefined();
    expect((await pools.notices()).length).toBe(1);
  });

  test("lets what is ready be claimed, and fills up again when the failures are deleted, without another notice", async () => {
    const pools = await startPools({ instances: 1 }, limitOf(1));
    const { server, presetId, api } = pools;
    await passes(server, 1);
    await pools.fail("no", 1);
    server.clock.advance(1);
    await passes(server, 2);
    expect(await pools.states()).toEqual(["start/failed"]);
    // An operator deletes the evidence: the suppression is lifted, the episode goes on.
    const [failed] = await pools.members();
    expect((await api("POST", `/workspaces/${failed!["id"]}/builds`, { transition: "delete" })).status).toBe(
      201,
    );
    server.clock.advance(1);
    await passes(server, 1);
    expect(await pools.states()).toEqual(["delete/pending", "start/pending"]);
    expect(await pools.status(presetId)).toBe("hard_limited");
    // The new one fails: limited again, and reported already.
    await server.sql(
      "UPDATE workspace_builds SET status = 'failed', completed_at = created_at WHERE status = 'pending' AND transition = 'start'",
    );
    await passes(server, 2);
    expect((await pools.notices()).length).toBe(1);
    // One that succeeds ends the episode; whoever comes then may claim it.
    server.clock.advance(1_000);
    await api("POST", `/prebuilds/presets/${presetId}/resume`);
    await server.settled();
    await pools.build();
    server.clock.advance(1_000);
    await passes(server, 1);
    expect(await pools.status(presetId)).toBe("normal");
    const claimed = await api("POST", "/users/me/workspaces", {
      name: "mine",
      template_id: pools.templateId,
      template_version_preset_id: presetId,
    });
    expect(claimed.json.latest_build.reason).toBe("prebuild_claim");
  });

  test("is neither marked nor reported when somebody resumes the pool during the run that found it", async () => {
    const { wrapClient, beforeNextWrite } = holdWrites();
    const pools = await startPools({ instances: 1 }, { ...limitOf(1), wrapClient });
    const { server, presetId, templateId, versionId, api } = pools;
    await addPrebuilds(server, { templateId, versionId, presetId }, 1, { build: { status: "failed" } });
    server.clock.advance(1);
    const resume = () => api("POST", `/prebuilds/presets/${presetId}/resume`);
    // The write that takes the lease, then the one that would mark.
    beforeNextWrite(async () => beforeNextWrite(resume));
    await passes(server, 1);
    expect(await pools.status(presetId)).toBe("normal");
    await server.settled();
    expect(await pools.states()).toEqual(["start/failed", "start/pending"]);
    await pools.fail("again");
    await passes(server, 2);
    expect((await pools.notices()).map(({ data }) => data.failures[0].error)).toEqual(["again"]);
  });

  test("is not reported for a version that is replaced during the run that found it", async () => {
    const { wrapClient, beforeNextWrite } = holdWrites();
    const pools = await startPools({ instances: 1 }, { ...limitOf(1), wrapClient });
    const { server, presetId, templateId, versionId } = pools;
    await addPrebuilds(server, { templateId, versionId, presetId }, 1, { build: { status: "failed" } });
    server.clock.advance(1);
    beforeNextWrite(async () => beforeNextWrite(() => pools.push()));
    await passes(server, 3);
    expect(await pools.status(presetId)).toBe("normal");
    expect(await pools.notices()).toEqual([]);
    expect(await pools.states()).toEqual(["start/failed", "start/pending"]);
  });

  test("counts no build that was lost with its provisioner, which is waited for all the same", async () => {
    const pools = await startPools(
      { instances: 1 },
      { environment: { BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT: "2" } },
    );
    const { server, presetId, templateId, versionId } = pools;
    const pool = { templateId, versionId, presetId };
    const fail = async (errorCode: string | null) => {
      server.clock.advance(1_000);
      await addPrebuilds(server, pool, 1, { build: { status: "failed", errorCode } });
    };
    await fail(null);
    await fail("LEASE_LOST");
    await fail("LEASE_LOST");
    expect((await pools.pass()).actions).toMatchObject([
      { action: "backoff", reason: expect.stringMatching(/^3 recent builds/) },
    ]);
    expect(await pools.pool()).toMatchObject({ status: "normal", failures: 1 });
    await fail(null);
    expect((await pools.pass()).actions).toMatchObject([
      { action: "mark_hard_limited" },
      { action: "backoff" },
    ]);
    expect(await pools.pool()).toMatchObject({ status: "hard_limited", failures: 2 });
  });

  test("ends its episode when a workspace is built after the notification", async () => {
    const pools = await startPools({ instances: 1 }, limitOf(1));
    const { server, presetId, templateId, versionId } = pools;
    await passes(server, 1);
    await pools.fail("no", 1);
    server.clock.advance(1);
    await passes(server, 1);
    expect(await pools.status(presetId)).toBe("hard_limited");
    server.clock.advance(1_000);
    await addPrebuilds(server, { templateId, versionId, presetId }, 1);
    await passes(server, 1);
    expect(await pools.status(presetId)).toBe("normal");
    expect(
      (await server.sql(`SELECT limit_event_id, limited_at FROM presets WHERE id = '${presetId}'`))[0],
    ).toEqual({
      limit_event_id: null,
      limited_at: null,
    });
  });
});

test("Failed builds are waited for, linearly, and then it goes on (two wanted, one minute each)", async () => {
  const pools = await startPools(
    { instances: 2 },
    { environment: { BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT: "0" } },
  );
  const { server } = pools;
  await server.call("PUT", "/api/v2/prebuilds/settings", {
    token: pools.token,
    json: { reconciliation_paused: false },
  });
  await server.settled();
  const made = server.clock.now();
  await pools.fail("no", 2);
  await server.settled();
  const until = new Date(made + 120_000).toISOString();
  expect(await pools.pool()).toMatchObject({ backoff_until: until, starting: 0, failures: 2 });
  expect((await pools.pass()).actions).toMatchObject([{ action: "backoff", until, count: 1 }]);
  server.clock.advance(120_000 - (server.clock.now() - made));
  expect((await pools.pass()).actions).toMatchObject([{ action: "backoff" }]);
  server.clock.advance(1);
  expect((await pools.pass()).actions).toMatchObject([{ action: "create", done: 2 }]);
});

test("While passes are paused nothing happens, not even in the middle of one; afterwards it goes on", async () => {
  const pools = await startPools();
  const { server, api } = pools;
  const settings = (reconciliation_paused: boolean) =>
    api("PUT", "/prebuilds/settings", { reconciliation_paused });
  expect((await settings(true)).status).toBe(200);
  expect((await settings(true)).status).toBe(304);
  expect((await server.runTick()).pools).toBeNull();
  expect(await pools.pass()).toMatchObject({ outcome: "paused", reconciliation_paused: true, actions: [] });
  expect(await pools.plan()).toMatchObject({
    outcome: "planned",
    reconciliation_paused: true,
    actions: [{ action: "create" }],
  });
  expect(await pools.states()).toEqual([]);
  const { text } = await server.call("GET", "/metrics");
  expect(text).toContain("\ncoderd_prebuilt_workspaces_reconciliation_paused 1\n");
  expect((await settings(false)).status).toBe(200);
  await server.settled();
  expect(await pools.states()).toEqual(["start/pending"]);
  const entries = await auditEntries(server, pools.token, "prebuilds_settings");
  expect(entries.map(({ detail }) => detail)).toEqual([
    { reconciliation_paused: false },
    { reconciliation_paused: true },
  ]);
});

test("Metrics follow what is made, fails, is claimed and is left, by names; a deleted template's are gone", async () => {
  const pools = await startPools({ instances: 2 }, { environment: withoutWaiting });
  const { server, templateId, presetId, api } = pools;
  await passes(server, 1);
  await pools.fail("no", 1);
  await server.settled();
  await pools.build();
  await server.settled();
  await api("POST", "/users/me/workspaces", {
    name: "mine",
    template_id: templateId,
    template_version_preset_id: presetId,
  });
  await server.settled();
  const other = await startTestServer({ folder: server.folder, clock: server.clock });
  const shown = async () => {
    server.clock.advance(15_000);
    const { text } = await server.call("GET", "/metrics");
    // Another instance, which has made none of it, says the same.
    const lines = (all: string) => all.split("\n").filter((line) => line.includes("prebuilt_workspaces"));
    expect(lines((await other.call("GET", "/metrics")).text)).toEqual(lines(text));
    const found = text.matchAll(/^coderd_prebuilt_workspaces_(\w+)\{.*preset_name="small".*\} (\d+)$/gm);
    return Object.fromEntries([...found].map(([, name, value]) => [name, Number(value)]));
  };
  expect(await shown()).toEqual({
    created_total: 4,
    failed_total: 1,
    claimed_total: 1,
    desired: 2,
    running: 1,
    eligible: 1,
  });
  await server.sql(`UPDATE templates SET deprecation_message = 'old' WHERE id = '${templateId}'`);
  expect(await shown()).toMatchObject({ desired: 0, running: 1, eligible: 0 });
  await deleteTemplateElsewhere(server, templateId);
  expect(await shown()).toEqual({});
});

test("Whatever has happened, a pass leaves nothing to do, and touches nobody's own workspace", async () => {
  const server = await startTestServer({ environment: withoutWaiting });
  const { userId } = await signInFirst(server);
  const organizationId = await organizationOf(server);
  const owned = () =>
    server.sql(
      `SELECT id, latest_build_id, deleted_at FROM workspaces WHERE owner_id = '${userId}' ORDER BY id`,
    );
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const rows = settle(history);
      await server.db.write(writes(rows, organizationId, userId), {});
      const before = await owned();
      const pass = await reconcile(server.deps(), { forced: true });
      expect(await owned()).toEqual(before);
      const { plan, pools } = await poolsReport(
        server.deps(),
        await server.db.read(poolReads(server.deps())),
      );
      expect(changesAnything(plan)).toBe(false);
      const filled = [...pass.done.keys()].filter(({ kind }) => kind === "create");
      for (const { pool } of filled) {
        const { desired, running, starting } = pools.find((one) => one.pool.presetId === pool.presetId)!;
        expect(running.length + starting).toBe(desired);
      }
    }),
    { numRuns: 40 },
  );
});
