// What waits for a user: the same in the inbox, in the API and on the command line, with what answers it.
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { cookieFor, get, placeOf, post, wordsOf } from "../support/pages.ts";
import { addPrebuilds } from "../support/prebuilds.ts";
import { temporaryFolder } from "../support/program.ts";
import { addUser, signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { startTask } from "../support/task.ts";
import { addTemplate, buildsOf } from "../support/workspaces.ts";

const minute = 60_000;
const path = "/inbox/needs-you";

const appsOf = (url: string) => [
  { name: "main", apps: [{ slug: "claude", display_name: "Claude Code", url }, { slug: "logs" }] },
];

async function listed(server: TestServer, token: string, query = "") {
  const { json } = await server.call("GET", `/api/v2/users/me/waiting${query}`, { token });
  return json;
}

const sectionOf = async (server: TestServer, token: string) => {
  const page = await get(server, "/inbox", cookieFor(token));
  const [section = ""] = /<section\s+id="needs-you".*?<\/section>/s.exec(page.text) ?? [];
  return { text: section, words: wordsOf({ text: section }) };
};

test("an idle agent waits until it works again or its workspace stops, and its app answers it", async () => {
  const { server, token, member, status, build, finish } = await startTask({
    agents: appsOf("https://claude.example.com/mia"),
  });
  await status("working", "Reading");
  expect(await listed(server, member.token)).toEqual({ waiting: [], count: 0 });
  expect((await sectionOf(server, member.token)).words).toBe("");
  await status("idle", "Which database?");
  server.clock.advance(3 * 60 * minute);
  const { waiting, count } = await listed(server, member.token);
  expect(count).toBe(1);
  expect(waiting).toMatchObject([
    {
      kind: "task",
      name: "fix-bug",
      owner_name: "mia",
      title: "Task waiting for you: Fix the bug in the parser",
      detail: "Which database?",
      app_url: "https://claude.example.com/mia",
      build_number: null,
    },
  ]);
  const { text, words } = await sectionOf(server, member.token);
  expect(words).toBe(
    "Needs you 1 Task waiting for you: Fix the bug in the parser Which database? 3 hours ago Open Claude Code",
  );
  expect(text).toMatch(/href="https:\/\/claude.example.com\/mia"\s+rel="noopener noreferrer"/);
  expect(text).toContain('href="/tasks/mia/fix-bug"');
  const terminal = await runCommand(["waiting"], {
    environment: {
      BELFRY_CONFIG_DIR: await temporaryFolder(),
      BELFRY_URL: server.url,
      BELFRY_SESSION_TOKEN: member.token,
    },
  });
  expect(terminal.stdout).toMatch(
    /^SINCE +WHAT +NEXT STEP +DETAILS\n.* Task waiting for you: Fix the bug in the parser +https:\/\/claude.example.com\/mia +Which database\?\n$/,
  );
  expect(await listed(server, token)).toEqual({ waiting: [], count: 0 });
  await status("working", "Postgres");
  expect((await listed(server, member.token)).count).toBe(0);
  await status("idle", "And now?");
  await build("stop");
  await finish();
  expect((await listed(server, member.token)).count).toBe(0);
});

test("sessions, tasks and questions are one list, oldest first; a task whose app asks is one row, the question", async () => {
  const { server, member, agentToken, workspaceId, status } = await startTask();
  const call = async (method: "PUT" | "POST", path: string, token: string, json: object) => {
    const answer = await server.call(
      method,
      `/api/v2/agent-sessions/${path}` as "/api/v2/agent-sessions/key",
      {
        token,
        json: json as never,
      },
    );
    expect(answer.status).toBeLessThan(300);
    server.clock.advance(minute);
  };
  const report = (key: string) => call("PUT", key, member.token, { state: "waiting", title: key });
  const ask = (key: string, more: object = {}) =>
    call("POST", `${key}/questions`, agentToken, { text: "Drop it?", ...more });
  const kinds = async () =>
    (await listed(server, member.token)).waiting.map(({ kind, title }) => `${kind}: ${title}`);
  await report("laptop");
  await status("idle", "Which database?");
  server.clock.advance(minute);
  await report("desktop");
  const [laptop, task, desktop] = [
    "agent: laptop is waiting for you",
    "task: Task waiting for you: Fix the bug in the parser",
    "agent: desktop is waiting for you",
  ];
  expect(await kinds()).toEqual([laptop, task, desktop]);
  // Of another session in the workspace: two things.
  await call("PUT", "helper", agentToken, { state: "working", title: "helper" });
  await ask("helper");
  expect(await kinds()).toEqual([laptop, task, desktop, "question: helper asks you"]);
  await call("PUT", "helper", agentToken, { state: "working", title: "helper" });
  await ask(encodeURIComponent(`app/${workspaceId}/claude`), { timeout_s: 600 });
  expect(await kinds()).toEqual([laptop, desktop, "question: Fix the bug in the parser asks you"]);
  const { text } = await sectionOf(server, member.token);
  expect(text.match(/class="waits"/g)).toHaveLength(3);
  // Nobody can answer one whose time is over, whether or not that is written.
  server.clock.advance(10 * minute);
  expect(await kinds()).toEqual([laptop, task, desktop]);
});

test("a task whose app has no address, or one that is unsafe, leads to its page", async () => {
  const { server, member, status } = await startTask();
  await status("idle");
  const { text, words } = await sectionOf(server, member.token);
  expect(words).toContain("The agent stopped working. just now Open task");
  expect(text.match(/href="\/tasks\/mia\/fix-bug"/g)).toHaveLength(2);
});

test("one's own latest build that failed waits for two weeks, and is retried as it was", async () => {
  const { server, token, member, workspaceId, build, provisioner } = await startTask();
  await build("stop");
  const job = (await provisioner.acquire()).json.job_id;
  await provisioner.job("POST", job, "fail", { error: "\nError: no <room>\nmore" });
  expect((await listed(server, member.token)).waiting).toMatchObject([
    { kind: "build", title: "Stop of fix-bug failed", detail: "Error: no <room>", build_number: 2 },
  ]);
  expect((await listed(server, token)).count).toBe(0);
  const { text } = await sectionOf(server, member.token);
  expect(text).toContain('href="/@mia/fix-bug/builds/2#first-error"');
  const retry = "/@mia/fix-bug/retry";
  expect(text).toContain(`action="${retry}"`);
  await server.sql(`UPDATE workspace_builds SET completed_at = completed_at - ${14 * 24 * 60 * minute}`);
  expect((await listed(server, member.token)).count).toBe(0);

  const again = await post(server, retry, { to: path }, cookieFor(member.token));
  expect([again.status, placeOf(again)]).toEqual([303, path]);
  expect((await buildsOf(server, member.token, workspaceId)).at(-1)).toMatchObject({
    build_number: 3,
    transition: "stop",
  });
});

async function startLimited(presets: number) {
  const server = await startTestServer({
    environment: { BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT: "1" },
  });
  const { token, userId } = await signInFirst(server);
  const ids = Array.from({ length: presets }, () => randomUUID());
  const { templateId, versionId } = await addTemplate(server, userId, "docker", {
    presets: ids.map((id, at) => ({ id, name: `size ${at}`, parameters: [], instances: 1 })),
  });
  for (const presetId of ids)
    await addPrebuilds(server, { templateId, versionId, presetId }, 1, { build: { status: "failed" } });
  server.clock.advance(10 * minute);
  await server.runTick();
  return { server, token, ids };
}

test("presets at the limit wait for who may resume them; beyond three, the page has them", async () => {
  const { server, token, ids } = await startLimited(5);
  const tess = await addUser(server, "tess", ["template-admin"]);
  const auditor = await addUser(server, "otto", ["auditor"]);
  expect((await listed(server, auditor.token)).count).toBe(0);
  const all = await listed(server, tess.token);
  expect(all.count).toBe(5);
  expect(new Set(all.waiting.map(({ id }) => id))).toEqual(new Set(ids));
  expect(all.waiting[0]).toMatchObject({ kind: "preset", template_name: "docker", owner_name: null });
  expect(await listed(server, tess.token, "?limit=2")).toEqual({
    waiting: all.waiting.slice(0, 2),
    count: 5,
  });
  const { words } = await sectionOf(server, tess.token);
  expect(words).toMatch(/^Needs you 5 Prebuilds stopped: docker \/ size \d .* and 2 more$/);
  const page = await get(server, path, cookieFor(tess.token));
  expect(wordsOf(page)).toContain("Needs you 5 items, oldest first");
  expect(page.text.match(/class="waits"/g)).toHaveLength(5);
  const resume = `/prebuilds/presets/${ids[0]}/resume`;
  expect(page.text).toContain(`action="${resume}"`);
  expect((await post(server, resume, {}, cookieFor(auditor.token))).status).toBe(403);
  const done = await post(server, resume, { to: "/inbox" }, cookieFor(tess.token));
  expect([done.status, placeOf(done)]).toEqual([303, "/inbox"]);
  expect((await listed(server, token)).count).toBe(4);
});

test("the part for the script is the section alone; its state changes with what waits, not with the time", async () => {
  const { server, member, status } = await startTask();
  const part = async () =>
    server.call("GET", path, { headers: { cookie: cookieFor(member.token), "belfry-part": "1" } });
  expect((await part()).text).toMatch(/^<section\s+id="needs-you"[^>]*\shidden\s*>\s*<\/section>$/);
  const stateOf = async () => /data-state="([^"]*)"/.exec((await part()).text)![1];
  await status("idle", "Which one?");
  const first = await stateOf();
  server.clock.advance(minute);
  expect(await stateOf()).toBe(first);
  await status("idle", "Which of the two?");
  expect(await stateOf()).not.toBe(first);
  expect(wordsOf(await get(server, path, cookieFor(member.token)))).toContain("Needs you 1 item, oldest");
});
