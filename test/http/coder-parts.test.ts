// What Coder's clients ask for around a build, a template's version and an agent: answered in the shapes that they
// decode, or refused at once, so no command waits forever.
import { expect, test } from "vitest";
import * as z from "zod";
import { openFrames, refusalOf } from "../support/frames.ts";
import { startTask } from "../support/task.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";

const commandOf = (command: string) =>
  Buffer.from(JSON.stringify({ command, options: null, invoked_at: "2026-01-01T00:00:00Z" })).toString(
    "base64",
  );

test("a build's resources and timings, an agent's log and a version's log are there, also as sockets", async () => {
  const { server, token, workspaceId, templateId } = await startTask();
  const read = async <P extends string>(path: P) =>
    (await server.call("GET", `/api/v2${path}`, { token })).json;
  const { latest_build: build } = await read(`/workspaces/${workspaceId}`);
  const [agent] = build.resources[0]!.agents!;
  expect(await read(`/workspacebuilds/${build.id}/resources`)).toEqual(build.resources);
  const time = z.iso.datetime();
  const timings = z.strictObject({
    provisioner_timings: z.array(
      z.strictObject({
        job_id: z.uuid(),
        started_at: time,
        ended_at: time,
        stage: z.enum(["init", "plan", "graph", "apply"]),
        source: z.string(),
        action: z.string(),
        resource: z.string(),
      }),
    ),
    agent_script_timings: z.array(z.never()),
    agent_connection_timings: z.array(z.never()),
  });
  for (const path of [`/workspacebuilds/${build.id}/timings`, `/workspaces/${workspaceId}/timings`])
    expect(timings.parse(await read(path))).toBeDefined();
  const { active_version_id: version } = await read(`/templates/${templateId}`);
  const logs = [`/workspaceagents/${agent!.id}/logs`, `/templateversions/${version}/logs`];
  for (const path of logs) {
    expect(await read(path)).toEqual([]);
    const socket = await openFrames(`${server.url}/api/v2${path}?follow`, token);
    expect(await socket.ended).toBe(1000);
  }
  expect(await read(`/templateversions/${version}/resources`)).toEqual([]);
  expect(await read(`/templateversions/${version}/variables`)).toEqual([]);
});

test("the steps of a build that sent its plan took from its start to its plan, and from there to its end", async () => {
  const { server, token, provisioner, workspaceId, templateId } = await startTask();
  const json = { name: "timed", template_id: templateId };
  const created = (await server.call("POST", "/api/v2/users/me/workspaces", { token, json })).json;
  const id = created.latest_build.id;
  const timings = async (path: `${"workspaces" | "workspacebuilds"}/${string}`) =>
    (await server.call("GET", `/api/v2/${path}/timings`, { token })).json.provisioner_timings;
  await provisioner.acquire();
  server.clock.advance(2_000);
  await provisioner.job("POST", id, "plan", { resource_changes: [] });
  server.clock.advance(3_000);
  await provisioner.job("POST", id, "complete", { resources: [] });
  const steps = await timings(`workspacebuilds/${id}`);
  const took = steps.map(({ stage, started_at, ended_at }) => [
    stage,
    Date.parse(ended_at) - Date.parse(started_at),
  ]);
  expect(took).toEqual([
    ["plan", 2_000],
    ["apply", 3_000],
  ]);
  expect(await timings(`workspaces/${created.id}`)).toEqual(steps);
  expect(await timings(`workspaces/${workspaceId}`)).not.toEqual(steps);
});

test("connecting to a workspace is refused at once, with the reason", async () => {
  const { server, token, workspaceId } = await startTask();
  const workspace = (await server.call("GET", `/api/v2/workspaces/${workspaceId}`, { token })).json;
  const { id } = workspace.latest_build.resources[0]!.agents![0]!;
  const get = <P extends string>(path: P, headers: Record<string, string> = {}) =>
    server.call("GET", `/api/v2/workspaceagents/${path}`, { token, headers });
  const refusal = { status: 404, json: { message: "Belfry opens no connections into workspaces." } };
  for (const path of ["connection", `${id}/connection`, `${id}/coordinate`, `${id}/pty`])
    expect(await get(path)).toMatchObject(refusal);
  expect((await server.call("GET", "/api/v2/templates/examples", { token })).status).toBe(404);
  for (const command of ["coder ssh", "coder port-forward", "coder open vscode", "coder speedtest"])
    expect(await get(id, { "coder-cli-telemetry": commandOf(command) })).toMatchObject(refusal);
  // Others don't wait for it to connect either.
  const others = [
    undefined,
    commandOf("coder show"),
    commandOf("coder sshd"),
    "%",
    "bm90IGpzb24=",
    "A".repeat(9_000),
  ];
  for (const header of others)
    expect(await get(id, header === undefined ? {} : { "coder-cli-telemetry": header })).toMatchObject({
      status: 200,
      json: { status: "connected", lifecycle_state: "created" },
    });
});

