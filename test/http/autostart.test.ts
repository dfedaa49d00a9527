// Workspaces that start by themselves: their settings over the API, and what a pass does when their time has come.
import { describe, expect, test } from "vitest";
import { createMeter } from "../support/meter.ts";
import { allNotices, inboxTitles, deliveryLog } from "../support/inbox.ts";
import { stillPools } from "../support/prebuilds.ts";
import {
  addUser,
  signInFirst,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from "../support/server.ts";
import {
  addProvisioner,
  addTemplate,
  addVersion,
  outcome,
  type VersionOptions,
  activateVersion,
  buildsOf,
} from "../support/workspaces.ts";

const minute = 60_000;
const hour = 60 * minute;
/** Tests begin on a Saturday, at 10:00:00.500. */
const elevenDaily = "0 11 * * *";

/** An owner (ada) and a member (mia), whose workspace runs. */
async function setUp(options: TestServerOptions = {}, version: VersionOptions = {}) {
  const server = await startTestServer(options);
  const { token, userId } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  const { templateId, versionId } = await addTemplate(server, userId, "docker", version);
  const provisioner = await addProvisioner(server, userId, "one");
  const created = await server.call("POST", "/api/v2/users/me/workspaces", {
    token: mia.token,
    json: { name: "web", template_id: templateId },
  });
  const id = created.json.id;
  const finish = async () => {
    const { json } = await provisioner.acquire();
    await provisioner.job("POST", json.job_id, "complete", outcome);
    return json;
  };
  await finish();
  const put = (setting: string, json: unknown, as = mia.token) =>
    server.call("PUT", `/api/v2/workspaces/${id}/${setting}`, { token: as, json });
  const workspace = async () =>
    (await server.call("GET", `/api/v2/workspaces/${id}`, { token: mia.token })).json;
  const builds = () => buildsOf(server, token, id);
  const stop = async () => {
    const path = `/api/v2/workspaces/${id}/builds`;
    await server.call("POST", path, { token: mia.token, json: { transition: "stop" } });
    await finish();
  };
  /** Stopped, with an autostart at eleven. */
  const schedule = async (text = elevenDaily) => {
    await stop();
    expect((await put("autostart", { schedule: text })).status).toBe(204);
  };
  return {
    server,
    token,
    userId,
    mia,
    provisioner,
    templateId,
    versionId,
    id,
    put,
    workspace,
    builds,
    stop,
    finish,
    schedule,
  };
}

interface Pass {
  started: number | null;
  trips: number;
}

/** A user's notifications; workspace creation is a kind that is off by default. */
const notified = async (server: TestServer, token: string) =>
  (await deliveryLog(server, token)).filter(({ status }) => status !== "inhibited");

describe("settings", () => {
  test("a schedule is kept as written, with its next start, until it is removed", async () => {
    const { server, token, put, workspace, id } = await setUp();
    const text = "CRON_TZ=Europe/Berlin 30 8 * * 1-5";
    expect((await put("autostart", { schedule: text })).status).toBe(204);
    expect(await workspace()).toMatchObject({
      autostart_schedule: text,
      next_start_at: "2026-11-23T07:30:00.000Z",
      automatic_updates: "never",
    });
    const entries = (await server.call("GET", `/api/v2/audit?resource_id=${id}&action=write`, { token }))
      .json;
    expect(entries.entries).toMatchObject([
      { user: { username: "mia" }, detail: { name: "web", owner: "mia", autostart_schedule: text } },
    ]);
    for (const nothing of [{ schedule: "" }, { schedule: null }, {}]) {
      await put("autostart", { schedule: text });
      expect((await put("autostart", nothing)).status).toBe(204);
      expect(await workspace()).toMatchObject({ next_start_at: null });
      expect(await workspace()).not.toHaveProperty("autostart_schedule");
    }
  });

  test("a new workspace can have a schedule and automatic updates from the start", async () => {
    const { server, mia, templateId } = await setUp();
    const make = (name: string, autostart_schedule: string | null) =>
      server.call("POST", "/api/v2/users/me/workspaces", {
        token: mia.token,
        json: { name, template_id: templateId, autostart_schedule, automatic_updates: "always" },
      });
    expect((await make("early", elevenDaily)).json).toMatchObject({
      autostart_schedule: elevenDaily,
      next_start_at: "2026-11-21T11:00:00.000Z",
      automatic_updates: "always",
    });
    for (const [name, nothing] of [
      ["plain", null],
      ["blank", " "],
    ] as const)
      expect((await make(name, nothing)).json.next_start_at).toBeNull();
    const wrong = await make("wrong", "now and then");
    expect([wrong.status, wrong.json.validations![0]!.field]).toEqual([400, "autostart_schedule"]);
  });

  test("automatic updates are enabled and disabled", async () => {
    const { put, workspace } = await setUp();
    for (const wanted of ["always", "never"]) {
      expect((await put("autoupdates", { automatic_updates: wanted })).status).toBe(204);
      expect((await workspace()).automatic_updates).toBe(wanted);
    }
    const wrong = await put("autoupdates", { automatic_updates: "sometimes" });
    expect([wrong.status, wrong.json.validations]).toEqual([
      400,
      [{ field: "automatic_updates", detail: "must be always or never" }],
    ]);
  });

  test("an invalid schedule is refused with the reason, and the previous one stays", async () => {
    const { put, workspace } = await setUp();
    await put("autostart", { schedule: elevenDaily });
    const refused = await put("autostart", { schedule: "CRON_TZ=Europe/Berlim 0 8 * * *" });
    expect(refused.status).toBe(400);
    expect(refused.json.validations).toEqual([
      { field: "schedule", detail: 'unknown time zone "Europe/Berlim"' },
    ]);
    expect((await workspace()).autostart_schedule).toBe(elevenDaily);
  });

  test("the workspace's owner and deployment owners change them; viewers get 403, others 404", async () => {
    const { server, token, put } = await setUp();
    const who = { owner: token } as Record<string, string>;
    for (const role of ["template-admin", "auditor", "user-admin"])
      who[role] = (await addUser(server, `a-${role}`, [role])).token;
    who["member"] = (await addUser(server, "linus")).token;
    const answers: Record<string, number[]> = {};
    for (const [role, key] of Object.entries(who))
      answers[role] = [
        (await put("autostart", { schedule: elevenDaily }, key)).status,
        (await put("autoupdates", { automatic_updates: "always" }, key)).status,
      ];
    expect(answers).toEqual({
      owner: [204, 204],
      "template-admin": [403, 403],
      auditor: [403, 403],
      "user-admin": [404, 404],
      member: [404, 404],
    });
  });
});

describe("a tick", () => {
  test("starts due workspaces as their owners, not earlier; the next start is tomorrow", async () => {
    const { server, token, mia, schedule, workspace, builds, finish, versionId } = await setUp();
    await schedule();
    server.clock.advance(hour - 501);
    expect((await server.runTick()).started).toBe(0);
    server.clock.advance(1);
    expect((await server.runTick()).started).toBe(1);
    expect((await builds()).at(-1)).toMatchObject({
      build_number: 3,
      transition: "start",
      reason: "autostart",
      status: "pending",
      initiator_id: mia.userId,
      template_version_id: versionId,
    });
    expect(await workspace()).toMatchObject({ next_start_at: "2026-11-22T11:00:00.000Z" });
    expect((await finish()).transition).toBe("start");
    expect((await server.runTick()).started).toBe(0);
    expect(await notified(server, token)).toEqual([]);
    server.clock.advance(24 * hour);
    expect((await server.runTick()).started).toBe(0);
    expect(await builds()).toHaveLength(3);
    expect(await workspace()).toMatchObject({ next_start_at: "2026-11-23T11:00:00.000Z" });
  });

  test("of two instances starts a workspace once", async () => {
    const { server, builds, schedule } = await setUp();
    const other = await startTestServer({ folder: server.folder, clock: server.clock });
    await schedule();
    server.clock.advance(hour);
    const reports = await Promise.all([server.runTick(), other.runTick()]);
    expect(reports.map(({ started }) => started).toSorted()).toEqual([0, 1]);
    expect(await builds()).toHaveLength(3);
  });

  test("moves a workspace with automatic updates to the active version and notifies its owner once", async () => {
    const { server, token, userId, mia, templateId, put, schedule, workspace, finish } = await setUp();
    await put("autoupdates", { automatic_updates: "always" });
    const named = { name: "v2", message: "Newer *image*" };
    const second = await addVersion(server, userId, templateId, named);
    await activateVersion(server, token, templateId, second);
    await schedule();
    server.clock.advance(hour);
    for (let pass = 0; pass < 2; pass += 1) await server.runTick();
    expect((await workspace()).latest_build).toMatchObject({
      reason: "autostart",
      template_version_name: "v2",
      initiator_name: "mia",
    });
    expect(await inboxTitles(server, mia.token)).toEqual(["Your workspace web was updated automatically"]);
    expect(await inboxTitles(server, token)).toEqual([]);
    const { notifications } = (await server.call("GET", "/api/v2/notifications/inbox", { token: mia.token }))
      .json;
    expect(notifications[0]!.content).toContain("with version **v2** of its template");
    expect(notifications[0]!.content).toContain("> Newer \\*image\\*");
    const [message] = await notified(server, token);
    expect(message!.reasons).toEqual(["workspace_owner", "inbox"]);
    await finish();
    await schedule();
    server.clock.advance(24 * hour);
    expect((await server.runTick()).started).toBe(1);
    expect(await inboxTitles(server, mia.token)).toHaveLength(1);
  });

  test("leaves a workspace without automatic updates on its version, and notifies nobody", async () => {
    const { server, token, userId, templateId, versionId, builds, schedule } = await setUp();
    const second = await addVersion(server, userId, templateId);
    await activateVersion(server, token, templateId, second);
    await schedule();
    server.clock.advance(hour);
    await server.runTick();
    expect((await builds()).at(-1)).toMatchObject({ reason: "autostart", template_version_id: versionId });
    expect(await notified(server, token)).toEqual([]);
  });

  test("keeps the parameters, and creates a failed build when a value is missing, which notifies the owner", async () => {
    const size = { name: "size", required: true, defaultValue: "small" };
    const { server, token, userId, mia, templateId, put, schedule, workspace } = await setUp(
      {},
      { parameters: [size] },
    );
    await put("autoupdates", { automatic_updates: "always" });
    const parameters = [size, { name: "region", required: true }];
    const second = await addVersion(server, userId, templateId, { parameters });
    await activateVersion(server, token, templateId, second);
    await schedule();
    server.clock.advance(hour);
    for (let pass = 0; pass < 2; pass += 1) await server.runTick();
    const { latest_build: build, next_start_at } = await workspace();
    expect(build).toMatchObject({ build_number: 3, reason: "autostart", job: { status: "failed" } });
    expect(build.job.error).toContain('the parameter "region" is required and has no value');
    expect(next_start_at).toBe("2026-11-22T11:00:00.000Z");
    expect(await inboxTitles(server, mia.token)).toEqual(["Autostart failed: web"]);
    const path = `/api/v2/workspacebuilds/${build.id}/parameters` as const;
    expect((await server.call("GET", path, { token: mia.token })).json).toEqual([
      { name: "size", value: "small" },
    ]);
    server.clock.advance(24 * hour);
    expect((await server.runTick()).started).toBe(1);
    // Notified again, in the same row of the inbox.
    const failed = (await allNotices(server)).filter(({ key }) => key === "TemplateWorkspaceAutobuildFailed");
    expect(failed.map(({ status }) => status)).toEqual(["sent", "sent"]);
    expect(await inboxTitles(server, mia.token)).toEqual(["Autostart failed: web"]);
  });

  test("notifies the owner when the start fails", async () => {
    const { server, mia, provisioner, schedule } = await setUp();
    await schedule();
    server.clock.advance(hour);
    await server.runTick();
    const { json } = await provisioner.acquire();
    await provisioner.job("POST", json.job_id, "fail", { error: "no disk left" });
    expect(await inboxTitles(server, mia.token)).toEqual(["Autostart failed: web"]);
  });

  test.each([
    ["by an hour, starts", hour, 1],
    ["by more, waits for the next time", hour + 1_000, 0],
  ])("that comes late, %s it", async (_words, late, started) => {
    const { server, schedule, workspace } = await setUp();
    await schedule();
    server.clock.advance(hour - 500 + late);
    expect((await server.runTick()).started).toBe(started);
    expect(await workspace()).toMatchObject({ next_start_at: "2026-11-22T11:00:00.000Z" });
    expect(server.logs.some((line) => line.includes("passed more than an hour ago"))).toBe(started === 0);
  });

  test("doesn't start the workspaces of suspended users until they are active again", async () => {
    const { server, token, schedule } = await setUp();
    await schedule();
    await server.call("PUT", "/api/v2/users/mia/status/suspend", { token });
    server.clock.advance(hour);
    expect((await server.runTick()).started).toBe(0);
    await server.call("PUT", "/api/v2/users/mia/status/activate", { token });
    expect((await server.runTick()).started).toBe(0);
    server.clock.advance(24 * hour);
    expect((await server.runTick()).started).toBe(1);
  });

  test("does not start deleted workspaces", async () => {
    const { server, mia, id, builds, schedule, finish } = await setUp();
    await schedule();
    const path = `/api/v2/workspaces/${id}/builds`;
    await server.call("POST", path, { token: mia.token, json: { transition: "delete" } });
    await finish();
    server.clock.advance(hour);
    expect((await server.runTick()).started).toBe(0);
    expect(await builds()).toHaveLength(3);
  });

  test("takes fifty at a time; the others follow in the next", async () => {
    const meter = createMeter();
    const { server, mia, templateId, schedule } = await setUp({ adapter: "plain", onTrip: meter.onTrip });
    await stillPools(server);
    await schedule();
    for (let count = 0; count < 60; count += 1) {
      const json = { name: `w${count}`, template_id: templateId };
      await server.call("POST", "/api/v2/users/me/workspaces", { token: mia.token, json });
    }
    await server.sql("UPDATE workspace_builds SET transition = 'stop', status = 'succeeded'");
    await server.sql(`UPDATE workspaces SET autostart_schedule = '${elevenDaily}', next_start_at =
      (SELECT next_start_at FROM workspaces WHERE name = 'web')`);
    const passes: Pass[] = [];
    for (const wait of [hour, 0, 0, hour, hour]) {
      server.clock.advance(wait);
      meter.reset();
      const { started } = await server.runTick();
      passes.push({ started, trips: meter.trips });
    }
    expect(passes.map(({ started }) => started)).toEqual([50, 11, 0, 0, 0]);
    const [first, second, third, , last] = passes as [Pass, Pass, Pass, Pass, Pass];
    // Others have their own work once in a while: what is compared is alike but for the starts.
    expect([first.trips - last.trips, second.trips - third.trips]).toEqual([2, 2]);
  });
});
