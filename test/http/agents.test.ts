// What agents report of themselves, through the API.
import { describe, expect, test } from "vitest";
import type { Workspace } from "../support/answers.ts";
import { startTask, twoAgents } from "../support/task.ts";
import { agentTokenOf } from "../support/workspaces.ts";

describe("a report of an agent's lifecycle", () => {
  const agentsOf = (workspace: Workspace) =>
    workspace.latest_build.resources.flatMap(({ agents }) => agents ?? []);

  test("is shown to users", async () => {
    const { lifecycle, workspace } = await startTask();
    const [before] = agentsOf(await workspace());
    expect(before).toMatchObject({ lifecycle_state: "created", status: "connecting" });
    const answer = await lifecycle("ready");
    expect([answer.status, answer.text]).toEqual([204, ""]);
    const [after] = agentsOf(await workspace());
    expect(after).toMatchObject({ lifecycle_state: "ready", status: "connected" });
  });

  test("is ordered by the agent's clock: an older one changes nothing, one from the future counts as now", async () => {
    const { lifecycle, workspace, server } = await startTask();
    const at = (offset: number) => ({ changed_at: new Date(server.clock.now() + offset).toISOString() });
    const stateOf = async () => agentsOf(await workspace())[0];
    await lifecycle("ready", at(-1_000));
    expect((await lifecycle("starting", at(-2_000))).status).toBe(204);
    expect(await stateOf()).toMatchObject({ lifecycle_state: "ready" });
    await lifecycle("shutting_down", at(3_600_000));
    server.clock.advance(1);
    await lifecycle("off", { changed_at: "0001-01-01T00:00:00Z" });
    expect(await stateOf()).toMatchObject({ lifecycle_state: "off" });
  });

  test("names the agent when there are several", async () => {
    const { lifecycle, workspace, agentToken } = await startTask({ agents: twoAgents });
    const nameless = await lifecycle("ready");
    expect([nameless.status, nameless.json.message]).toEqual([401, expect.stringContaining("main, side")]);
    expect((await lifecycle("ready", {}, `${agentToken}.side`)).status).toBe(204);
    expect((await lifecycle("ready", {}, `${agentToken}.other`)).status).toBe(401);
    const states = agentsOf(await workspace()).map((agent) => Object.assign({}, agent));
    expect(states).toMatchObject([
      { name: "main", lifecycle_state: "created" },
      { name: "side", lifecycle_state: "ready" },
    ]);
  });

  test("is accepted until the stop has ended; the next start has its own token", async () => {
    const { lifecycle, build, finish, server, workspaceId, agentToken } = await startTask();
    await build("stop");
    expect((await lifecycle("shutting_down")).status).toBe(204);
    await finish();
    expect((await lifecycle("off")).status).toBe(401);
    await build("start");
    expect((await lifecycle("starting")).status).toBe(401);
    const next = await agentTokenOf(server, workspaceId);
    expect(next).not.toBe(agentToken);
    expect((await lifecycle("starting", {}, next)).status).toBe(409);
    await finish();
    expect((await lifecycle("starting", {}, next)).status).toBe(204);
    await build("delete");
    await finish();
    expect((await lifecycle("off", {}, next)).status).toBe(401);
  });

  test("is kept by the next build of a running workspace, also during that build, but not after a stop", async () => {
    const { lifecycle, workspace, build, finish, server } = await startTask();
    const stateOf = async () => agentsOf(await workspace())[0];
    await build("start");
    await finish();
    expect(await stateOf()).toMatchObject({ lifecycle_state: "created" });
    await lifecycle("ready");
    const { ready_at: readyAt } = (await stateOf())!;
    expect(readyAt).toBeDefined();
    await build("start");
    await finish();
    expect(await stateOf()).toMatchObject({
      lifecycle_state: "ready",
      status: "connected",
      ready_at: readyAt,
    });
    await build("start");
    server.clock.advance(1);
    expect((await lifecycle("start_error")).status).toBe(204);
    await finish();
    expect(await stateOf()).toMatchObject({ lifecycle_state: "start_error" });
    await build("stop");
    await finish();
    expect(await stateOf()).toMatchObject({ lifecycle_state: "created" });
    await build("start");
    await finish();
    expect(await stateOf()).toMatchObject({ lifecycle_state: "created" });
  });

  test("is refused without a token, with a person's key, and with an unknown token", async () => {
    const { lifecycle } = await startTask();
    for (const as of ["", "Ab3dE6gH9j-0123456789abcdefghijkl", `agent_${"0".repeat(32)}_${"0".repeat(64)}`])
      expect((await lifecycle("ready", {}, as)).status).toBe(401);
  });
});
