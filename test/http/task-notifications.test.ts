// Reports of an AI task's agent and the owner's notifications, through the API.
import { describe, expect, test } from "vitest";
import { startReceiver } from "../support/receiver.ts";
import { startMailServer } from "../support/smtp.ts";
import { startTask, twoAgents } from "../support/task.ts";
import { agentTokenOf } from "../support/workspaces.ts";
import { countRows, storedEvents } from "../support/stored.ts";
import { deliveryLog } from "../support/inbox.ts";

const task = "Fix the bug in the parser";
const titles = {
  working: `Task working: ${task}`,
  idle: `Task waiting for you: ${task}`,
  complete: `Task complete: ${task}`,
  failure: `Task failed: ${task}`,
};

/** Coder's ids. */
const templates = {
  working: "bd4b7168-d05e-4e19-ad0f-3593b77aa90f",
  idle: "d4a6271c-cced-4ed0-84ad-afd02a9c7799",
  complete: "8c5a4d12-9f7e-4b3a-a1c8-6e4f2d9b5a7c",
  failure: "3b7e8f1a-4c2d-49a6-b5e9-7f3a1c8d6b4e",
};

describe("a status of an app", () => {
  test("is kept, and shown with its workspace", async () => {
    const { status, workspace, server, workspaceId } = await startTask();
    const answer = await status("working", "Reading\\nthe parser", { uri: "https://git.example.com/1" });
    expect([answer.status, answer.json]).toEqual([200, null]);
    server.clock.advance(1_000);
    await status("working", "<b>Writing</b> tests", { icon: "/icon.svg", needs_user_attention: true });
    const now = new Date(server.clock.now()).toISOString();
    const shown = await workspace();
    const [agent] = shown.latest_build.resources[0]!.agents!;
    const app = agent!.apps.find((one) => one.slug === "claude");
    const latest = {
      id: expect.any(String),
      created_at: now,
      workspace_id: workspaceId,
      agent_id: agent!.id,
      app_id: app!.id,
      state: "working",
      message: "Writing tests",
      uri: "",
      icon: "",
      needs_user_attention: false,
    };
    expect(shown.latest_app_status).toEqual(latest);
    expect(app!.statuses).toMatchObject([
      latest,
      { message: "Reading the parser", uri: "https://git.example.com/1" },
    ]);
    expect(shown.last_used_at).toBe(now);
  });

  test("with an invalid field is refused, and the field is named", async () => {
    const { status, server } = await startTask();
    const wrong: [string, string, object][] = [
      ["message", "idle", { message: "é".repeat(81) }],
      ["state", "asleep", {}],
      ["app_slug", "idle", { app_slug: "web" }],
      ["app_slug", "idle", { app_slug: "" }],
      ["uri", "idle", { uri: "x".repeat(2_049) }],
    ];
    for (const [field, state, more] of wrong) {
      const answer = await status(state, "", more);
      const fields = answer.json.validations!.map((one) => one.field);
      expect([answer.status, fields]).toEqual([400, [field]]);
    }
    expect((await status("idle", "é".repeat(80))).status).toBe(200);
    expect(await countRows(server, "workspace_app_statuses")).toBe(1);
  });

  test("must be of an app of the agent", async () => {
    const { status, agentToken } = await startTask({ agents: twoAgents });
    expect((await status("idle", "", {}, `${agentToken}.main`)).status).toBe(200);
    const other = await status("idle", "", {}, `${agentToken}.side`);
    expect([other.status, other.json.message]).toEqual([400, expect.stringContaining("it has logs")]);
    expect((await status("idle")).status).toBe(401);
  });

  test("that is old is deleted, except the latest of its app", async () => {
    const { status, server } = await startTask();
    for (const message of ["1", "2", "3"]) await status("working", message);
    await status("idle", "4", { app_slug: "logs" });
    server.clock.advance(31 * 86_400_000);
    await status("working", "5");
    await server.runTick();
    const kept = await server.sql("SELECT message FROM workspace_app_statuses ORDER BY seq");
    expect(kept.map(({ message }) => message)).toEqual(["4", "5"]);
  });
});

