// AI tasks, at both of Coder's addresses: what its command line sends, and what it decodes.
import { describe, expect, test } from "vitest";
import type { TestServer } from "../support/server.ts";
import { addUser } from "../support/server.ts";
import { startTask } from "../support/task.ts";
import { addTemplate, addVersion } from "../support/workspaces.ts";

const prompt = "Fix the bug in the parser";
const addresses = ["/api/v2", "/api/experimental"] as const;
type Address = (typeof addresses)[number];

const listOf = async (server: TestServer, token: string, q = "", address: Address = "/api/v2") => {
  const { status, json } = await server.call("GET", `${address}/tasks?q=${encodeURIComponent(q)}`, { token });
  return { status, count: json.count, names: json.tasks?.map((one) => one.name) };
};

describe("a task", () => {
  test("is shown with codersdk's fields, by its name and by its id", async () => {
    const { server, member, workspaceId, status, lifecycle, userId } = await startTask();
    await lifecycle("ready");
    await status("working", "Reading");
    server.clock.advance(30_000);
    await status("working", "Still reading", { uri: "https://git.example.com/1" });
    const since = new Date(server.clock.now() - 30_000).toISOString();
    const workspace = (await server.call("GET", `/api/v2/workspaces/${workspaceId}`, { token: member.token }))
      .json;
    const [agent] = workspace.latest_build.resources[0]!.agents!;
    const expected = {
      id: workspaceId,
      organization_id: workspace.organization_id,
      owner_id: member.userId,
      owner_name: "mia",
      owner_avatar_url: "",
      name: "fix-bug",
      display_name: "fix-bug",
      template_id: workspace.template_id,
      template_version_id: workspace.latest_build.template_version_id,
      template_name: "agents",
      template_display_name: "agents",
      template_icon: "",
      workspace_id: workspaceId,
      workspace_name: "fix-bug",
      workspace_status: "running",
      workspace_build_number: 1,
      workspace_agent_id: agent!.id,
      workspace_agent_lifecycle: "ready",
      workspace_agent_health: { healthy: true },
      workspace_app_id: agent!.apps.find(({ slug }) => slug === "claude")!.id,
      initial_prompt: prompt,
      status: "active",
      current_state: {
        timestamp: since,
        state: "working",
        message: "Still reading",
        uri: "https://git.example.com/1",
      },
      created_at: workspace.created_at,
      updated_at: workspace.updated_at,
    };
    for (const path of [
      "me/fix-bug",
      "mia/FIX-BUG",
      `mia/${workspaceId}`,
      `me/${workspaceId.toUpperCase()}`,
    ]) {
      const { token } = member;
      expect((await server.call("GET", `/api/v2/tasks/${path}`, { token })).json).toEqual(expected);
      // 2.27 knows a task's status by its workspace's words.
      const old = await server.call("GET", `/api/experimental/tasks/${path}`, { token });
      expect(old.json).toEqual({ ...expected, status: "running" });
    }
    for (const address of addresses) {
      const { json } = await server.call("GET", `${address}/tasks?q=owner:%22me%22`, { token: member.token });
      expect(json).toMatchObject({ count: 1, tasks: [{ id: workspaceId, initial_prompt: prompt }] });
    }
    expect(userId).not.toBe(member.userId);
  });

  test("goes through Coder's statuses, and the filter finds it by each and by no other", async () => {
    const { server, token, member, build, finish, lifecycle, status, provisioner } = await startTask();
    const known = ["pending", "initializing", "active", "paused", "error", "unknown"];
    const isAt = async (wanted: string, of: string) => {
      const one = await server.call("GET", "/api/v2/tasks/me/fix-bug", { token: member.token });
      expect([one.json.status, one.json.workspace_status]).toEqual([wanted, of]);
      for (const filter of known) {
        const { names } = await listOf(server, member.token, `status:"${filter}"`);
        expect([filter, names]).toEqual([filter, filter === wanted ? ["fix-bug"] : []]);
      }
      for (const address of addresses)
        expect((await listOf(server, member.token, `status:${of}`, address)).names).toEqual(["fix-bug"]);
    };
    await isAt("initializing", "running");
    await status("idle", "Which one?");
    await isAt("active", "running");
    await lifecycle("ready");
    await isAt("active", "running");
    await build("stop");
    // A workspace that waits to be stopped: filters of both kinds know the word.
    const stop = (await provisioner.acquire()).json;
    await isAt("unknown", "stopping");
    await provisioner.job("POST", stop.job_id, "complete", { resources: [] });
    await isAt("paused", "stopped");
    await build("start");
    await isAt("pending", "pending");
    const { json } = await provisioner.acquire();
    await isAt("initializing", "starting");
    await provisioner.job("POST", json.job_id, "fail", { error: "no disk" });
    await isAt("error", "failed");
    await build("start");
    await finish();
    // What the agent said before belongs to another run.
    const again = await server.call("GET", "/api/v2/tasks/me/fix-bug", { token: member.token });
    expect(again.json).toMatchObject({ current_state: null, initial_prompt: prompt });
    expect((await listOf(server, token, "status:asleep")).status).toBe(400);
  });

  test("that failed is `failed` in Coder's words, and its logs are its prompt and what its agent reported", async () => {
    const { server, member, status } = await startTask();
    await status("working");
    await status("failure", "There is no database");
    const { json } = await server.call("GET", "/api/v2/tasks/me/fix-bug", { token: member.token });
    expect(json.current_state).toMatchObject({ state: "failed", message: "There is no database" });
    const logs = await server.call("GET", "/api/v2/tasks/me/fix-bug/logs", { token: member.token });
    expect(logs.json).toEqual({
      logs: [
        { id: 0, type: "input", content: prompt, time: expect.any(String) },
        { id: expect.any(Number), type: "output", content: "working", time: expect.any(String) },
        {
          id: expect.any(Number),
          type: "output",
          content: "failure: There is no database",
          time: expect.any(String),
        },
      ],
    });
  });

  test("isn't found for a workspace without a task, a prebuild, a deleted one, or another user's", async () => {
    const { server, token, member, userId, build, finish } = await startTask();
    const { templateId } = await addTemplate(server, userId, "plain");
    await server.call("POST", "/api/v2/users/me/workspaces", {
      token: member.token,
      json: { name: "web", template_id: templateId },
    });
    const bob = await addUser(server, "bob");
    expect((await listOf(server, bob.token)).names).toEqual([]);
    expect((await listOf(server, token)).names).toEqual(["fix-bug"]);
    for (const q of ["owner:mia", `owner:${member.userId}`, "bug", "name:FIX", "organization:default"])
      expect((await listOf(server, token, q)).names).toEqual(["fix-bug"]);
    for (const q of ["owner:me", "other", "organization:none"])
      expect((await listOf(server, token, q)).names).toEqual([]);
    const get = async (path: string, as: string) =>
      (await server.call("GET", `/api/v2/tasks/${path}`, { token: as })).status;
    expect(await get("me/web", member.token)).toBe(404);
    expect(await get("mia/fix-bug", bob.token)).toBe(404);
    // The other workspace's build comes first.
    await finish();
    await build("delete");
    await finish();
    expect(await get("me/fix-bug", member.token)).toBe(404);
    expect((await listOf(server, token)).names).toEqual([]);
  });
});