test("a key in the address is good wherever one in the header is, and is never logged", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const bob = await addUser(server, "bob");
  const ask = (key: string, headers: Record<string, string> = {}) =>
    server.call("GET", `/api/v2/users/me?coder_session_token=${key}`, { headers });
  expect(await ask(token)).toMatchObject({ status: 200, json: { username: "ada" } });
  expect((await ask("")).status).toBe(401);
  expect((await ask(`${token.slice(0, -1)}!`)).status).toBe(401);
  // What was sent on purpose counts more than what a browser adds.
  expect((await ask(token, { cookie: `coder_session_token=${bob.token}` })).json.username).toBe("ada");
  expect((await ask(token, { "coder-session-token": bob.token })).json.username).toBe("bob");
  // Another site can't know it, so it may come from there; a cookie may not.
  const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  const pause = (query: string, headers: Record<string, string>) =>
    server.call("PUT", `/api/v2/notifications/settings${query}`, {
      headers,
      json: { notifier_paused: true },
    });
  const cookie = `coder_session_token=${token}`;
  expect((await pause("", { ...foreign, cookie })).status).toBe(403);
  expect((await pause("?coder_session_token=", { ...foreign, cookie })).status).toBe(403);
  expect((await pause(`?coder_session_token=${token}`, foreign)).status).toBe(200);
  // Pages take cookies only.
  const page = await server.call("GET", `/inbox?coder_session_token=${token}`, {
    headers: { accept: "text/html" },
  });
  expect(page.status).toBe(303);
  const socket = `${server.url}/api/v2/notifications/inbox/watch?coder_session_token=`;
  const open = await openFrames(`${socket}${token}`, null);
  open.close();
  expect((await refusalOf(`${socket}x`, {})).status).toBe(401);
  for (const line of server.logs) expect(line).not.toContain(token.slice(11));
});

test("the parameter of a task's prompt can have Coder's name", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const push = (name: string) =>
    server.call("POST", "/api/v2/organizations/default/templateversions", {
      token,
      json: { parameters: [{ name, required: true }] },
    });
  const version = (await push("AI Prompt")).json;
  expect((await push("AI prompt 2")).status).toBe(400);
  const template = { name: "task", template_version_id: version.id };
  await server.call("POST", "/api/v2/organizations/default/templates", { token, json: template });
  const created = await server.call("POST", "/api/v2/users/me/workspaces", {
    token,
    json: {
      name: "task",
      template_version_id: version.id,
      rich_parameter_values: [{ name: "AI Prompt", value: "Fix the build" }],
    },
  });
  const parameters = `/api/v2/workspacebuilds/${created.json.latest_build.id}/parameters`;
  expect((await server.call("GET", parameters, { token })).json).toEqual([
    { name: "AI Prompt", value: "Fix the build" },
  ]);
});

test("preferences that name kinds which only Coder has save the others, and say which were not", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const path = "/api/v2/users/me/notifications/preferences";
  const [ours, foreign] = ["381df2a9-c0c0-4749-420f-80a9280c66f9", "00000000-0000-4000-8000-00000000abcd"];
  const save = (map: Record<string, boolean>) =>
    server.call("PUT", path, { token, json: { template_disabled_map: map } });
  const saved = await save({ [foreign]: true, [ours]: true });
  expect(saved).toMatchObject({ status: 200, json: [{ id: ours, disabled: true }] });
  expect(saved.headers.get("belfry-unknown-kinds")).toBe(foreign);
  expect((await server.call("GET", path, { token })).json).toMatchObject([{ id: ours, disabled: true }]);
  expect((await save({ [foreign]: true })).status).toBe(400);
  const known = await save({ [ours]: false });
  expect(known.headers.get("belfry-unknown-kinds")).toBeNull();
});
