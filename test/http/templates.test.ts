// Templates over HTTP: created from versions, changed, deprecated, deleted; their versions, presets and parameters.
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { addUser, signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { countRows } from "../support/stored.ts";
import { addPrebuilds } from "../support/prebuilds.ts";
import { addProvisioner, addVersion, outcome } from "../support/workspaces.ts";

const organization = "/api/v2/organizations/default";
const nobody = "00000000-0000-4000-8000-000000000000";

async function open() {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  return { server, token, userId };
}

async function makeVersion(server: TestServer, token: string, json: Record<string, unknown> = {}) {
  const answer = await server.call("POST", `${organization}/templateversions`, { token, json });
  expect(answer).toMatchObject({ status: 201 });
  return answer.json;
}

async function makeTemplate(server: TestServer, token: string, name: string, version = {}) {
  const first = await makeVersion(server, token, version);
  const json = { name, template_version_id: first.id };
  const answer = await server.call("POST", `${organization}/templates`, { token, json });
  expect(answer).toMatchObject({ status: 201 });
  return { template: answer.json, first };
}

describe("a template", () => {
  test("is created from a version without one, and is found by id, by name and in the lists", async () => {
    const { server, token, userId } = await open();
    const version = await makeVersion(server, token, { name: "v1", message: "the first", has_ai_task: true });
    expect(version).toMatchObject({
      name: "v1",
      message: "the first",
      has_ai_task: true,
      file_id: null,
      job: { status: "succeeded" },
      created_by: { id: userId, username: "ada" },
    });
    expect(version.template_id).toBeUndefined();
    // Go's clients send zeros where they mean none.
    const zeros = "00000000-0000-0000-0000-000000000000";
    const sameWay = await makeVersion(server, token, { template_id: zeros, file_id: zeros });
    expect(sameWay.template_id).toBeUndefined();

    const created = await server.call("POST", `${organization}/templates`, {
      token,
      json: { name: "Docker", display_name: "Docker here", template_version_id: version.id.toUpperCase() },
    });
    expect(created).toMatchObject({
      status: 201,
      json: {
        name: "Docker",
        display_name: "Docker here",
        description: "",
        active_version_id: version.id,
        organization_name: "default",
        deprecated: false,
        deleted: false,
        active_user_count: 0,
        created_by_id: userId,
        created_by_name: "ada",
      },
    });
    const member = await addUser(server, "grace");
    const paths = [
      `/api/v2/templates/${created.json.id}`,
      `${organization}/templates/docker`,
      `/api/v2/organizations/${created.json.organization_id}/templates/DOCKER`,
    ];
    for (const path of paths)
      expect((await server.call("GET", path, { token: member.token })).json).toEqual(created.json);
    for (const path of ["/api/v2/templates", `${organization}/templates`])
      expect((await server.call("GET", path, { token: member.token })).json).toEqual([created.json]);
    expect(
      (await server.call("GET", `/api/v2/templateversions/${version.id}`, { token })).json,
    ).toMatchObject({
      id: version.id,
      template_id: created.json.id,
    });
  });

  test("has a name that no other has until it is deleted, and a version of its own", async () => {
    const { server, token } = await open();
    const { template, first } = await makeTemplate(server, token, "docker");
    const second = await makeVersion(server, token);
    const make = (name: string, id: string) =>
      server.call("POST", `${organization}/templates`, { token, json: { name, template_version_id: id } });
    expect(await make("DOCKER", second.id)).toMatchObject({
      status: 409,
      json: { validations: [{ field: "name", detail: "already in use" }] },
    });
    expect(await make("other", first.id)).toMatchObject({ status: 409 });
    expect(await make("other", nobody)).toMatchObject({ status: 404 });
    expect(await make("not a name", second.id)).toMatchObject({ status: 400 });

    const gone = await server.call("DELETE", `/api/v2/templates/${template.id}`, { token });
    expect(gone).toMatchObject({ status: 200 });
    expect(await server.call("GET", `/api/v2/templates/${template.id}`, { token })).toMatchObject({
      status: 404,
    });
    expect(await server.call("DELETE", `/api/v2/templates/${template.id}`, { token })).toMatchObject({
      status: 404,
    });
    expect((await server.call("GET", "/api/v2/templates", { token })).json).toEqual([]);
    expect(await make("docker", second.id)).toMatchObject({ status: 201 });
  });

  test("created twice at the same time exists once", async () => {
    const { server, token } = await open();
    const versions = await Promise.all([1, 2, 3].map(() => makeVersion(server, token)));
    const answers = await Promise.all(
      versions.map(({ id }) =>
        server.call("POST", `${organization}/templates`, {
          token,
          json: { name: "docker", template_version_id: id },
        }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    const shown = await Promise.all(
      versions.map(
        async ({ id }) => (await server.call("GET", `/api/v2/templateversions/${id}`, { token })).json,
      ),
    );
    expect(shown.filter(({ template_id }) => template_id !== undefined)).toHaveLength(1);
  });

  test("is changed, deprecated and undeprecated, each once in the audit log", async () => {
    const { server, token } = await open();
    const { template } = await makeTemplate(server, token, "docker");
    const path = `/api/v2/templates/${template.id}` as const;
    const change = (json: unknown) => server.call("PATCH", path, { token, json });
    expect(await change({ display_name: "Docker", description: "In a container." })).toMatchObject({
      status: 200,
      json: { display_name: "Docker", description: "In a container.", deprecated: false },
    });
    expect((await change({ deprecation_message: "Use podman." })).json).toMatchObject({
      deprecated: true,
      deprecation_message: "Use podman.",
      display_name: "Docker",
    });
    expect((await change({ deprecation_message: "Use podman." })).status).toBe(200);
    expect((await change({ deprecation_message: "", name: "docker" })).json).toMatchObject({
      deprecated: false,
    });
    expect(await change({ name: "podman" })).toMatchObject({
      status: 400,
      json: { validations: [{ field: "name" }] },
    });
    const { entries } = (await server.call("GET", `/api/v2/audit?resource_id=${template.id}`, { token }))
      .json;
    expect(entries.map((entry) => [entry.action, entry.detail])).toEqual([
      ["write", { name: "docker", deprecation_message: "" }],
      ["write", { name: "docker", deprecation_message: "Use podman." }],
      ["write", { name: "docker", display_name: "Docker", description: "In a container." }],
      ["create", { name: "docker", version_id: template.active_version_id }],
    ]);
  });

  test("is not deleted while a user has a workspace of it; prebuilds don't count", async () => {
    const { server, token, userId } = await open();
    const { template } = await makeTemplate(server, token, "docker");
    const provisioner = await addProvisioner(server, userId, "one");
    const made = await server.call("POST", "/api/v2/users/me/workspaces", {
      token,
      json: { name: "mine", template_id: template.id },
    });
    const job = await provisioner.acquire();
    expect((await provisioner.job("POST", job.json.job_id, "complete", outcome)).status).toBe(200);
    const preset = { id: randomUUID(), name: "small", parameters: [], instances: 1 };
    const versionId = await addVersion(server, userId, template.id, { presets: [preset] });
    await addPrebuilds(server, { templateId: template.id, versionId, presetId: preset.id }, 1);
    const path = `/api/v2/templates/${template.id}` as const;
    expect((await server.call("GET", path, { token })).json.active_user_count).toBe(1);
    expect(await server.call("DELETE", path, { token })).toMatchObject({
      status: 400,
      json: { message: "The template still has workspaces." },
    });
    const gone = { token, json: { transition: "delete", orphan: true } };
    expect((await server.call("POST", `/api/v2/workspaces/${made.json.id}/builds`, gone)).status).toBe(201);
    expect(await server.call("DELETE", path, { token })).toMatchObject({ status: 200 });
    const { entries } = (await server.call("GET", `/api/v2/audit?resource_id=${template.id}`, { token }))
      .json;
    expect(entries.map((entry) => entry.action)).toEqual(["delete", "create"]);
  });
});

describe("a version", () => {
  test("has a name of its own in its template, or gets one", async () => {
    const { server, token } = await open();
    const { template } = await makeTemplate(server, token, "docker", { name: "v1" });
    const make = (json: Record<string, unknown>) =>
      server.call("POST", `${organization}/templateversions`, { token, json });
    const unnamed = await make({ template_id: template.id });
    expect(unnamed.json.name).toMatch(/^[a-z]+_[a-z]+\d{2,3}$/);
    expect(await make({ template_id: template.id, name: "V1" })).toMatchObject({
      status: 409,
      json: { validations: [{ field: "name", detail: "already in use" }] },
    });
    expect(await make({ name: "v1" })).toMatchObject({ status: 201 });
    expect(await make({ name: "v 1" })).toMatchObject({ status: 400 });
    expect(await make({ template_id: nobody })).toMatchObject({ status: 404 });
    expect(await make({ file_id: nobody })).toMatchObject({ status: 404 });
    await server.call("DELETE", `/api/v2/templates/${template.id}`, { token });
    expect(await make({ template_id: template.id })).toMatchObject({ status: 404 });
  });

  test("is the active one only when it is one of the template's, and there is always exactly one", async () => {
    const { server, token } = await open();
    const { template, first } = await makeTemplate(server, token, "docker", { name: "v1" });
    const { first: foreign } = await makeTemplate(server, token, "podman", { name: "v1" });
    const second = await makeVersion(server, token, { template_id: template.id, name: "v2" });
    const path = `/api/v2/templates/${template.id}` as const;
    const activate = (id: string) => server.call("PATCH", `${path}/versions`, { token, json: { id } });
    const active = async () => (await server.call("GET", path, { token })).json.active_version_id;
    expect(await active()).toBe(first.id);
    expect(await activate(second.id)).toMatchObject({ status: 200 });
    expect(await active()).toBe(second.id);
    expect(await activate(second.id)).toMatchObject({ status: 200 });
    expect(await activate(foreign.id)).toMatchObject({
      status: 400,
      json: { validations: [{ field: "id" }] },
    });
    expect(await activate(nobody)).toMatchObject({ status: 404 });
    expect(await active()).toBe(second.id);

    const list = (query = "") => server.call("GET", `${path}/versions${query}`, { token });
    const names = async (query?: string) => (await list(query)).json.map((version) => version.name);
    expect(await names()).toEqual(["v1", "v2"]);
    expect(await names("?limit=1&offset=1")).toEqual(["v2"]);
    const { entries } = (await server.call("GET", `/api/v2/audit?resource_id=${template.id}`, { token }))
      .json;
    expect(entries.map((entry) => entry.detail)).toEqual([
      { name: "docker", active_version_id: { from: first.id, to: second.id } },
      { name: "docker", version_id: first.id },
    ]);
  });

  test("shows its parameters and presets in their order, and no sensitive values", async () => {
    const { server, token } = await open();
    const member = await addUser(server, "grace");
    const scheduling = {
      timezone: "Europe/Berlin",
      schedule: [
        { cron: "* 9-18 * * 1-5", instances: 5 },
        { cron: "* * * * 0", instances: 0 },
      ],
    };
    const version = await makeVersion(server, token, {
      parameters: [
        { name: "region", required: true, description: "where it runs" },
        { name: "api_key", default_value: "hunter2", sensitive: true },
      ],
      presets: [
        {
          name: "Berlin",
          default: true,
          parameters: [
            { name: "region", value: "eu" },
            { name: "api_key", value: "hunter3" },
          ],
          prebuilds: { instances: 2, expiration_policy: { ttl: 3_600 }, scheduling },
        },
        { name: "Anywhere" },
      ],
    });
    const path = `/api/v2/templateversions/${version.id}`;
    const parameters = await server.call("GET", `${path}/rich-parameters`, { token: member.token });
    expect(parameters.json).toMatchObject([
      { name: "region", required: true, default_value: "", description: "where it runs", sensitive: false },
      { name: "api_key", required: false, default_value: "********", sensitive: true },
    ]);
    const presets = await server.call("GET", `${path}/presets`, { token: member.token });
    expect(presets.json).toMatchObject([
      {
        name: "Berlin",
        default: true,
        parameters: [
          { name: "region", value: "eu" },
          { name: "api_key", value: "********" },
        ],
        prebuilds: { instances: 2, expiration_policy: { ttl: 3_600 }, scheduling },
        prebuild_status: "normal",
      },
      { name: "Anywhere", default: false, parameters: [], prebuilds: null },
    ]);
    expect(await countRows(server, "preset_schedules")).toBe(2);
  });

  test("is refused with the path of the invalid field, and stores nothing", async () => {
    const { server, token } = await open();
    const prebuilds = (cron: string) => ({
      instances: -1,
      expiration_policy: { ttl: -1 },
      scheduling: {
        timezone: "Europe/Nowhere",
        schedule: [
          { cron: "* 8-10 * * *", instances: 1 },
          { cron, instances: 1 },
        ],
      },
    });
    const answer = await server.call("POST", `${organization}/templateversions`, {
      token,
      json: {
        parameters: [{ name: "region", required: true }],
        presets: [
          { name: "a", prebuilds: prebuilds("5 9 * * *") },
          { name: "A", prebuilds: prebuilds("* 10 * * *") },
        ],
      },
    });
    expect(answer.status).toBe(400);
    expect(answer.json.validations!.map(({ field }) => field)).toEqual([
      "presets.0.prebuilds.instances",
      "presets.0.prebuilds.expiration_policy.ttl",
      "presets.0.prebuilds.scheduling.timezone",
      "presets.0.prebuilds.scheduling.schedule.1.cron",
      "presets.1.name",
      "presets.1.prebuilds.instances",
      "presets.1.prebuilds.expiration_policy.ttl",
      "presets.1.prebuilds.scheduling.timezone",
      "presets.1.prebuilds.scheduling.schedule.1.cron",
    ]);
    const misspelt = await server.call("POST", `${organization}/templateversions`, {
      token,
      json: { presets: [{ name: "a", prebuild: {} }] },
    });
    expect(misspelt).toMatchObject({ status: 400, json: { validations: [{ field: "prebuild" }] } });
    expect(await countRows(server, "template_versions")).toBe(0);
  });
});

test("Members read templates and versions; only owners and template admins change them", async () => {
  const { server, token } = await open();
  const { template, first } = await makeTemplate(server, token, "docker");
  const calls: [method: string, path: string, json?: unknown][] = [
    ["POST", `${organization}/templateversions`, {}],
    ["POST", `${organization}/templates`, { name: "other", template_version_id: first.id }],
    ["PATCH", `/api/v2/templates/${template.id}`, { description: "mine" }],
    ["PATCH", `/api/v2/templates/${template.id}/versions`, { id: first.id }],
    ["POST", `${organization}/provisionerkeys`, { name: "mine" }],
    ["POST", "/api/v2/files"],
    ["DELETE", `/api/v2/templates/${template.id}`],
  ];
  for (const role of [[], ["user-admin"], ["auditor"]]) {
    const user = await addUser(server, `user${role.length}${role[0]?.slice(0, 1) ?? ""}`, role);
    for (const [method, path, json] of calls)
      expect([path, (await server.call(method, path, { token: user.token, json })).status]).toEqual([
        path,
        403,
      ]);
  }
  const admin = await addUser(server, "template-admin", ["template-admin"]);
  const statuses: number[] = [];
  for (const [method, path, json] of calls)
    statuses.push((await server.call(method, path, { token: admin.token, json })).status);
  expect(statuses).toEqual([201, 409, 200, 200, 201, 415, 200]);
});
