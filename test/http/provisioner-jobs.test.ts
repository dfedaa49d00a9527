// Jobs as provisioners see them: taken once, kept by heartbeats, ended once, and never lost.
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { leaseMs, maxLogBytes, logTruncatedMessage } from "../../src/workspaces/jobs/rules/job.ts";
import { signInFirst, startTestServer } from "../support/server.ts";
import { addProvisioner, addTemplate, outcome } from "../support/workspaces.ts";

async function setUp(
  options: Parameters<typeof startTestServer>[0] = {},
  template: Parameters<typeof addTemplate>[3] = {},
) {
  const server = await startTestServer(options);
  const { token, userId } = await signInFirst(server);
  const { templateId, versionId } = await addTemplate(server, userId, "docker", template);
  const provisioner = await addProvisioner(server, userId, "one");
  const other = await addProvisioner(server, userId, "two");
  /** A workspace with a pending build. */
  const queue = async (name: string) => {
    const created = await server.call("POST", "/api/v2/users/me/workspaces", {
      token,
      json: { name, template_id: templateId },
    });
    expect(created.status).toBe(201);
    return created.json;
  };
  const build = async (id: string, transition = "start") =>
    (await server.call("POST", `/api/v2/workspaces/${id}/builds`, { token, json: { transition } })).json;
  const jobOf = async (id: string) =>
    (await server.call("GET", `/api/v2/workspacebuilds/${id}`, { token })).json.job;
  return { server, token, userId, templateId, versionId, provisioner, other, queue, build, jobOf };
}

describe("a job", () => {
  test("is acquired by one provisioner, oldest first, with all its inputs", async () => {
    const { provisioner, other, queue, jobOf, templateId, versionId } = await setUp();
    const first = await queue("first");
    const second = await queue("second");
    const answer = await provisioner.acquire();
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      job_id: first.latest_build.id,
      lease_expires_at: expect.any(String),
      stage: "none",
      transition: "start",
      agent_token: expect.stringMatching(/^agent_/),
      has_state: false,
      workspace: { id: first.id, name: "first", owner_name: "ada" },
      template: { id: templateId, name: "docker" },
      template_version: { id: versionId, name: `v-${versionId}` },
      parameters: [],
    });
    expect((await other.acquire()).json.job_id).toBe(second.latest_build.id);
    expect((await provisioner.acquire()).status).toBe(204);
    expect(await jobOf(first.latest_build.id)).toMatchObject({ status: "running", worker_name: "one" });
  });

  test("is the same one for the same acquire_id, until it has ended", async () => {
    const { provisioner, other, queue } = await setUp();
    await queue("first");
    await queue("second");
    const acquireId = randomUUID();
    const once = await provisioner.acquire({ acquireId });
    const again = await provisioner.acquire({ acquireId });
    expect(again.json).toEqual(once.json);
    expect((await other.acquire({ acquireId })).status).toBe(409);
    await provisioner.job("POST", once.json.job_id, "complete", outcome);
    expect((await provisioner.acquire({ acquireId })).status).toBe(409);
  });

  test("of a second build names the previous one and says that there is a state", async () => {
    const { server, provisioner, queue, build, versionId } = await setUp();
    const { id } = await queue("web");
    const first = (await provisioner.acquire()).json;
    const put = await server.call("PUT", `/api/v2/provisionerjobs/${first.job_id}/state`, {
      headers: provisioner.headers,
      body: "remember",
    });
    expect(put.status).toBe(204);
    await provisioner.job("POST", first.job_id, "complete", outcome);
    await build(id, "stop");
    expect((await provisioner.acquire()).json).toMatchObject({
      has_state: true,
      previous_build: { number: 1, template_version_id: versionId },
    });
  });

  test("is waited for, and comes as soon as it is queued here", async () => {
    const { provisioner, queue } = await setUp();
    const waiting = provisioner.acquire({ wait: 30 });
    const { latest_build } = await queue("web");
    expect((await waiting).json.job_id).toBe(latest_build.id);
  });

  test("that doesn't arrive is a 204 after the wait, and at once when the server stops", async () => {
    const { server, provisioner } = await setUp();
    expect((await provisioner.acquire({ wait: 1 })).status).toBe(204);
    const waiting = provisioner.acquire({ wait: 30 });
    // Its first attempt is over when this one's is.
    await provisioner.acquire();
    const [answer] = await Promise.all([waiting, server.stop()]);
    expect(answer.status).toBe(204);
  });

  test("needs a valid key, and then the lease", async () => {
    const { server, provisioner, other, queue, token } = await setUp();
    const acquire = (headers: Record<string, string>) =>
      server.call("POST", "/api/v2/provisionerdaemons/jobs/acquire", {
        headers,
        json: { name: "x", acquire_id: "y" },
      });
    expect((await acquire({})).status).toBe(401);
    expect((await acquire({ "coder-session-token": token })).status).toBe(401);
    const key = provisioner.headers["coder-provisioner-daemon-key"]!;
    const wrong = `${key.slice(0, 11)}${"A".repeat(22)}`;
    await queue("web");
    expect((await acquire({ "coder-provisioner-daemon-key": wrong })).status).toBe(401);
    const { job_id } = (await provisioner.acquire()).json;
    for (const [action, body] of [
      ["heartbeat", undefined],
      ["release", undefined],
      ["logs", []],
      ["plan", { resource_changes: [] }],
      ["complete", outcome],
      ["fail", { error: "x" }],
    ] as const) {
      expect([action, (await other.job("POST", job_id, action, body)).status]).toEqual([action, 409]);
      expect([action, (await other.job("POST", randomUUID(), action, body)).status]).toEqual([action, 404]);
    }
    expect((await other.job("GET", job_id, "state")).status).toBe(409);
    expect((await provisioner.job("POST", job_id, "heartbeat")).status).toBe(200);
  });
});

