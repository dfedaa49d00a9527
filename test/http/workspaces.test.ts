// Workspaces and their builds, through the API.
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { addProvisioner, addTemplate, addVersion, outcome, buildsOf } from "../support/workspaces.ts";
import { deleteTemplateElsewhere } from "../support/stored.ts";

const workspacesPath = "/api/v2/users/me/workspaces";

/** A server with an owner, a member and a template. */
async function setUp(options: Parameters<typeof addTemplate>[3] = {}) {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const member = await addUser(server, "mia");
  const { templateId, versionId } = await addTemplate(server, userId, "docker", options);
  const provisioner = await addProvisioner(server, userId, "one");
  const create = (name: string, more: object = {}) =>
    server.call("POST", workspacesPath, {
      token: member.token,
      json: { name, template_id: templateId, ...more },
    });
  const build = (id: string, transition: string, more: object = {}, as = member.token) =>
    server.call("POST", `/api/v2/workspaces/${id}/builds`, { token: as, json: { transition, ...more } });
  /** Does the job that waits. */
  const finish = async () => {
    const { json } = await provisioner.acquire();
    const answer = await provisioner.job("POST", json.job_id, "complete", outcome);
    expect(answer.status).toBe(200);
    return json;
  };
  const get = <P extends string>(path: P, as = member.token) =>
    server.call("GET", `/api/v2${path}`, { token: as });
  return { server, token, userId, member, templateId, versionId, provisioner, create, build, finish, get };
}

describe("a workspace", () => {
  test("is created with its first build, runs, stops, and is gone when its deletion has succeeded", async () => {
    const { create, build, finish, get, templateId } = await setUp();
    const created = await create("web");
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({
      name: "web",
      owner_name: "mia",
      template_id: templateId,
      outdated: false,
      latest_build: { build_number: 1, transition: "start", status: "pending", reason: "initiator" },
    });
    expect(created.json.latest_build.job).toMatchObject({
      id: created.json.latest_build.id,
      status: "pending",
    });
    const { id } = created.json;
    await finish();
    const running = (await get(`/workspaces/${id}`)).json.latest_build;
    expect(running.status).toBe("running");
    expect(running.resources[0]!.agents[0]).toMatchObject({
      name: "main",
      lifecycle_state: "created",
      apps: [{ slug: "web", url: "http://w" }],
    });

    expect((await build(id, "stop")).json).toMatchObject({ build_number: 2, status: "pending" });
    await finish();
    expect((await get("/users/mia/workspace/WEB")).json.latest_build.status).toBe("stopped");
    expect((await build(id, "delete")).status).toBe(201);
    await finish();
    expect((await get(`/workspaces/${id}`)).status).toBe(404);
    expect((await get("/users/me/workspace/web")).status).toBe(404);
    expect((await get(`/workspaces/${id}?include_deleted=true`)).json.latest_build.status).toBe("deleted");
    expect((await build(id, "start")).status).toBe(404);
    const builds = (await get(`/workspaces/${id}/builds`)).json;
    expect(builds.map((one) => one.build_number)).toEqual([3, 2, 1]);
    expect((await get(`/workspacebuilds/${created.json.latest_build.id}`)).status).toBe(200);
    expect((await create("web")).status).toBe(201);
  });

  test("has a name that is unique for its owner, ignoring case", async () => {
    const { templateId, create, server, token } = await setUp();
    await create("web");
    const second = await create("WEB");
    expect(second.status).toBe(409);
    expect(second.json.validations).toEqual([{ field: "name", detail: expect.any(String) }]);
    const others = await create("a--b");
    expect([others.status, others.json.validations![0]!.field]).toEqual([400, "name"]);
    const organization = "/api/v2/organizations/default/members/ada/workspaces";
    const ownersOwn = await server.call("POST", organization, {
      token,
      json: { name: "web", template_id: templateId },
    });
    expect(ownersOwn.status).toBe(201);
    const elsewhere = organization.replace("default", "none");
    const none = await server.call("POST", elsewhere, {
      token,
      json: { name: "x", template_id: templateId },
    });
    expect(none.status).toBe(404);
  });

  test("is created from an active template and a version of it", async () => {
    const { create, server, token, userId, templateId } = await setUp();
    const { versionId: foreign } = await addTemplate(server, userId, "other");
    const refused = async (more: object) => (await create("web", more)).json.validations![0]!.field;
    expect(await refused({ template_id: randomUUID() })).toBe("template_id");
    expect(await refused({ template_version_id: foreign })).toBe("template_version_id");
    expect(await refused({ template_id: null, template_version_id: randomUUID() })).toBe(
      "template_version_id",
    );
    expect(await refused({ template_id: null })).toBe("template_id");
    expect(await refused({ template_version_preset_id: randomUUID() })).toBe("template_version_preset_id");
    const older = await addVersion(server, userId, templateId);
    const created = await create("old", { template_id: null, template_version_id: older });
    expect([created.status, created.json.outdated]).toEqual([201, true]);
    const deprecated = { token, json: { deprecation_message: "Use other." } };
    expect((await server.call("PATCH", `/api/v2/templates/${templateId}`, deprecated)).status).toBe(200);
    expect((await create("web")).json).toMatchObject({ detail: "Use other." });
    await deleteTemplateElsewhere(server, templateId);
    expect(await refused({})).toBe("template_id");
  });
});

