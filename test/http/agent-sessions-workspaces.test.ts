// Sessions of agents that run in workspaces: reported with the agent's token or by the status of an app, and ended with the
// workspace.
import { describe, expect, test } from "vitest";
import { prebuildsUser } from "../../db/schema.ts";
import { countRows } from "../support/stored.ts";
import { startTask, twoAgents, type TaskOptions } from "../support/task.ts";

const calmMs = 30_000;

async function start(options: TaskOptions = {}) {
  const task = await startTask(options);
  const { server, member, agentToken } = task;
  const report = (key: string, state: string, as = agentToken, more: object = {}) =>
    server.call("PUT", `/api/v2/agent-sessions/${encodeURIComponent(key)}`, {
      token: as,
      json: { state, title: `Session ${key}`, ...more },
    });
  const sessions = async () =>
    (await server.call("GET", "/api/v2/agent-sessions", { token: member.token })).json.sessions;
  const pass = async (milliseconds: number) => {
    server.clock.advance(milliseconds);
    await server.runTick();
    await server.settled();
  };
  /** What waits, as kind and title. */
  const waiting = async () =>
    (await server.call("GET", "/api/v2/users/me/waiting", { token: member.token })).json.waiting.map(
      ({ kind, title }) => `${kind}: ${title}`,
    );
  return { ...task, report, sessions, pass, waiting };
}

describe("an agent's token", () => {
  test("reports sessions of the workspace's owner", async () => {
    const { report, sessions, notified, pass, workspaceId, waiting } = await start();
    expect((await report("a", "waiting")).json).toEqual({ id: expect.any(String), changed: true });
    expect(await sessions()).toMatchObject([{ key: "a", state: "waiting", workspace_id: workspaceId }]);
    expect(await waiting()).toEqual(["agent: Session a is waiting for you"]);
    await pass(calmMs);
    expect(await notified()).toEqual(["Agent waiting for you: Session a"]);
  });

  test("changes no live session that runs elsewhere", async () => {
    const { report, member, agentToken } = await start();
    await report("laptop", "working", member.token);
    const refused = await report("laptop", "done");
    expect([refused.status, refused.json.message]).toEqual([409, "The session runs outside this workspace."]);
    await report("laptop", "done", member.token);
    expect((await report("laptop", "working")).status).toBe(200);
    expect((await report("laptop", "done", member.token)).status).toBe(200);
    expect(
      (await report("x", "done", agentToken.replace(/_[0-9a-f]{64}/, `_${"0".repeat(64)}`))).status,
    ).toBe(401);
  });

  test("must name the agent where there are several", async () => {
    const { report, agentToken } = await start({ agents: twoAgents });
    expect((await report("a", "working")).status).toBe(401);
    expect((await report("a", "working", `${agentToken}.side`)).status).toBe(200);
  });

  test("of a prebuilt workspace gets 409 until somebody claims it", async () => {
    const { report, server, status } = await start();
    await server.sql(`UPDATE workspaces SET owner_id = '${prebuildsUser.id}'`);
    expect((await report("a", "working")).status).toBe(409);
    expect((await status("working")).status).toBe(200);
    expect(await countRows(server, "agent_sessions")).toBe(0);
    await server.sql("UPDATE workspaces SET owner_id = (SELECT id FROM users WHERE username = 'mia')");
    expect((await report("a", "working")).status).toBe(200);
  });
});