describe("the end of a job", () => {
  test("is accepted once; the same again is no error, another one is", async () => {
    const { server, token, provisioner, queue, jobOf, build } = await setUp({}, { hasAiTask: true });
    const { id, latest_build } = await queue("web");
    await provisioner.acquire();
    const done = { ...outcome, ai_task: { prompt: "Fix it.", sidebar_app_slug: "web" } };
    const first = await provisioner.job("POST", latest_build.id, "complete", done);
    expect(first.json.agents).toEqual([{ id: expect.any(String), name: "main" }]);
    const again = await provisioner.job("POST", latest_build.id, "complete", done);
    expect(again.json).toEqual(first.json);
    expect((await provisioner.job("POST", latest_build.id, "fail", { error: "x" })).status).toBe(409);
    expect((await provisioner.job("POST", latest_build.id, "heartbeat")).status).toBe(409);
    expect(await jobOf(latest_build.id)).toMatchObject({ status: "succeeded" });
    const [resource] = (await server.call("GET", `/api/v2/workspaces/${id}`, { token })).json.latest_build
      .resources;
    expect(resource!.agents).toHaveLength(1);
    const task = (await server.call("GET", "/api/v2/tasks/me/web", { token })).json;
    const app = resource!.agents![0]!.apps.find(({ slug }) => slug === "web")!;
    expect(task).toMatchObject({ initial_prompt: "Fix it.", workspace_app_id: app.id });

    const failing = await build(id, "stop");
    await provisioner.acquire();
    for (let time = 0; time < 2; time += 1)
      expect((await provisioner.job("POST", failing.id, "fail", { error: "no disk" })).status).toBe(204);
    expect(await jobOf(failing.id)).toMatchObject({ status: "failed", error: "no disk" });
    expect((await provisioner.job("POST", failing.id, "complete", outcome)).status).toBe(409);
  });

  test("names the invalid field", async () => {
    const { provisioner, queue } = await setUp();
    const { latest_build } = await queue("web");
    await provisioner.acquire();
    const field = async (json: unknown) =>
      (await provisioner.job("POST", latest_build.id, "complete", json)).json.validations![0]!.field;
    const agent = { name: "main", apps: [{ slug: "a" }, { slug: "a" }] };
    const resource = { type: "t", name: "n", agents: [agent] };
    expect(await field({ resources: [resource] })).toBe("resources.0.agents.0.apps.1.slug");
    const plain = { ...resource, agents: [{ name: "main" }] };
    expect(await field({ resources: [plain, plain] })).toBe("resources.1.agents.0.name");
    const task = { prompt: "", sidebar_app_slug: "none" };
    expect(await field({ resources: [plain], ai_task: task })).toBe("ai_task.sidebar_app_slug");
    expect(await field({ resources: [{ type: "t" }] })).toBe("resources.0.name");
    expect((await provisioner.job("POST", latest_build.id, "heartbeat")).status).toBe(200);
  });

  test("that fails for a cause with a code shows it as Coder does; the code of a lost lease is Belfry's own", async () => {
    const { server, token, provisioner, queue, jobOf, build } = await setUp();
    const { id, latest_build } = await queue("web");
    await provisioner.acquire();
    const fail = (buildId: string, error_code?: unknown) =>
      provisioner.job("POST", buildId, "fail", {
        error: "no",
        ...(error_code === undefined ? {} : { error_code }),
      });
    for (const [code, detail] of [
      ["LEASE_LOST", "LEASE_LOST is set by Belfry only"],
      ["OTHER", "must be REQUIRED_TEMPLATE_VARIABLES or INVALID_VALUE, or left out"],
      [null, "must be REQUIRED_TEMPLATE_VARIABLES or INVALID_VALUE, or left out"],
    ]) {
      const { status, json } = await fail(latest_build.id, code);
      expect([status, json.validations]).toEqual([400, [{ field: "error_code", detail }]]);
    }
    for (let time = 0; time < 2; time += 1)
      expect((await fail(latest_build.id, "REQUIRED_TEMPLATE_VARIABLES")).status).toBe(204);
    expect(await jobOf(latest_build.id)).toMatchObject({
      status: "failed",
      error: "no",
      error_code: "REQUIRED_TEMPLATE_VARIABLES",
    });
    // One that is to be canceled ends as that, and one without a code has none.
    const canceled = await build(id, "start");
    await provisioner.acquire();
    await server.call("PATCH", `/api/v2/workspacebuilds/${canceled.id}/cancel`, { token });
    expect((await fail(canceled.id, "INVALID_VALUE")).status).toBe(204);
    const plain = await build(id, "start");
    await provisioner.acquire();
    expect((await fail(plain.id)).status).toBe(204);
    for (const one of [canceled, plain]) expect(await jobOf(one.id)).not.toHaveProperty("error_code");
  });

  test("that fails keeps the workspace: a deletion that failed can be retried", async () => {
    const { server, token, provisioner, queue, build } = await setUp();
    const { id } = await queue("web");
    const { job_id } = (await provisioner.acquire()).json;
    await provisioner.job("POST", job_id, "complete", outcome);
    const deletion = await build(id, "delete");
    await provisioner.acquire();
    await provisioner.job("POST", deletion.id, "fail", { error: "busy" });
    const workspace = await server.call("GET", `/api/v2/workspaces/${id}`, { token });
    expect(workspace.json.latest_build.status).toBe("failed");
    expect((await build(id, "delete")).build_number).toBe(3);
  });
});

