// Sessions of AI agents through the API: what a report stores, who is notified and when, and what ends a session.
import { describe, expect, test } from "vitest";
import { startSessions } from "../support/agent-sessions.ts";
import { deliveryLog } from "../support/inbox.ts";
import { startReceiver } from "../support/receiver.ts";
import { startMailServer } from "../support/smtp.ts";
import { countRows } from "../support/stored.ts";
import { kinds } from "../../src/notifications/kinds/kinds.ts";

/** What an item is called in the inbox. */
const titles = {
  waiting: (key: string) => `Agent waiting for you: Session ${key}`,
  done: (key: string) => `Agent done: Session ${key}`,
  failed: (key: string) => `Agent failed: Session ${key}`,
  stale: (key: string) => `Agent stale: Session ${key}`,
};

const calmMs = 30_000;
const minute = 60_000;

describe("a report", () => {
  test("is stored, and says whether the state has changed", async () => {
    const { server, report, session } = await startSessions();
    const first = await report("laptop/1", "working", { message: "Reading", url: "https://a.example.com/1" });
    expect([first.status, first.json]).toEqual([200, { id: expect.any(String), changed: true }]);
    const since = new Date(server.clock.now()).toISOString();
    server.clock.advance(5_000);
    const again = await report("laptop/1", "working", { message: "Writing", title: "Fix é" });
    expect(again.json).toEqual({ id: first.json.id, changed: false });
    expect((await session("laptop/1")).json).toEqual({
      id: first.json.id,
      key: "laptop/1",
      state: "working",
      title: "Fix é",
      message: "Writing",
      url: null,
      parent: null,
      workspace_id: null,
      created_at: since,
      state_since: since,
      seen_at: new Date(server.clock.now()).toISOString(),
      ended_at: null,
      question: null,
    });
    await report("laptop/1", "done");
    expect((await session("laptop/1")).json).toMatchObject({ state: "done", message: "" });
    expect((await session("laptop/1")).json.ended_at).not.toBe(null);
  });

  test("without a title keeps it; of a new session it is the key", async () => {
    const { server, mia, session } = await startSessions();
    const put = (key: string, json: { state: "working" | "waiting"; title?: string }) =>
      server.call("PUT", `/api/v2/agent-sessions/${key}` as "/api/v2/agent-sessions/key", {
        token: mia.token,
        json,
      });
    const titleOf = async (key: string) => (await session(key)).json.title;
    await put("a", { state: "working", title: "Fix the parser" });
    await put("a", { state: "waiting" });
    expect(await titleOf("a")).toBe("Fix the parser");
    await put("a", { state: "waiting", title: "Fix the lexer" });
    await put("a", { state: "waiting" });
    expect(await titleOf("a")).toBe("Fix the lexer");
    await put("b", { state: "working" });
    expect(await titleOf("b")).toBe("b");
  });

  test("with an invalid field is refused, and the field is named", async () => {
    const { report, server } = await startSessions();
    const wrong: [string, object][] = [
      ["title", { title: "é".repeat(101) }],
      ["title", { title: " " }],
      ["title", { title: "two\nlines" }],
      ["message", { message: "x".repeat(2_001) }],
      ["url", { url: "javascript:alert(1)" }],
      ["url", { url: "nowhere" }],
      ["parent", { parent: "" }],
      ["parent", { parent: "a" }],
      ["state", { state: "stale" }],
      ["colour", { colour: "red" }],
    ];
    for (const [field, more] of wrong) {
      const answer = await report("a", "working", more);
      expect([field, answer.status, answer.json.validations?.[0]?.field]).toEqual([field, 400, field]);
    }
    expect((await report("é".repeat(101), "working", { title: "A" })).json.validations?.[0]?.field).toBe(
      "key",
    );
    expect((await report("é".repeat(100), "working", { title: "A" })).status).toBe(200);
    expect(await countRows(server, "agent_sessions")).toBe(1);
  });

  test("needs a key that may report; sessions are each user's own", async () => {
    const { server, token, mia, report, session } = await startSessions();
    const tokenOf = async (scope: string) =>
      server.secret(
        (
          await server.call("POST", "/api/v2/users/me/keys/tokens", {
            token: mia.token,
            json: { token_name: scope, scope },
          })
        ).json.key,
      );
    expect((await report("a", "working", {}, await tokenOf("read"))).status).toBe(403);
    const notify = await tokenOf("notify");
    expect((await report("a", "working", {}, notify)).status).toBe(200);
    expect((await session("a", notify)).status).toBe(403);
    expect((await session("a", token)).status).toBe(404);
    expect((await report("a", "done", {}, token)).json.changed).toBe(true);
    expect((await session("a")).json.state).toBe("working");
    expect((await report("a", "working", {}, "nonsense")).status).toBe(401);
  });
});