describe("builds", () => {
  test("keep parameters, and name missing and unknown ones", async () => {
    const presetId = randomUUID();
    const { create, build, finish, server, userId, templateId } = await setUp({
      parameters: [
        { name: "size", defaultValue: "small" },
        { name: "region", required: true },
      ],
      presets: [{ id: presetId, name: "big", parameters: [{ name: "size", value: "big" }] }],
    });
    const missing = await create("web");
    expect([missing.status, missing.json.validations]).toEqual([
      400,
      [{ field: "rich_parameter_values", detail: 'the parameter "region" is required and has no value' }],
    ]);
    const created = await create("web", {
      template_version_preset_id: presetId,
      rich_parameter_values: [{ name: "region", value: "eu" }],
    });
    const job = await finish();
    expect(job.preset).toEqual({ id: presetId, name: "big" });
    expect(job.parameters).toMatchObject([
      { name: "size", value: "big" },
      { name: "region", value: "eu" },
    ]);
    const unknown = await build(created.json.id, "start", {
      rich_parameter_values: [{ name: "x", value: "" }],
    });
    expect([unknown.status, unknown.json.validations![0]!.field]).toEqual([
      400,
      "rich_parameter_values.0.name",
    ]);

    const next = await addVersion(server, userId, templateId, {
      parameters: [
        { name: "region", required: true },
        { name: "disk", defaultValue: "10" },
      ],
    });
    const updated = await build(created.json.id, "start", { template_version_id: next });
    expect(updated.json.template_version_id).toBe(next);
    expect((await finish()).parameters).toMatchObject([
      { name: "region", value: "eu" },
      { name: "disk", value: "10" },
    ]);
    const stopped = await build(created.json.id, "stop");
    expect(stopped.json.template_version_id).toBe(next);
  });

  test("wait for one another: 409 with a reason while one is in progress", async () => {
    const { create, build, provisioner } = await setUp();
    const { id } = (await create("web")).json;
    const pending = await build(id, "stop");
    expect([pending.status, pending.json.message]).toEqual([
      409,
      "Build 1 of the workspace (start) is pending.",
    ]);
    await provisioner.acquire();
    expect((await build(id, "delete")).json.message).toContain("is running");
  });

  test("that are concurrent are one: the others get 409, and no number is skipped or repeated", async () => {
    const { create, build, finish, server, token } = await setUp();
    const { id } = (await create("web")).json;
    for (let round = 0; round < 3; round += 1) {
      await finish();
      const answers = await Promise.all(
        ["start", "stop", "start", "stop", "start"].map((one) => build(id, one)),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409]);
    }
    const builds = await buildsOf(server, token, id);
    expect(builds.map(({ build_number }) => build_number)).toEqual([1, 2, 3, 4]);
  });

  test("keep the tokens of agents from a start to its stop, and an AI task is what its version says", async () => {
    const { create, build, finish } = await setUp({ hasAiTask: true });
    const created = (await create("web")).json;
    expect(created.latest_build.has_ai_task).toBe(true);
    const tokens: string[] = [(await finish()).agent_token];
    for (const transition of ["start", "stop", "start"]) {
      await build(created.id, transition);
      tokens.push((await finish()).agent_token);
    }
    expect(tokens[1]).toBe(tokens[0]);
    expect(tokens[2]).toBe(tokens[0]);
    expect(tokens[3]).not.toBe(tokens[0]);
  });

  test("that are queued are canceled at once; others when their provisioner stops", async () => {
    const { create, build, server, member, provisioner, get } = await setUp();
    const created = (await create("web")).json;
    const cancel = (id: string) =>
      server.call("PATCH", `/api/v2/workspacebuilds/${id}/cancel`, { token: member.token });
    expect((await cancel(created.latest_build.id)).status).toBe(200);
    const ended = (await get(`/workspacebuilds/${created.latest_build.id}`)).json;
    expect(ended).toMatchObject({ status: "canceled", job: { status: "canceled" } });
    expect(ended.job.completed_at).toBeDefined();
    expect((await cancel(created.latest_build.id)).status).toBe(400);

    const second = (await build(created.id, "start")).json;
    const job = (await provisioner.acquire()).json;
    expect(job.job_id).toBe(second.id);
    expect((await provisioner.job("POST", second.id, "heartbeat")).json).toEqual({ cancel: false });
    expect((await cancel(second.id)).status).toBe(200);
    expect((await cancel(second.id)).status).toBe(400);
    expect((await provisioner.job("POST", second.id, "heartbeat")).json).toEqual({ cancel: true });
    expect((await get(`/workspacebuilds/${second.id}`)).json.status).toBe("canceling");
    expect((await provisioner.job("POST", second.id, "fail", { error: "stopped" })).status).toBe(204);
    expect((await get(`/workspacebuilds/${second.id}`)).json).toMatchObject({
      status: "canceled",
      job: { error: "stopped" },
    });
  });
});

