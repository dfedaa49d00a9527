// Many provisioners and many jobs over two processes on one libSQL server, with every write sent twice; and what taking
// a job costs.
import { randomUUID } from "node:crypto";
import { describe, expect, test, onTestFinished } from "vitest";
import { insertRows } from "../../db/rows.ts";
import { workspaceBuilds, workspaces } from "../../db/schema.ts";
import { startTwoServers } from "../support/program.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { callServer, secretKey, signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { addProvisioner, addTemplate, outcome, organizationOf } from "../support/workspaces.ts";

/** Workspaces with a pending build each, as rows: it is the provisioners whom this is about. */
async function queue(server: TestServer, userId: string, count: number): Promise<string[]> {
  const { templateId, versionId } = await addTemplate(server, userId);
  const organizationId = await organizationOf(server);
  const at = server.clock.now();
  const times = { createdAt: at, updatedAt: at };
  const builds = Array.from({ length: count }, () => ({ id: randomUUID(), workspaceId: randomUUID() }));
  await server.db.write(
    [
      ...insertRows(
        workspaces,
        builds.map(({ id, workspaceId }, index) => ({
          ...times,
          id: workspaceId,
          ownerId: userId,
          organizationId,
          templateId,
          name: `w-${index}`,
          automaticUpdates: "never" as const,
          latestBuildId: id,
          lastUsedAt: at,
        })),
      ),
      ...insertRows(
        workspaceBuilds,
        builds.map((build) => ({
          ...times,
          ...build,
          number: 1,
          versionId,
          transition: "start" as const,
          reason: "initiator" as const,
          stage: "none" as const,
          initiatorId: userId,
          status: "pending" as const,
          agentGeneration: randomUUID(),
          hasAiTask: false,
          priority: 0,
        })),
      ),
    ],
    {},
  );
  return builds.map(({ id }) => id);
}

describe.skipIf(noServer)("on a libSQL server", () => {
  test("a workspace lives its whole life", async () => {
    const database = await startLibsqlServer();
    onTestFinished(() => database.stop());
    const server = await startTestServer({ environment: { BELFRY_DATABASE_URL: database.url } });
    const { token, userId } = await signInFirst(server);
    const { templateId } = await addTemplate(server, userId, "docker", {
      parameters: [
        { name: "b", defaultValue: "1" },
        { name: "a", defaultValue: "2" },
      ],
    });
    const provisioner = await addProvisioner(server, userId, "one");
    const call = async <M extends string, P extends string>(method: M, path: P, json?: unknown) => {
      const answer = await server.call(method, `/api/v2${path}`, {
        token,
        ...(json === undefined ? {} : { json }),
      });
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      return answer.json;
    };
    const { id, latest_build } = await call("POST", "/users/me/workspaces", {
      name: "web",
      template_id: templateId,
    });
    await server.runTick();
    await provisioner.acquire();
    server.clock.advance(30_000);
    await server.runTick();
    server.clock.advance(30_000);
    expect((await server.runTick()).expiredJobs).toBe(1);
    const job = (await provisioner.acquire()).json;
    expect(job.parameters).toMatchObject([
      { name: "b", value: "1" },
      { name: "a", value: "2" },
    ]);
    const state = Buffer.alloc(8_388_608, "state");
    const statePath = `/api/v2/provisionerjobs/${job.job_id}/state`;
    const { headers } = provisioner;
    expect((await server.call("PUT", statePath, { headers, body: state })).status).toBe(204);
    const kept = await (await fetch(server.url + statePath, { headers })).arrayBuffer();
    expect(Buffer.from(kept).equals(state)).toBe(true);
    const line = { level: "info", source: "provisioner", stage: "", output: "hello" };
    await provisioner.job("POST", job.job_id, "logs", [line]);
    await provisioner.job("POST", job.job_id, "plan", { resource_changes: [] });
    await provisioner.job("POST", job.job_id, "complete", outcome);
    expect(await call("GET", `/workspacebuilds/${latest_build.id}/logs`)).toMatchObject([
      { output: "hello" },
    ]);
    expect((await call("GET", "/workspaces?q=owner:me+status:running")).count).toBe(1);
    const stop = await call("POST", "/users/me/workspace/web/builds", { transition: "stop" });
    await call("PATCH", `/workspacebuilds/${stop.id}/cancel`);
    const deletion = await call("POST", `/workspaces/${id}/builds`, { transition: "delete" });
    await provisioner.acquire();
    expect((await provisioner.job("POST", deletion.id, "release")).status).toBe(204);
    await provisioner.acquire();
    await provisioner.job("POST", deletion.id, "complete", { resources: [] });
    expect((await call("GET", "/workspaces")).count).toBe(0);
    expect(server.logs.filter((entry) => entry.includes('"error"'))).toEqual([]);
  });

  test("eight provisioners do five hundred jobs over two processes, each of them once", async () => {
    const database = await startLibsqlServer();
    onTestFinished(() => database.stop());
    const environment = { BELFRY_DATABASE_URL: database.url };
    const one = await startTestServer({ environment });
    const { userId } = await signInFirst(one);
    const servers = await startTwoServers(database.url, secretKey);
    const queued = await queue(one, userId, 500);
    const provisioners = await Promise.all(
      Array.from({ length: 8 }, (_, index) => {
        const { url } = servers[index % 2]!;
        const call: TestServer["call"] = (method, path, options) => callServer(url, method, path, options);
        return addProvisioner({ ...one, call }, userId, `p-${index}`);
      }),
    );

    const started = performance.now();
    const taken: string[] = [];
    const work = async (provisioner: (typeof provisioners)[number]) => {
      for (
        let answer = await provisioner.acquire();
        answer.status === 200;
        answer = await provisioner.acquire()
      ) {
        taken.push(answer.json.job_id);
        const done = await provisioner.job("POST", answer.json.job_id, "complete", outcome);
        expect([done.status, done.json.agents.length]).toEqual([200, 1]);
      }
    };
    await Promise.all(provisioners.map(work));

    console.log(`five hundred jobs took ${((performance.now() - started) / 1_000).toFixed(1)} s`);
    expect(taken).toHaveLength(500);
    expect(new Set(taken)).toEqual(new Set(queued));
    const [rows] =
      await one.sql(`SELECT count(*) AS builds, (SELECT count(*) FROM workspace_agents) AS agents,
      (SELECT count(*) FROM workspace_apps) AS apps, count(DISTINCT provisioner_name) AS provisioners
      FROM workspace_builds WHERE status = 'succeeded'`);
    expect(rows).toMatchObject({ builds: 500, agents: 500, apps: 500, provisioners: 8 });
  });
});

test("taking a job is one write, a heartbeat is one write, and waiting in vain writes once", async () => {
  const trips: string[] = [];
  const server = await startTestServer({ onTrip: ({ mode }) => trips.push(mode) });
  const { userId } = await signInFirst(server);
  const [job] = await queue(server, userId, 1);
  const provisioner = await addProvisioner(server, userId, "one");
  const tripsOf = async (work: () => Promise<unknown>) => {
    trips.length = 0;
    await work();
    return trips.join(" ");
  };
  // The first use of a key is noted besides, then once an hour.
  expect(await tripsOf(() => provisioner.acquire())).toBe("write write");
  expect(await tripsOf(() => provisioner.job("POST", job!, "heartbeat"))).toBe("write");
  expect(await tripsOf(() => provisioner.acquire({ wait: 1 }))).toMatch(/^write( read)+$/);
});