describe("notifications", () => {
  test("are sent once the state has lasted, by every channel, and withdrawn if it hasn't", async () => {
    const [receiver, mail] = [await startReceiver(), await startMailServer()];
    const { server, token, report, notified, pass } = await startSessions({
      environment: {
        BELFRY_NOTIFICATIONS_METHOD: "webhook",
        BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
        BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${mail.port}`,
        BELFRY_EMAIL_FROM: "belfry@example.com",
        BELFRY_EMAIL_FORCE_TLS: "false",
      },
    });
    const byMail = kinds["agent-session-done"].id;
    const path = `/api/v2/notifications/templates/${byMail}/method` as const;
    expect((await server.call("PUT", path, { token, json: { method: "smtp" } })).status).toBe(200);
    const sent = async () => ({
      inbox: await notified(),
      webhook: receiver.arrivals.map(({ json }) => json.title),
      mail: mail.mails.map(({ email }) => email.subject),
    });
    await report("a", "working");
    for (const state of ["waiting", "done", "failed"]) {
      await report("a", state);
      await pass(calmMs - 1);
      await report("a", "working");
      await pass(calmMs);
    }
    expect(await sent()).toEqual({ inbox: [], webhook: [], mail: [] });
    const taken = await deliveryLog(server, token);
    expect(taken).toHaveLength(6);
    for (const { reasons } of taken) expect(reasons.at(-1)).toBe("taken_back");

    await report("a", "waiting", { message: "Which *one*?" });
    await pass(calmMs - 1);
    expect(await notified()).toEqual([]);
    await pass(1);
    await report("a", "done");
    await pass(calmMs);
    await report("a", "failed");
    await pass(calmMs);
    const [waiting, done, failed] = [titles.waiting("a"), titles.done("a"), titles.failed("a")];
    expect(await sent()).toEqual({
      inbox: [waiting, done, failed],
      webhook: [waiting, failed],
      mail: [done],
    });
    expect(receiver.arrivals[0]!.json.body).toContain("Which *one*?");
  });

  test("say what the agent said, link to its session, and are read once it goes on", async () => {
    const { server, mia, report, pass } = await startSessions();
    const inbox = async () =>
      (await server.call("GET", "/api/v2/notifications/inbox", { token: mia.token })).json.notifications;
    await report("a", "waiting", { message: "Which one?", url: "https://a.example.com/s?x=1&y=2" });
    await pass(calmMs);
    expect(await inbox()).toMatchObject([
      {
        title: titles.waiting("a"),
        content: "The AI agent working on **Session a** is waiting for you:\n\n> Which one?",
        read_at: null,
        actions: [
          { label: "Open session", url: "https://a.example.com/s?x=1&y=2" },
          { label: "View agents", url: `${server.url}/agents` },
        ],
      },
    ]);
    await report("a", "working");
    expect((await inbox())[0]!.read_at).not.toBe(null);
    await report("a", "done");
    await pass(calmMs);
    expect((await inbox())[0]).toMatchObject({
      title: titles.done("a"),
      content: "The AI agent working on **Session a** finished.",
      read_at: null,
      actions: [{ url: `${server.url}/agents` }, { url: `${server.url}/agents` }],
    });
  });

  test("can be sent at once", async () => {
    const { report, notified } = await startSessions({ environment: { BELFRY_AGENT_SESSIONS_CALM: "0s" } });
    for (const state of ["working", "waiting", "waiting", "working", "done", "done"])
      await report("a", state);
    expect(await notified()).toEqual([titles.waiting("a"), titles.done("a")]);
  });

  test("are not sent for the same state again, and not about what a sub-agent does", async () => {
    const { report, notified, pass, server } = await startSessions();
    await report("a", "working");
    for (const state of ["waiting", "done", "failed"]) await report("b", state, { parent: "a" });
    // That it is one became known after it had reported.
    await report("c", "waiting");
    await report("c", "waiting", { parent: "a" });
    // Once a sub-agent, always one.
    await report("d", "working", { parent: "a" });
    await report("d", "done");
    await report("a", "waiting");
    await pass(20_000);
    await report("a", "waiting", { message: "Still" });
    await pass(10_000);
    await report("a", "waiting");
    await pass(calmMs);
    expect(await notified()).toEqual([titles.waiting("a")]);
    expect(
      await server.sql("SELECT count(*) AS n FROM notification_messages WHERE status = 'pending'"),
    ).toEqual([{ n: 0 }]);
  });

  test("say that a session is stale, once, after 30 minutes without a report; a report revives it", async () => {
    const { report, notified, pass, session, server } = await startSessions();
    await report("a", "working");
    await report("sub", "working", { parent: "a" });
    await report("other", "working");
    await pass(29 * minute);
    await report("other", "working");
    await pass(minute - 1);
    expect((await session("a")).json.state).toBe("working");
    await pass(1);
    expect((await session("a")).json).toMatchObject({ state: "stale", ended_at: expect.any(String) });
    expect((await session("sub")).json.state).toBe("stale");
    expect((await session("other")).json.state).toBe("working");
    expect(await notified()).toEqual([titles.stale("a")]);
    for (let index = 0; index < 3; index += 1) {
      await report("other", "working");
      await pass(20 * minute);
    }
    expect(await notified()).toEqual([titles.stale("a")]);
    expect((await report("a", "working")).json.changed).toBe(true);
    expect((await session("a")).json).toMatchObject({ state: "working", ended_at: null });
    expect(await server.sql("SELECT how FROM situations")).toEqual([{ how: "working" }]);
    await pass(30 * minute);
    expect(await notified()).toEqual([titles.stale("a"), titles.stale("other"), titles.stale("a")]);
  });
});

describe("a session", () => {
  test("that waits for 7 days ends as stale, silently; one that ended 7 days ago is deleted", async () => {
    const { report, notified, pass, session, server } = await startSessions();
    await report("a", "waiting");
    await report("b", "done");
    await pass(calmMs);
    const before = await notified();
    await pass(7 * 86_400_000 - calmMs - 1);
    expect((await session("a")).json.state).toBe("waiting");
    expect((await session("b")).json.state).toBe("done");
    await pass(2);
    expect((await session("a")).json.state).toBe("stale");
    expect((await session("b")).status).toBe(404);
    expect(await notified()).toEqual(before);
    expect(await server.sql("SELECT how FROM situations")).toEqual([{ how: "over" }]);
    await pass(7 * 86_400_000 + 1);
    expect(await countRows(server, "agent_sessions")).toBe(0);
  });

  test("changes 60 times a minute at most; the same state again is no change", async () => {
    const { report, server, session } = await startSessions();
    for (let index = 0; index < 60; index += 1)
      expect((await report("a", index % 2 === 0 ? "working" : "waiting")).status).toBe(200);
    server.clock.advance(20_000);
    const refused = await report("a", "working");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "40"]);
    expect((await report("a", "waiting", { message: "Still" })).json.changed).toBe(false);
    expect((await report("b", "working")).status).toBe(200);
    expect((await session("a")).json).toMatchObject({ state: "waiting", message: "Still" });
    server.clock.advance(40_000);
    expect((await report("a", "working")).status).toBe(200);
  });

  test("is refused beyond 200 that work or wait", async () => {
    const { report, server, mia, token } = await startSessions();
    await report("a", "working");
    await server.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 198)
      INSERT OR IGNORE INTO agent_sessions (id, user_id, key, state, title, message, is_task, created_at, state_since, seen_at,
        minute_at, minute_changes, change_id)
      SELECT 'x' || i, '${mia.userId}', 'x' || i, 'waiting', 'x', '', 0, 1, 1, ${server.clock.now()}, 1, 0, 'x' FROM n`);
    const answers = await Promise.all([
      report("b", "working"),
      report("c", "waiting"),
      report("d", "working"),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    const refused = await report("e", "working");
    expect([refused.status, refused.json.message]).toEqual([
      409,
      expect.stringContaining("200 live sessions"),
    ]);
    expect((await report("e", "failed")).status).toBe(200);
    expect((await report("a", "waiting")).status).toBe(200);
    expect((await report("z", "working", {}, token)).status).toBe(200);
    await report("a", "done");
    expect((await report("e", "working")).status).toBe(200);
    expect((await report("a", "working")).status).toBe(409);
  });

  test("is listed with its user's, the latest change first", async () => {
    const { report, server, mia, token } = await startSessions();
    for (const [key, state] of [
      ["a", "working"],
      ["b", "waiting"],
      ["c", "working"],
      ["a", "done"],
    ] as const) {
      await report(key, state);
      server.clock.advance(1);
    }
    const keys = async (query = "", as = mia.token) =>
      (await server.call("GET", `/api/v2/agent-sessions${query}`, { token: as })).json.sessions.map(
        ({ key }: { key: string }) => key,
      );
    expect(await keys()).toEqual(["a", "c", "b"]);
    expect(await keys("?state=working")).toEqual(["c"]);
    expect(await keys("?limit=2")).toEqual(["a", "c"]);
    expect(await keys("", token)).toEqual([]);
    const wrong = await server.call("GET", "/api/v2/agent-sessions?state=idle&limit=201", { token });
    expect(wrong.json.validations?.map(({ field }) => field)).toEqual(["state", "limit"]);
  });
});