describe("permission to", () => {
  test("see a workspace: its owner, owners, template-admins and auditors; others get 404", async () => {
    const { create, server, token, get } = await setUp();
    const created = (await create("web")).json;
    const stranger = await addUser(server, "sam");
    const admin = await addUser(server, "tess", ["template-admin"]);
    const auditor = await addUser(server, "otto", ["auditor"]);
    const paths = [
      `/workspaces/${created.id}`,
      `/workspacebuilds/${created.latest_build.id}`,
      "/users/mia/workspace/web",
    ];
    for (const path of [
      ...paths,
      `/workspaces/${created.id}/builds`,
      `/workspacebuilds/${created.latest_build.id}/logs`,
    ]) {
      expect((await get(path, stranger.token)).status).toBe(404);
      for (const one of [token, admin.token, auditor.token]) expect((await get(path, one)).status).toBe(200);
    }
    expect((await get("/workspaces", stranger.token)).json).toEqual({ workspaces: [], count: 0 });
    expect((await get("/workspaces", auditor.token)).json.count).toBe(1);
  });

  test("change a workspace: its owner and owners; template-admins only end it, auditors nothing", async () => {
    const { create, build, finish, server, token, templateId } = await setUp();
    const { id } = (await create("web")).json;
    await finish();
    const admin = await addUser(server, "tess", ["template-admin"]);
    const auditor = await addUser(server, "otto", ["auditor"]);
    expect((await build(id, "stop", {}, auditor.token)).status).toBe(403);
    expect((await build(id, "start", {}, admin.token)).status).toBe(403);
    expect((await build(id, "stop", {}, admin.token)).json.initiator_name).toBe("tess");
    await finish();
    expect((await build(id, "start", {}, token)).status).toBe(201);
    const forMia = (as: string) =>
      server.call("POST", "/api/v2/users/mia/workspaces", {
        token: as,
        json: { name: "gift", template_id: templateId },
      });
    expect((await forMia(admin.token)).status).toBe(403);
    expect((await forMia(token)).json.owner_name).toBe("mia");
  });
});

test("the list of workspaces takes filters and pages", async () => {
  const { create, finish, get, token, server, userId } = await setUp();
  await create("web");
  await finish();
  await create("api");
  await addTemplate(server, userId, "vm");
  const names = async (query: string, as?: string) => {
    const { json } = await get(`/workspaces?${query}`, as);
    return [json.workspaces.map(({ name }) => name).join(" "), json.count];
  };
  expect(await names("")).toEqual(["api web", 2]);
  expect(await names("limit=1&offset=1")).toEqual(["web", 2]);
  expect(await names("q=status:running")).toEqual(["web", 1]);
  expect(await names("q=status:pending")).toEqual(["api", 1]);
  expect(await names("q=template:Docker+name:AP")).toEqual(["api", 1]);
  expect(await names("q=template:vm")).toEqual(["", 0]);
  expect(await names("q=owner:me", token)).toEqual(["", 0]);
  expect(await names("q=mia/web", token)).toEqual(["web", 1]);
  expect((await get("/workspaces?q=status:asleep")).status).toBe(400);
});
