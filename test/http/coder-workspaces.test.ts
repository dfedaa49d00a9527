// Coder's own command line makes and moves workspaces here: what its release 2.27 sends, in order, and that it can read
// what comes back. Recorded from the program itself.
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import * as z from "zod";
import { createCoderClient, type CoderClient } from "../support/coder-client.ts";
import { workspaceShapes as shapes } from "../support/coder-workspace-shapes.ts";
import { openFrames } from "../support/frames.ts";
import { signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import {
  addProvisioner,
  addTemplate,
  addVersion,
  type Provisioner,
  activateVersion,
} from "../support/workspaces.ts";

const api = "/api/v2";
const noId = "00000000-0000-0000-0000-000000000000";
const parameters = [{ name: "size", defaultValue: "small" }];

interface World {
  server: TestServer;
  coder: CoderClient;
  token: string;
  userId: string;
  templateId: string;
  versionId: string;
  provisioner: Provisioner;
}

async function start(): Promise<World> {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  await addTemplate(server, userId, "docker-gpu");
  const ids = await addTemplate(server, userId, "docker", { parameters });
  const coder = createCoderClient(server.url, "coder create");
  coder.token = token;
  return { server, coder, token, userId, ...ids, provisioner: await addProvisioner(server, userId, "one") };
}

const outcome = {
  resources: [
    { type: "docker_container", name: "dev", agents: [{ name: "main", apps: [{ slug: "claude" }] }] },
  ],
};

/** Does the job that waits. */
async function work({ provisioner }: World) {
  const { json } = await provisioner.acquire();
  const line = { level: "info", source: "provisioner", stage: "Apply", output: "done" };
  await provisioner.job("POST", json.job_id, "logs", [line]);
  await provisioner.job("POST", json.job_id, "complete", outcome);
}

/** Its socket has a cookie and no header. */
const follow = ({ server, token }: World, path: string) =>
  openFrames<unknown>(`${server.url}${api}${path}?follow`, null, { cookie: `coder_session_token=${token}` });

/** What it looks at before it asks for a build that starts: the version, its parameters, and a dry run. */
async function prepare(world: World, versionId: string, values: { name: string; value: string }[]) {
  const { coder } = world;
  const version = `${api}/templateversions/${versionId}`;
  await coder.read(shapes.version, 200, "GET", version);
  await coder.read(z.array(shapes.parameter), 200, "GET", `${version}/rich-parameters`);
  await coder.read(z.tuple([]), 200, "GET", `${version}/external-auth`);
  const body = { workspace_name: "dev", rich_parameter_values: values };
  const job = await coder.read(shapes.job, 201, "POST", `${version}/dry-run`, body);
  const dryRun = `${version}/dry-run/${job.id}`;
  await coder.read(shapes.needed, 200, "GET", `${dryRun}/matched-provisioners`);
  expect((await coder.read(shapes.job, 200, "GET", dryRun)).status).toBe("succeeded");
  const log = await follow(world, `/templateversions/${versionId}/dry-run/${job.id}/logs`);
  expect(await log.ended).toBe(1000);
  await coder.read(z.tuple([]), 200, "GET", `${dryRun}/resources`);
}

/** It shows the log until it ends, then looks at the build once more. */
async function waitFor(world: World, buildId: string) {
  const log = await follow(world, `/workspacebuilds/${buildId}/logs`);
  await work(world);
  expect(await log.ended).toBe(1000);
  expect(await log.next()).toMatchObject({ output: "done", log_level: "info", log_source: "provisioner" });
  const build = await world.coder.read(shapes.build, 200, "GET", `${api}/workspacebuilds/${buildId}`);
  expect(build.job.status).toBe("succeeded");
  return build;
}

async function create(world: World) {
  const { coder } = world;
  await coder.refused(404, "GET", `${api}/users/me/workspace/dev?include_deleted=false`);
  const found = await coder.read(
    z.array(shapes.template).length(1),
    200,
    "GET",
    `${api}/templates?q=exact_name%3A%22docker%22`,
  );
  const versionId = found[0]!.active_version_id;
  await coder.read(z.array(shapes.preset), 200, "GET", `${api}/templateversions/${versionId}/presets`);
  const values = [{ name: "size", value: "big" }];
  await prepare(world, versionId, values);
  const created = await coder.read(shapes.workspace, 201, "POST", `${api}/users/me/workspaces`, {
    template_id: noId,
    template_version_id: versionId,
    name: "dev",
    rich_parameter_values: values,
    automatic_updates: "never",
    template_version_preset_id: noId,
  });
  await waitFor(world, created.latest_build.id);
  return created;
}

const build = async (world: World, workspaceId: string, transition: string, more: object = {}) => {
  const path = `${api}/workspaces/${workspaceId}/builds`;
  const body = { template_version_id: noId, transition, template_version_preset_id: noId, ...more };
  const created = await world.coder.read(shapes.build, 201, "POST", path, body);
  return waitFor(world, created.id);
};

const named = ({ coder }: World) =>
  coder.read(shapes.workspace, 200, "GET", `${api}/users/me/workspace/dev?include_deleted=false`);

/** What it starts with: the values of the build before. */
const startWith = async (world: World, versionId: string) => {
  const { id, latest_build: latest } = await named(world);
  const path = `${api}/workspacebuilds/${latest.id}/parameters`;
  const values = await world.coder.read(z.array(shapes.value), 200, "GET", path);
  await prepare(world, versionId, values);
  return build(world, id, "start", { template_version_id: versionId, rich_parameter_values: values });
};

test("coder create, list, show, stop, start, update and delete", async () => {
  const world = await start();
  const { server, coder, userId, templateId, versionId } = world;
  const { id } = await create(world);
  const list = z.strictObject({ workspaces: z.array(shapes.workspace).length(1), count: z.literal(1) });
  await coder.read(list, 200, "GET", `${api}/workspaces?q=owner%3Ame`);

  const shown = await named(world);
  const agentPath = `${api}/workspaceagents/${shown.latest_build.resources[0]!.agents[0]!.id}`;
  await coder.read(shapes.agent, 200, "GET", agentPath);
  const ports = z.strictObject({ ports: z.tuple([]) });
  await coder.read(ports, 200, "GET", `${agentPath}/listening-ports`);
  const containers = z.strictObject({ containers: z.tuple([]), devcontainers: z.tuple([]) });
  await coder.read(containers, 200, "GET", `${agentPath}/containers?label=devcontainer.config_file%3D`);

  expect(await build(world, id, "stop")).toMatchObject({ build_number: 2, status: "stopped" });
  expect(await startWith(world, versionId)).toMatchObject({ build_number: 3, status: "running" });

  const next = await addVersion(server, userId, templateId, { parameters });
  await activateVersion(server, coder.token, templateId, next);
  expect((await named(world)).outdated).toBe(true);
  await build(world, id, "stop");
  expect(await startWith(world, next)).toMatchObject({ build_number: 5, template_version_id: next });
  expect((await named(world)).outdated).toBe(false);

  expect(await build(world, id, "delete")).toMatchObject({ status: "deleted" });
  const none = z.strictObject({ workspaces: z.tuple([]), count: z.literal(0) });
  await coder.read(none, 200, "GET", `${api}/workspaces?q=owner%3Ame`);
});

test("coder start of a workspace with a sensitive value sends its mask back, and the value stays", async () => {
  const world = await start();
  const { server, coder, versionId, provisioner } = world;
  await server.sql(`UPDATE template_parameters SET sensitive = 1 WHERE version_id = '${versionId}'`);
  const { id } = await create(world);
  await build(world, id, "stop");
  const { latest_build: latest } = await named(world);
  const values = await coder.read(
    z.array(shapes.value),
    200,
    "GET",
    `${api}/workspacebuilds/${latest.id}/parameters`,
  );
  expect(values).toEqual([{ name: "size", value: "********" }]);
  await prepare(world, versionId, values);
  await server.call("POST", `${api}/workspaces/${id}/builds`, {
    token: world.token,
    json: { transition: "start", rich_parameter_values: values },
  });
  const { json } = await provisioner.acquire();
  expect(json.parameters).toEqual([{ name: "size", value: "big", sensitive: true }]);
});

test("coder templates list and versions list, and unknown names", async () => {
  const { coder, templateId } = await start();
  await coder.read(z.array(shapes.template).length(2), 200, "GET", `${api}/templates?q=`);
  await coder.read(z.tuple([]), 200, "GET", `${api}/templates?q=exact_name%3A%22dock%22`);
  await coder.read(z.array(shapes.template).length(2), 200, "GET", `${api}/templates?q=name%3A%22dock%22`);
  await coder.read(z.array(shapes.version).length(1), 200, "GET", `${api}/templates/${templateId}/versions`);
  await coder.refused(404, "GET", `${api}/templateversions/${randomUUID()}/external-auth`);
});

test("coder templates presets list shows the instances of each pool", async () => {
  const { server, coder, userId, templateId } = await start();
  const [pooled, plain] = [randomUUID(), randomUUID()];
  const versionId = await addVersion(server, userId, templateId, {
    parameters,
    presets: [
      { id: pooled, name: "large", parameters: [{ name: "size", value: "big" }], instances: 2 },
      { id: plain, name: "none", parameters: [] },
    ],
  });
  const path = `${api}/templateversions/${versionId}/presets`;
  expect(await coder.read(z.array(shapes.preset), 200, "GET", path)).toMatchObject([
    {
      ID: pooled,
      Name: "large",
      Parameters: [{ Name: "size", Value: "big" }],
      Default: false,
      DesiredPrebuildInstances: 2,
      Description: "",
      Icon: "",
    },
    { ID: plain, Name: "none", Parameters: [], DesiredPrebuildInstances: null },
  ]);
});