describe("a lease", () => {
  test("is kept by heartbeats and ends without them: the job goes back to the queue", async () => {
    const { server, provisioner, other, queue } = await setUp();
    const { latest_build } = await queue("web");
    await server.runTick();
    await provisioner.acquire();
    const tick = async (milliseconds: number) => {
      for (let passed = 0; passed < milliseconds; passed += 30_000) {
        server.clock.advance(30_000);
        await server.runTick();
      }
    };
    for (let time = 0; time < 3; time += 1) {
      await tick(30_000);
      expect((await provisioner.job("POST", latest_build.id, "heartbeat")).status).toBe(200);
    }
    await tick(leaseMs);
    expect((await provisioner.job("POST", latest_build.id, "heartbeat")).status).toBe(409);
    expect((await other.acquire()).json.job_id).toBe(latest_build.id);
  });

  test("of another acquisition with the same key is distinguished by its header", async () => {
    const { server, provisioner, queue } = await setUp();
    const { latest_build } = await queue("web");
    await server.runTick();
    await provisioner.acquire({ acquireId: "slow" });
    server.clock.advance(30_000);
    await server.runTick();
    server.clock.advance(30_000);
    await server.runTick();
    await provisioner.acquire({ acquireId: "quick" });
    const complete = (acquireId: string) =>
      provisioner.job("POST", latest_build.id, "complete", outcome, acquireId);
    expect((await complete("slow")).status).toBe(409);
    expect((await complete("quick")).status).toBe(200);
    expect((await complete("slow")).status).toBe(409);
  });

  test("that is lost again and again, or after a plan, fails the job", async () => {
    const { server, provisioner, queue, jobOf } = await setUp();
    const { latest_build } = await queue("web");
    const lapse = async () => {
      for (let time = 0; time < 2; time += 1) {
        server.clock.advance(leaseMs / 2);
        await server.runTick();
      }
    };
    await server.runTick();
    for (let time = 0; time < 4; time += 1) {
      expect((await provisioner.acquire()).status).toBe(200);
      await lapse();
    }
    const failed = { status: "failed", error_code: "LEASE_LOST", error: expect.any(String) };
    expect(await jobOf(latest_build.id)).toMatchObject(failed);
    expect((await provisioner.job("POST", latest_build.id, "fail", { error: "x" })).status).toBe(409);

    const planned = await queue("planned");
    await provisioner.acquire();
    const plan = { format_version: "1.2", resource_changes: [] };
    expect((await provisioner.job("POST", planned.latest_build.id, "plan", plan)).json).toEqual({
      replacements: [],
    });
    await lapse();
    expect(await jobOf(planned.latest_build.id)).toMatchObject(failed);
  });

  test("doesn't end for the time in which no tick ran", async () => {
    const { server, provisioner, queue } = await setUp();
    const { latest_build } = await queue("web");
    await server.runTick();
    await provisioner.acquire();
    server.clock.advance(3_600_000);
    await server.runTick();
    expect((await provisioner.job("POST", latest_build.id, "heartbeat")).status).toBe(200);
  });

  test("released before the plan requeues the job, later it is refused", async () => {
    const { provisioner, other, queue, jobOf } = await setUp();
    const { latest_build } = await queue("web");
    await provisioner.acquire();
    expect((await provisioner.job("POST", latest_build.id, "release")).status).toBe(204);
    const job = await jobOf(latest_build.id);
    expect([job.status, job.started_at]).toEqual(["pending", undefined]);
    expect((await other.acquire()).json.job_id).toBe(latest_build.id);
    await other.job("POST", latest_build.id, "plan", { resource_changes: [] });
    expect((await other.job("POST", latest_build.id, "release")).status).toBe(409);
    expect((await other.job("POST", latest_build.id, "plan", [])).status).toBe(400);
  });
});

