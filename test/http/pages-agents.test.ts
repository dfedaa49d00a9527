// The page of one's agents, their rows under Needs you, and the commands that report and list them.
import { expect, test } from "vitest";
import { startSessions } from "../support/agent-sessions.ts";
import { runCommand } from "../support/command.ts";
import { cookieFor, get, wordsOf } from "../support/pages.ts";
import { temporaryFolder } from "../support/program.ts";
import { startTask } from "../support/task.ts";

test("the page lists one's own sessions, with what they said and a link that is safe", async () => {
  const { server, token, mia, report } = await startSessions();
  expect(wordsOf(await get(server, "/agents", cookieFor(mia.token)))).toContain("No agent sessions");
  await report("a", "working", { title: "Fix <b>it</b>", message: "Reading" });
  await report("b", "waiting", { message: "Which <one>?", url: "https://a.example.com/b" });
  await report("c", "done", { parent: "a" });
  server.clock.advance(60_000);
  await report("b", "waiting", { message: "Which one?", url: "https://a.example.com/b" });
  const page = await get(server, "/agents", cookieFor(mia.token));
  expect(page.status).toBe(200);
  expect(wordsOf(page)).toContain("Agents 2 live sessions, latest change first");
  expect(wordsOf(page)).toContain("Session b waiting b 1 min ago Which one? Open session");
  expect(wordsOf(page)).toContain("Session c done c, started by a");
  expect(page.text).toContain("Fix &lt;b&gt;it&lt;/b&gt;");
  expect(page.text).toMatch(/href="https:\/\/a.example.com\/b"\s+rel="noopener noreferrer"/);
  expect(wordsOf(await get(server, "/agents", cookieFor(token)))).toContain("No agent sessions");
});

test("a session that waits is under Needs you; one with a question is the question", async () => {
  const { server, mia, report } = await startSessions();
  await report("a", "waiting", { message: "Which one?", url: "https://a.example.com/a" });
  await report("b", "waiting");
  const { id } = (await report("c", "waiting")).json;
  await report("child", "waiting", { parent: "a" });
  await server.sql(`INSERT OR IGNORE INTO agent_questions (id, session_id, user_id, text, options, takes_text, created_at,
      times_out_at, state)
    SELECT 'q', '${id}', '${mia.userId}', 'Delete it?', '[]', 1, ${server.clock.now()}, ${server.clock.now()} + 60000, 'open'`);
  const page = await get(server, "/inbox/needs-you", cookieFor(mia.token));
  const words = wordsOf(page);
  expect(words).toContain("Needs you 3 items, oldest first");
  expect(words).toContain("Session a is waiting for you Which one? just now Open session");
  expect(words).toContain("Session b is waiting for you The agent stopped working. just now View agents");
  expect(words).toContain("Session c asks you Delete it? just now Answer");
  expect(page.text).toContain('href="/questions/q"');
  expect(wordsOf(await get(server, "/agents", cookieFor(mia.token)))).toContain(
    "Session c waiting c just now Delete it? Answer",
  );
  const { json } = await server.call("GET", "/api/v2/users/me/waiting", { token: mia.token });
  expect(json.waiting.map(({ kind }) => kind).toSorted()).toEqual(["agent", "agent", "question"]);
  const shown = await server.call("GET", "/api/v2/agent-sessions/c", { token: mia.token });
  expect(shown.json.question).toMatchObject({ id: "q", text: "Delete it?", options: [] });
  // The report that the agent goes on withdraws it.
  await report("c", "working");
  expect(await server.sql("SELECT state FROM agent_questions")).toEqual([{ state: "withdrawn" }]);
  const terminal = await runCommand(["waiting"], await environmentOf(server.url, mia.token));
  expect(terminal.stdout).toMatch(/ Session a is waiting for you +https:\/\/a.example.com\/a +Which one\?/);
  expect(terminal.stdout).toMatch(/ Session b is waiting for you +belfry agent list /);
});

const environmentOf = async (url: string, token: string, more: Record<string, string> = {}) => ({
  environment: {
    BELFRY_CONFIG_DIR: await temporaryFolder(),
    BELFRY_URL: url,
    BELFRY_SESSION_TOKEN: token,
    ...more,
  },
});

test("belfry agent set reports and belfry agent list lists, for a user and for a workspace's agent", async () => {
  const { server, member, agentToken } = await startTask();
  const own = await environmentOf(server.url, member.token);
  const empty = await runCommand(["agent", "list"], own);
  expect([empty.code, empty.stderr]).toEqual([0, "No agent sessions.\n"]);
  const set = await runCommand(
    [
      "agent",
      "set",
      "waiting",
      "Which one?",
      "--key",
      "laptop/1",
      "--title",
      "Fix it",
      "--link",
      "https://a.example.com",
    ],
    own,
  );
  expect(set).toEqual({ code: 0, stdout: "", stderr: "Reported: laptop/1 is waiting.\n" });
  const inside = await environmentOf(server.url, "", { BELFRY_AGENT_TOKEN: agentToken });
  expect((await runCommand(["agent", "set", "working", "--key", "inside"], inside)).code).toBe(0);
  const list = await runCommand(["agent", "list"], own);
  expect(list.stdout).toMatch(
    /^STATE +SINCE +KEY +TITLE +MESSAGE\nworking .* inside +inside *\nwaiting .* laptop\/1 +Fix it +Which one\?\n$/,
  );
  const json = await runCommand(["agent", "list", "--state", "waiting", "--output", "json"], own);
  expect(JSON.parse(json.stdout)).toMatchObject({
    sessions: [{ key: "laptop/1", url: "https://a.example.com" }],
  });
  const wrong = await Promise.all([
    runCommand(["agent", "set", "waiting"], own),
    runCommand(["agent", "set", "idle", "--key", "a"], own),
    runCommand(["agent", "list", "--state", "idle"], own),
  ]);
  expect(wrong.map(({ code, stderr }) => [code, stderr.split(":")[1]?.trim()])).toEqual([
    [2, "--key"],
    [2, "STATE"],
    [2, "--state"],
  ]);
});