describe("the owner of a task", () => {
  test("is notified of each change once, at once, including the first", async () => {
    const { status, notified, server, token, workspace, workspaceId, member, userId } = await startTask();
    const { clock } = server;
    for (const state of ["working", "working", "idle"]) await status(state, `It is ${state}`);
    clock.advance(60_000);
    for (const state of ["working", "complete", "failure", "failure"]) await status(state, `It is ${state}`);
    expect(await notified()).toEqual([
      titles.working,
      titles.idle,
      titles.working,
      titles.complete,
      titles.failure,
    ]);
    const events = (await storedEvents(server)).filter(
      ({ createdBy }) => createdBy === "api-workspace-agent-app-status",
    );
    const { organization_id: organizationId, latest_app_status: latest } = await workspace();
    expect(events[1]).toMatchObject({
      labels: { task, workspace: "fix-bug" },
      data: { dedupe_bypass_ts: "2026-11-21T10:00:00Z", message: "It is idle", uri: "" },
      targets: [workspaceId, member.userId, organizationId, latest!.app_id],
    });
    const messages = await deliveryLog(server, token);
    expect(new Set(messages.map(({ user }) => user.id))).toEqual(new Set([member.userId]));
    expect(userId).not.toBe(member.userId);
    expect(messages.map(({ reasons }) => reasons)).toEqual(messages.map(() => ["workspace_owner", "inbox"]));
  });

  test("gets the agent's message, and links to the task and the workspace", async () => {
    const { status, server, member } = await startTask({ prompt: "" });
    await status("idle", "Which of *the two*?");
    const [notification] = (await server.call("GET", "/api/v2/notifications/inbox", { token: member.token }))
      .json.notifications;
    expect(notification).toMatchObject({
      title: "Task waiting for you: fix-bug",
      content: expect.stringContaining("is waiting for your answer:\n\n> Which of \\*the two\\*?"),
      actions: [
        { label: "View task", url: `${server.url}/tasks/mia/fix-bug` },
        { label: "View workspace", url: `${server.url}/@mia/fix-bug` },
      ],
    });
  });

  test("is notified once of two equal concurrent reports, and of each of two different ones", async () => {
    const { status, notified, server } = await startTask();
    await Promise.all([status("idle", "a"), status("idle", "b"), status("idle", "c")]);
    expect(await notified()).toEqual([titles.idle]);
    expect(await countRows(server, "workspace_app_statuses")).toBe(3);
    const answers = await Promise.all([status("complete"), status("failure")]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    expect((await notified()).slice(1).toSorted()).toEqual([titles.complete, titles.failure].toSorted());
  });

  test.each([
    ["the version is no AI task", { hasAiTask: false }],
    ["the build names no app", { sidebarApp: null }],
    ["the build names another app", { sidebarApp: "logs" }],
  ])("is not notified when %s", async (_what, options) => {
    const { status, notified, server, token } = await startTask(options);
    expect((await status("idle")).status).toBe(200);
    expect(await notified()).toEqual([]);
    // As any other app's session, it is notified of later.
    expect((await deliveryLog(server, token)).map(({ template }) => template.name)).toEqual([
      "Agent Waiting",
    ]);
  });

  test("is notified by an agent without a lifecycle or a ready one, not by one that starts", async () => {
    const { status, lifecycle, notified, server } = await startTask();
    await status("working");
    await lifecycle("starting");
    await status("idle");
    await lifecycle("ready");
    server.clock.advance(60_000);
    await status("working");
    expect(await notified()).toEqual([titles.working, titles.working]);
  });

  test("is not notified while the workspace stops, and again for the next build's task", async () => {
    const { status, build, finish, notified, server, workspaceId } = await startTask();
    await status("working");
    await build("stop");
    expect((await status("idle")).status).toBe(200);
    await finish();
    expect((await status("complete")).status).toBe(401);
    await build("start");
    await finish();
    await status("working", "", {}, await agentTokenOf(server, workspaceId));
    expect(await notified()).toEqual([titles.working, titles.working]);
  });

  test("is not notified of a disabled kind", async () => {
    const { status, notified, server, member } = await startTask();
    await server.call("PUT", "/api/v2/users/me/notifications/preferences", {
      token: member.token,
      json: { template_disabled_map: { "bd4b7168-d05e-4e19-ad0f-3593b77aa90f": true } },
    });
    await status("working");
    await status("idle");
    expect(await notified()).toEqual([titles.idle]);
  });
});

describe("a flapping task", () => {
  test("notifies of each state once in a minute, and keeps the reason of those left out", async () => {
    const { status, notified, server, token, workspace } = await startTask();
    const flap = async (times: number) => {
      for (let index = 0; index < times; index += 1) {
        await status("idle", `Question ${index}`);
        await status("working", `Step ${index}`);
      }
    };
    await flap(5);
    expect(await notified()).toEqual([titles.idle, titles.working]);
    const reasons = (await deliveryLog(server, token)).map((message) => message.reasons);
    expect(reasons).toHaveLength(10);
    expect(reasons.filter((codes) => codes.includes("duplicate"))).toHaveLength(8);
    expect((await workspace()).latest_app_status).toMatchObject({ state: "working", message: "Step 4" });
    // The bucket is the UTC minute, not a minute's distance: this one ends in less.
    server.clock.advance(59_499);
    await flap(1);
    expect(await notified()).toHaveLength(2);
    server.clock.advance(1);
    await flap(2);
    expect(await notified()).toEqual([titles.idle, titles.working, titles.idle, titles.working]);
  });

  test("of two apps, or of two tasks, is counted separately", async () => {
    const one = await startTask({ agents: twoAgents });
    await one.status("idle", "", {}, `${one.agentToken}.main`);
    await one.status("idle", "", { app_slug: "logs" }, `${one.agentToken}.side`);
    expect(await one.notified()).toEqual([titles.idle]);
  });
});

/** Each of the twelve changes from one state to another, as one walk. */
const walk =
  "idle working idle complete idle failure working complete working failure complete failure idle".split(
    " ",
  ) as State[];
type State = keyof typeof titles;

describe.each(["every", "calm"])("with %s", (mode) => {
  const dwell = 30_000;

  /** All channels: half of the states go by mail, the others by webhook, and everything to the inbox. */
  async function startAll(byMail: readonly State[]) {
    const [receiver, mail] = [await startReceiver(), await startMailServer()];
    const task = await startTask({
      server: {
        environment: {
          BELFRY_TASK_NOTIFICATIONS: mode,
          BELFRY_TASK_IDLE_DWELL: "30s",
          BELFRY_NOTIFICATIONS_METHOD: "webhook",
          BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
          BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${mail.port}`,
          BELFRY_EMAIL_FROM: "belfry@example.com",
          BELFRY_EMAIL_FORCE_TLS: "false",
        },
      },
    });
    const { server, token, notified } = task;
    for (const state of byMail) {
      const path = `/api/v2/notifications/templates/${templates[state]}/method`;
      const answer = await server.call("PUT", path, { token, json: { method: "smtp" } });
      expect(answer.status).toBe(200);
    }
    const pause = (paused: boolean) =>
      server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: paused } });
    /** Until all that is due, also after the dwell, is out. */
    const pass = async () => {
      await server.settled();
      server.clock.advance(dwell);
      await server.runTick();
      server.clock.advance(60_000);
    };
    const expectAll = async (states: readonly State[]) => {
      const of = (wanted: (state: State) => boolean) =>
        states
          .filter(wanted)
          .map((state) => titles[state])
          .toSorted();
      const isByMail = (state: State) => byMail.includes(state);
      const taken = receiver.arrivals.map(({ json }) => json.title);
      expect({
        inbox: (await notified()).toSorted(),
        mail: mail.mails.map(({ email }) => email.subject).toSorted(),
        webhook: taken.toSorted(),
      }).toEqual({ inbox: of(() => true), mail: of(isByMail), webhook: of((state) => !isByMail(state)) });
    };
    return { ...task, pause, pass, expectAll };
  }

  const halves: [string, State[]][] = [
    ["idle and complete by mail", ["idle", "complete"]],
    ["working and failure by mail", ["working", "failure"]],
  ];
  test.each(halves)(
    "%s, each new state goes out by its channel and to the inbox, once",
    async (_, byMail) => {
      const { status, pause, pass, expectAll } = await startAll(byMail);
      const states: State[] = [];
      for (const isPaused of [false, true]) {
        for (const state of walk.slice(isPaused ? 1 : 0)) {
          if (isPaused) await pause(true);
          await status(state);
          if (isPaused) await pause(false);
          await pass();
          states.push(state);
        }
      }
      await expectAll(states);
    },
  );

  test.each([0, 1])(
    "two changes while it is paused leave nothing out but an idle, from the %s. on",
    async (first) => {
      const { status, pause, pass, expectAll } = await startAll(["idle", "working"]);
      const states = walk.slice(0, first + 1);
      for (const state of states) {
        await status(state);
        await pass();
      }
      for (let at = first + 1; at < walk.length; at += 2) {
        const two = walk.slice(at, at + 2);
        await pause(true);
        for (const state of two) await status(state);
        await pause(false);
        await pass();
        const isOver = two[0] === "idle" && two.length > 1;
        // In calm mode, work after an idle without a delivered notification notifies nobody.
        states.push(...two.slice(isOver ? (mode === "calm" && two[1] === "working" ? 2 : 1) : 0));
      }
      await expectAll(states);
    },
  );
});

describe("a calm task", () => {
  const calm = {
    server: { environment: { BELFRY_TASK_NOTIFICATIONS: "calm", BELFRY_TASK_IDLE_DWELL: "30s" } },
  };
  const startCalm = async () => {
    const task = await startTask(calm);
    const pass = async (milliseconds: number) => {
      task.server.clock.advance(milliseconds);
      await task.server.runTick();
    };
    return { ...task, pass };
  };

  test("notifies that it is idle after the delay, and not that it began", async () => {
    const { status, notified, pass, server, token } = await startCalm();
    await status("working");
    await status("idle", "Which one?");
    await pass(29_999);
    expect(await notified()).toEqual([]);
    expect(await deliveryLog(server, token)).toMatchObject([
      { status: "pending", attempt_count: 0, reasons: ["workspace_owner", "inbox", "held_back"] },
    ]);
    await status("idle", "Which one, please?");
    await pass(1);
    expect(await notified()).toEqual([titles.idle]);
    expect((await deliveryLog(server, token)).map((message) => message.status)).toEqual(["sent"]);
    await status("working");
    expect(await notified()).toEqual([titles.idle, titles.working]);
  });

  test("doesn't notify of an idle that ended earlier", async () => {
    const { status, notified, pass, server, token } = await startCalm();
    await status("working");
    await status("idle");
    await pass(20_000);
    await status("working");
    await pass(60_000);
    expect(await notified()).toEqual([]);
    const [taken] = await deliveryLog(server, token);
    expect(taken).toMatchObject({
      status: "inhibited",
      next_try_at: null,
      reasons: ["workspace_owner", "inbox", "held_back", "taken_back"],
    });
    expect((await server.call("GET", "/metrics")).text).toContain(
      '\nbelfry_notifications_finished_total{method="inbox",status="inhibited"} 1\n',
    );
    await status("idle");
    await pass(30_000);
    expect(await notified()).toEqual([titles.idle]);
  });

  test.each(["stop", "delete"])(
    "doesn't notify of an idle when its workspace gets a %s",
    async (transition) => {
      const { status, notified, pass, build, finish, server, token } = await startCalm();
      await status("idle");
      await pass(10_000);
      expect((await build(transition)).status).toBe(201);
      expect((await deliveryLog(server, token)).map((message) => message.status)).toEqual(["inhibited"]);
      await finish();
      await pass(60_000);
      expect(await notified()).toEqual([]);
    },
  );

  test("is idle all the same when the stop is refused, or when its workspace is rebuilt", async () => {
    const { status, notified, pass, build } = await startCalm();
    await status("idle");
    expect((await build("start")).status).toBe(201);
    expect((await build("stop")).status).toBe(409);
    await pass(30_000);
    expect(await notified()).toEqual([titles.idle]);
  });

  test("doesn't notify of an idle that ended earlier, also when its workspace is rebuilt meanwhile", async () => {
    const { status, notified, pass, build, finish, server, workspaceId } = await startCalm();
    await status("working");
    await status("idle");
    await build("start");
    await finish();
    await status("working", "", {}, await agentTokenOf(server, workspaceId));
    await pass(60_000);
    expect(await notified()).toEqual([]);
  });

  test("that was idle without a delivered notification doesn't notify when it continues", async () => {
    const { status, notified, pass, server, token } = await startCalm();
    const pause = (paused: boolean) =>
      server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: paused } });
    await status("working");
    await status("idle");
    await pause(true);
    await pass(60_000);
    await status("working");
    await pause(false);
    await pass(60_000);
    expect(await notified()).toEqual([]);
  });

  test("notifies of an idle that lasts, though another of the same minute did not", async () => {
    const { status, notified, pass } = await startCalm();
    await status("idle");
    await pass(1_000);
    await status("working");
    await pass(1_000);
    await status("idle");
    await pass(30_000);
    expect(await notified()).toEqual([titles.idle]);
  });

  test("notifies at once that it is complete, and not that it was idle", async () => {
    const { status, notified, pass } = await startCalm();
    await status("idle");
    await pass(1_000);
    await status("complete");
    await pass(60_000);
    expect(await notified()).toEqual([titles.complete]);
  });

  test("notifies when due without a tick, by every channel", async () => {
    const receiver = await startReceiver();
    const { status, notified, server } = await startTask({
      server: {
        clock: { now: Date.now, advance: () => undefined },
        environment: {
          BELFRY_TASK_NOTIFICATIONS: "calm",
          BELFRY_TASK_IDLE_DWELL: "150ms",
          BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
        },
      },
    });
    const reported = Date.now();
    await status("idle");
    const [request] = await receiver.wait(1);
    expect(Date.now() - reported).toBeGreaterThanOrEqual(150);
    expect(request!.json.title).toBe(titles.idle);
    await server.settled();
    expect(await notified()).toEqual([titles.idle]);
  });
});