describe("a log", () => {
  test("is read in order from an id, and a line with an id is kept once", async () => {
    const { server, token, provisioner, queue } = await setUp();
    const { latest_build } = await queue("web");
    await provisioner.acquire();
    const line = { level: "info", source: "provisioner", stage: "init" };
    const lines = [
      { ...line, id: "1", output: "one", created_at: "2026-11-21T09:00:00Z" },
      { ...line, id: "2", output: "two" },
    ];
    for (let time = 0; time < 2; time += 1)
      expect((await provisioner.job("POST", latest_build.id, "logs", lines)).status).toBe(204);
    await provisioner.job("POST", latest_build.id, "logs", [{ ...line, output: "three" }]);
    const read = async (query = "") =>
      (await server.call("GET", `/api/v2/workspacebuilds/${latest_build.id}/logs${query}`, { token })).json;
    const all = await read();
    expect(all.map((one) => one.output)).toEqual(["one", "two", "three"]);
    expect(all[0]).toEqual({
      id: expect.any(Number),
      created_at: "2026-11-21T09:00:00.000Z",
      log_source: "provisioner",
      log_level: "info",
      stage: "init",
      output: "one",
    });
    expect(await read(`?after=${all[1]!.id}`)).toEqual([all[2]]);
    const bad = await provisioner.job("POST", latest_build.id, "logs", [
      { ...line, level: "loud", output: "" },
    ]);
    expect([bad.status, bad.json.validations![0]!.field]).toEqual([400, "0.level"]);
  });

  test("is truncated with one line that says so", async () => {
    const { server, token, provisioner, queue } = await setUp();
    const { latest_build } = await queue("web");
    await provisioner.acquire();
    const line = { level: "info", source: "provisioner", stage: "", output: "x".repeat(10_000) };
    for (let bytes = 0; bytes < maxLogBytes + 1_000_000; bytes += 500_000)
      await provisioner.job(
        "POST",
        latest_build.id,
        "logs",
        Array.from({ length: 50 }, () => line),
      );
    const lines = (await server.call("GET", `/api/v2/workspacebuilds/${latest_build.id}/logs`, { token }))
      .json;
    expect(lines.filter(({ output }) => output === logTruncatedMessage)).toEqual([lines.at(-1)]);
    expect(lines).toHaveLength(151);
  });
});

