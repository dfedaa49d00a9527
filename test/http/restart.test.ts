// Restarting: a stop that a start with the same version and parameters follows, once, whatever happens in between.
import { expect, test } from "vitest";
import { auditEntries } from "../support/audit.ts";
import { cookieFor, get, placeOf, post, wordsOf } from "../support/pages.ts";
import { addUser } from "../support/server.ts";
import { startTask } from "../support/task.ts";
import { activateVersion, addVersion } from "../support/workspaces.ts";

async function start() {
  const task = await startTask({ hasAiTask: false });
  const { server, member, workspaceId } = task;
  const builds = async () => {
    const { json } = await server.call("GET", `/api/v2/workspaces/${workspaceId}/builds`, {
      token: member.token,
    });
    return json
      .map(({ transition, job, template_version_id: version }) => ({
        transition,
        status: job.status,
        version,
      }))
      .toReversed();
  };
  const end = async (action: "complete" | "fail") => {
    const { json } = await task.provisioner.acquire();
    const body = action === "complete" ? { resources: [] } : { error: "no route" };
    await task.provisioner.job("POST", json.job_id, action, body);
    await server.settled();
  };
  const restart = (token = member.token) =>
    server.call("POST", `/api/v2/workspaces/${workspaceId}/restart`, { token });
  return { ...task, builds, end, restart };
}

test("a restart stops, then starts with the same version as the same person, at once", async () => {
  const { server, token, userId, templateId, member, builds, end, restart } = await start();
  const newer = await addVersion(server, userId, templateId);
  await activateVersion(server, token, templateId, newer);
  const answer = await restart();
  expect([answer.status, answer.json.transition]).toEqual([201, "stop"]);
  expect((await restart()).status).toBe(409);
  await end("complete");
  const [first, stop, again] = await builds();
  expect([stop!.transition, stop!.status, again!.transition, again!.status]).toEqual([
    "stop",
    "succeeded",
    "start",
    "pending",
  ]);
  expect(again!.version).toBe(first!.version);
  await server.runTick();
  expect(await builds()).toHaveLength(3);
  const entries = await auditEntries(server, token, "workspace_build");
  const [latest] = entries;
  expect([latest!.action, latest!.user?.username, latest!.detail["restart"]]).toEqual(["start", "mia", true]);
  expect(member.token).toBeDefined();
});

test("a tick continues what a process that died has left", async () => {
  const { server, builds, end, restart, workspaceId } = await start();
  await restart();
  await server.sql("UPDATE workspace_builds SET restarts = 0 WHERE transition = 'stop'");
  await end("complete");
  expect(await builds()).toHaveLength(2);
  await server.sql("UPDATE workspace_builds SET restarts = 1 WHERE transition = 'stop'");
  await server.runTick();
  expect((await builds()).map(({ transition }) => transition)).toEqual(["start", "stop", "start"]);
  expect(
    await server.sql(`SELECT sum(restarts) AS n FROM workspace_builds WHERE workspace_id = '${workspaceId}'`),
  ).toEqual([{ n: 0 }]);
});

test.each([
  ["the stop failed", async ({ end }: Awaited<ReturnType<typeof start>>) => end("fail"), 2],
  [
    "the initiator was suspended",
    async ({ server, token, end }: Awaited<ReturnType<typeof start>>) => {
      await server.call("PUT", "/api/v2/users/mia/status/suspend", { token });
      await end("complete");
    },
    2,
  ],
])("nothing follows when %s", async (_what, happen, count) => {
  const world = await start();
  await world.restart();
  await happen(world);
  await world.server.runTick();
  const { json } = await world.server.call("GET", `/api/v2/workspaces/${world.workspaceId}/builds`, {
    token: world.token,
  });
  expect(json).toHaveLength(count);
});

test("only who may start restarts, and only what runs", async () => {
  const { server, end, restart, build } = await start();
  const admin = await addUser(server, "tess", ["template-admin"]);
  expect((await restart(admin.token)).status).toBe(403);
  await build("stop");
  await end("complete");
  const refused = await restart();
  expect([refused.status, refused.json.message]).toEqual([409, "The workspace is not running."]);
});

test("on the page a restart asks, and says that a stop was requested", async () => {
  const { server, member, end, builds } = await start();
  const cookie = cookieFor(member.token);
  const asked = wordsOf(await get(server, "/@mia/fix-bug?ask=restart", cookie));
  expect(asked).toContain("Restart mia/fix-bug? The workspace stops, then starts with the same version.");
  const done = await post(server, "/@mia/fix-bug/restart", {}, cookie);
  expect(placeOf(done)).toBe("/@mia/fix-bug?requested=2");
  await end("complete");
  expect(await builds()).toHaveLength(3);
});