describe("an app's status", () => {
  test("is the session of the task: the kinds of tasks notify about it, and Agent Stale when it is silent", async () => {
    const { status, sessions, notified, pass, waiting, server } = await start();
    await status("working", "Reading");
    await status("idle", "Which one?", { uri: "https://a.example.com/1" });
    expect(await sessions()).toMatchObject([
      {
        title: "Fix the bug in the parser",
        state: "waiting",
        message: "Which one?",
        url: "https://a.example.com/1",
      },
    ]);
    expect(await waiting()).toEqual(["task: Task waiting for you: Fix the bug in the parser"]);
    // Each kind of tasks is sent once a minute at most.
    await pass(60_000);
    await status("working");
    for (let times = 0; times < 2; times += 1) {
      await pass(31 * 60_000);
      expect((await sessions())[0]!.state).toBe("stale");
    }
    const titles = [
      "Task working: Fix the bug in the parser",
      "Task waiting for you: Fix the bug in the parser",
      "Task working: Fix the bug in the parser",
      "Agent stale: Fix the bug in the parser",
    ];
    expect(await notified()).toEqual(titles);
    const open = "SELECT count(*) AS open FROM situations WHERE key LIKE 'agent/%' AND resolved_at IS NULL";
    expect(await server.sql(open)).toEqual([{ open: 1 }]);
    await status("idle", "Which two?");
    await pass(calmMs);
    expect(await server.sql(open)).toEqual([{ open: 0 }]);
    expect(await notified()).toEqual([...titles, "Task waiting for you: Fix the bug in the parser"]);
    expect(await countRows(server, "agent_sessions")).toBe(1);
  });

  test("of another app is notified of as a session is", async () => {
    const { status, sessions, notified, pass, waiting } = await start({ hasAiTask: false });
    await status("working");
    await status("idle", "Which one?", { uri: "javascript:alert(1)" });
    expect(await sessions()).toMatchObject([{ title: "fix-bug / claude", state: "waiting", url: null }]);
    expect(await waiting()).toEqual(["agent: fix-bug / claude is waiting for you"]);
    await pass(calmMs - 1);
    await status("idle", "Which one, please?");
    expect(await notified()).toEqual([]);
    await pass(1);
    await status("failure");
    await pass(calmMs);
    await status("complete");
    await pass(calmMs);
    expect(await notified()).toEqual([
      "Agent waiting for you: fix-bug / claude",
      "Agent failed: fix-bug / claude",
      "Agent done: fix-bug / claude",
    ]);
  });

  test("is kept beyond the limit of live sessions, without a session", async () => {
    const { status, server, member, sessions } = await start({ hasAiTask: false });
    await server.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
      INSERT OR IGNORE INTO agent_sessions (id, user_id, key, state, title, message, is_task, created_at, state_since,
        seen_at, minute_at, minute_changes, change_id)
      SELECT 'x' || i, '${member.userId}', 'x' || i, 'waiting', 'x', '', 0, 1, 1, 1, 1, 0, 'x' FROM n`);
    expect((await status("working")).status).toBe(200);
    expect(await countRows(server, "workspace_app_statuses")).toBe(1);
    expect((await sessions()).map(({ key }) => key)).not.toContain("app");
    await server.sql("UPDATE agent_sessions SET ended_at = 1, state = 'done' WHERE key = 'x1'");
    await status("idle");
    expect((await sessions())[0]).toMatchObject({ title: "fix-bug / claude", state: "waiting" });
  });
});

describe.each(["stop", "delete"])("a %s of the workspace", (transition) => {
  test("ends its sessions, silently, withdraws what is pending, and refuses reports meanwhile", async () => {
    const task = await start({ hasAiTask: false });
    const { report, status, sessions, notified, pass, build, finish, server, member, waiting } = task;
    await report("a", "waiting");
    await pass(calmMs);
    await report("b", "waiting");
    await status("idle");
    await report("c", "working");
    await report("laptop", "waiting", member.token);
    expect((await build(transition)).status).toBe(201);
    const states = async () =>
      Object.fromEntries((await sessions()).map(({ title, state }) => [title, state]));
    const ended = {
      "Session a": "done",
      "Session b": "done",
      "fix-bug / claude": "done",
      "Session c": "done",
      "Session laptop": "waiting",
    };
    expect(await states()).toEqual(ended);
    expect(await waiting()).toEqual(["agent: Session laptop is waiting for you"]);
    expect((await report("a", "working")).status).toBe(409);
    expect((await status("working")).status).toBe(200);
    expect(await states()).toEqual(ended);
    await finish();
    await pass(calmMs);
    expect(await notified()).toEqual([
      "Agent waiting for you: Session a",
      "Agent waiting for you: Session laptop",
    ]);
    expect(await server.sql("SELECT count(*) AS open FROM situations WHERE resolved_at IS NULL")).toEqual([
      { open: 1 },
    ]);
    expect((await report("a", "working")).status).toBe(401);
  });
});