describe("a state", () => {
  test("of several megabytes is returned unchanged, also from a build that failed, and is sealed", async () => {
    const { server, provisioner, other, queue, build } = await setUp();
    const { id, latest_build } = await queue("web");
    await provisioner.acquire();
    const path = (job: string) => `/api/v2/provisionerjobs/${job}/state`;
    const put = (body: BodyInit) =>
      server.call("PUT", path(latest_build.id), { headers: provisioner.headers, body });
    const get = (job: string) => fetch(server.url + path(job), { headers: other.headers });
    expect((await put("small")).status).toBe(204);
    const state = Buffer.alloc(2_500_000, "plain words ");
    expect((await put(state)).status).toBe(204);
    expect((await put("")).status).toBe(400);
    expect((await put(Buffer.alloc(8_388_609))).status).toBe(413);
    await provisioner.job("POST", latest_build.id, "fail", { error: "half" });
    expect((await put("late")).status).toBe(409);

    const second = await build(id);
    await other.acquire();
    const kept = await get(second.id);
    expect(kept.status).toBe(200);
    expect(Buffer.from(await kept.arrayBuffer()).equals(state)).toBe(true);
    const rows = await server.sql(
      "SELECT instr(content, 'plain words') AS place, length(content) AS size FROM workspace_states",
    );
    expect(rows.map((row) => row["place"])).toEqual([0, 0, 0]);
    expect(Math.max(...rows.map((row) => Number(row["size"])))).toBeLessThanOrEqual(1_048_576);
    const fresh = await queue("fresh");
    await other.acquire();
    expect((await get(fresh.latest_build.id)).status).toBe(204);
  });
});

test("of each workspace the states of the last two builds are kept", async () => {
  const { server, provisioner, queue, build } = await setUp();
  const { id, latest_build } = await queue("web");
  const builds = [latest_build.id];
  for (const content of ["one", "two", "three"]) {
    const job = builds.at(-1)!;
    await provisioner.acquire();
    const path = `/api/v2/provisionerjobs/${job}/state`;
    const { headers } = provisioner;
    expect((await server.call("PUT", path, { headers, body: content })).status).toBe(204);
    expect((await server.call("GET", path, { headers })).text).toBe(content);
    await provisioner.job("POST", job, "complete", outcome);
    builds.push((await build(id)).id);
  }
  const kept = await server.sql("SELECT build_id FROM workspace_states ORDER BY build_id");
  expect(kept.map((row) => row["build_id"])).toEqual(builds.slice(1, 3));
});

test("a revoked key acquires nothing", async () => {
  const { server, token, provisioner, queue, jobOf } = await setUp();
  const { latest_build } = await queue("web");
  const path = "/api/v2/organizations/default/provisionerkeys/one";
  expect((await server.call("DELETE", path, { token })).status).toBe(204);
  expect((await provisioner.acquire()).status).toBe(401);
  expect(await jobOf(latest_build.id)).toMatchObject({ status: "pending" });
});