describe("creating a task", () => {
  const create = (
    server: TestServer,
    token: string,
    json: object,
    user = "me",
    address: Address = "/api/v2",
  ) => server.call("POST", `${address}/tasks/${user}`, { token, json });

  test.each(["AI Prompt", "ai_prompt", "prompt"])("gives its prompt as the parameter %j", async (name) => {
    const { server, member, userId, templateId } = await startTask();
    const parameters = [{ name }, { name: "size", defaultValue: "small" }];
    const versionId = await addVersion(server, userId, templateId, { hasAiTask: true, parameters });
    for (const address of addresses) {
      const none = { template_version_preset_id: "00000000-0000-0000-0000-000000000000" };
      const body = { template_version_id: versionId, input: "Add *a* test, please: now!", name: "", ...none };
      const created = await create(server, member.token, body, "me", address);
      expect([created.status, created.json.name]).toEqual([
        201,
        expect.stringMatching(/^add-a-test-please-now-[0-9a-f]{6}$/),
      ]);
      expect(created.json).toMatchObject({
        initial_prompt: body.input,
        workspace_status: "pending",
        status: "pending",
        current_state: null,
        workspace_agent_id: null,
      });
      const one = await server.call("GET", `/api/v2/tasks/me/${created.json.id}`, { token: member.token });
      expect(one.json.initial_prompt).toBe(body.input);
      const workspace = await server.call("GET", `/api/v2/workspaces/${created.json.id}`, {
        token: member.token,
      });
      const path = `/api/v2/workspacebuilds/${workspace.json.latest_build.id}/parameters` as const;
      const values = (await server.call("GET", path, { token: member.token })).json;
      expect(values.map(({ value }) => value)).toContain(body.input);
    }
  });

  test("with an Idempotency-Key creates it once", async () => {
    const { server, member, userId, templateId } = await startTask();
    const options = { hasAiTask: true, parameters: [{ name: "prompt" }] };
    const versionId = await addVersion(server, userId, templateId, options);
    const make = async (input: string) =>
      server.call("POST", "/api/v2/tasks/me", {
        token: member.token,
        json: { template_version_id: versionId, input },
        headers: { "idempotency-key": "one" },
      });
    const first = await make("Fix it");
    const again = await make("Fix it");
    expect([first.status, again.status, again.json]).toEqual([201, 201, first.json]);
    expect((await make("Break it")).status).toBe(422);
    expect((await listOf(server, member.token)).count).toBe(2);
  });

  test("names the invalid field", async () => {
    const { server, token, member, userId, templateId } = await startTask();
    const [task, silent, plain] = await Promise.all([
      addVersion(server, userId, templateId, { hasAiTask: true, parameters: [{ name: "prompt" }] }),
      addVersion(server, userId, templateId, { hasAiTask: true }),
      addVersion(server, userId, templateId, { parameters: [{ name: "prompt" }] }),
    ]);
    const good = { template_version_id: task, input: "Fix it" };
    const wrong: [string, object][] = [
      ["template_version_id", { template_version_id: "1" }],
      ["template_version_id", { template_version_id: plain }],
      ["template_version_id", { template_version_id: member.userId }],
      ["input", { template_version_id: silent }],
      ["input", { input: " \n" }],
      ["input", { input: "x".repeat(65_537) }],
      ["name", { name: "a--b" }],
      ["display_name", { display_name: "Fix it" }],
      ["template_version_preset_id", { template_version_preset_id: member.userId }],
    ];
    for (const [field, more] of wrong) {
      const { status, json } = await create(server, member.token, { ...good, ...more });
      expect([status, json.validations?.[0]!.field]).toEqual([400, field]);
    }
    expect((await create(server, member.token, { ...good, name: "fix-bug" })).status).toBe(409);
    expect((await create(server, member.token, good, "ada")).status).toBe(404);
    expect((await create(server, token, { ...good, name: "hers" }, "mia")).json.owner_name).toBe("mia");
  });
});

test("deleting a task deletes its workspace; input is refused with an alternative", async () => {
  const { server, member, token, finish } = await startTask();
  const send = await server.call("POST", "/api/v2/tasks/mia/fix-bug/send", {
    token,
    json: { input: "Go on" },
  });
  expect([send.status, send.json]).toEqual([
    409,
    {
      message: "Belfry can't send input to an agent: it has no connection to workspaces.",
      detail: "Write to the agent in the app of mia/fix-bug.",
    },
  ]);
  const later = await server.call("PATCH", "/api/v2/tasks/mia/fix-bug/input", {
    token,
    json: { input: "x" },
  });
  expect([later.status, later.json.message]).toEqual([404, expect.any(String)]);
  const { id } = (await server.call("GET", "/api/experimental/tasks/me/fix-bug", { token: member.token }))
    .json;
  const path = `/api/experimental/tasks/mia/${id}`;
  const deleted = await server.call("DELETE", path, { token: member.token });
  expect([deleted.status, deleted.text]).toEqual([202, ""]);
  expect((await server.call("DELETE", path, { token: member.token })).status).toBe(409);
  await finish();
  expect((await server.call("DELETE", path, { token: member.token })).status).toBe(404);
});
