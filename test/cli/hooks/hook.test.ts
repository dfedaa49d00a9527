// belfry agent hook, as agents run it: from the JSON on standard input to the notifications of a real server.
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { hookTraces } from "../../support/hook-traces.ts";
import { runCommand, startAtTerminal } from "../../support/command.ts";
import { freePort, temporaryFolder } from "../../support/program.ts";
import { signInFirst, startTestServer, type TestServer } from "../../support/server.ts";
import { startTask } from "../../support/task.ts";

interface Setup {
  url: string;
  environment?: Record<string, string>;
}

/** Hooks of one machine: what they keep between them is in one folder. */
async function createHooks({ url, environment = {} }: Setup) {
  const state = await temporaryFolder();
  const all = { BELFRY_URL: url, XDG_STATE_HOME: state, ...environment };
  return (agent: string, input: unknown) =>
    runCommand(["agent", "hook", agent], {
      environment: all,
      input: typeof input === "string" ? input : JSON.stringify(input),
    });
}

const quiet = { code: 0, stdout: "", stderr: "" };
const event = (hook_event_name: string, more: object = {}) => ({
  session_id: "s-1",
  cwd: "/home/eva/parser",
  hook_event_name,
  ...more,
});
const prompt = event("UserPromptSubmit", { prompt: "Fix the parser" });
const toolUse = event("PostToolUse", { tool_name: "Read" });

const notified = async (server: TestServer): Promise<string[]> =>
  (await server.sql("SELECT title FROM inbox_notifications ORDER BY seq")).map(({ title }) => String(title));

const beginnings = {
  waiting: ["Agent waiting for you: "],
  done: ["Agent done: "],
  failed: ["Agent failed: "],
  nothing: [],
};

test.each(Object.keys(hookTraces))("a day with %s: only what lasts is notified, once", async (agent) => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const hook = await createHooks({ url: server.url, environment: { BELFRY_SESSION_TOKEN: token } });
  let seen = (await notified(server)).length;
  const unexpected: unknown[] = [];
  for (const { input, report, quiet: kind } of hookTraces[agent]!) {
    const ended = await hook(agent, input);
    if (ended.code !== 0 || ended.stdout !== "" || ended.stderr !== "") unexpected.push({ input, ended });
    server.clock.advance(2_000);
    if (kind === undefined) continue;
    server.clock.advance(60_000);
    await server.runTick();
    const titles = (await notified(server)).slice(seen);
    seen += titles.length;
    const expected = beginnings[kind].map((beginning) => beginning + titleOf(report ?? ""));
    if (report === undefined ? titles.length !== beginnings[kind].length : titles.join() !== expected.join())
      unexpected.push({ input, titles, expected });
  }
  expect(unexpected).toEqual([]);
  const { sessions } = (await server.call("GET", "/api/v2/agent-sessions", { token })).json;
  expect(sessions.every(({ key, state }) => key.startsWith(`${agent}/`) && state !== "working")).toBe(true);
});

const titleOf = (report: string) => /^\w+ (.*?): /s.exec(report)?.[1] ?? "";

describe("a report", () => {
  test("is sent when the state changes, and not for each tool call", async () => {
    const requests: string[] = [];
    const url = await listen((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        requests.push(`${request.method} ${request.url} ${body}`);
        response.writeHead(200, { "content-type": "application/json" }).end('{"id":"x","changed":true}');
      });
    });
    const hook = await createHooks({ url, environment: { BELFRY_SESSION_TOKEN: "key" } });
    for (const input of [prompt, toolUse, toolUse, event("Stop", { last_assistant_message: "Done." })])
      expect(await hook("claude-code", input)).toEqual(quiet);
    expect(requests).toEqual([
      `PUT /api/v2/agent-sessions/claude-code%2Fs-1 {"state":"working","title":"Fix the parser","message":""}`,
      `PUT /api/v2/agent-sessions/claude-code%2Fs-1 {"state":"done","title":"Fix the parser","message":"Done."}`,
    ]);
  });

  test("without a folder for what is kept, every hook reports", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const environment = { BELFRY_SESSION_TOKEN: token, XDG_STATE_HOME: "/dev/null/state" };
    const hook = await createHooks({ url: server.url, environment });
    for (const input of [toolUse, toolUse, event("Stop")])
      expect(await hook("claude-code", input)).toEqual(quiet);
    const { json } = await server.call("GET", "/api/v2/agent-sessions/claude-code%2Fs-1", { token });
    expect([json.state, json.title]).toEqual(["done", "parser"]);
  });

  test("inside a workspace it is its agent that reports, for the workspace's owner", async () => {
    const { server, agentToken, member, workspaceId } = await startTask({ hasAiTask: false });
    const hook = await createHooks({ url: server.url, environment: { BELFRY_AGENT_TOKEN: agentToken } });
    expect(await hook("gemini-cli", event("BeforeAgent", { prompt: "Write it" }))).toEqual(quiet);
    const { sessions } = (await server.call("GET", "/api/v2/agent-sessions", { token: member.token })).json;
    expect(sessions).toMatchObject([{ key: "gemini-cli/s-1", title: "Write it", workspace_id: workspaceId }]);
  });

  test("Codex's notify program passes the JSON as an argument", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const turn = {
      type: "agent-turn-complete",
      "thread-id": "t-1",
      cwd: "/srv/shop",
      "last-assistant-message": "Done.",
    };
    const ended = await runCommand(["agent", "hook", "codex", JSON.stringify(turn)], {
      environment: {
        BELFRY_URL: server.url,
        BELFRY_SESSION_TOKEN: token,
        XDG_STATE_HOME: await temporaryFolder(),
      },
    });
    expect(ended).toEqual(quiet);
    const { json } = await server.call("GET", "/api/v2/agent-sessions/codex%2Ft-1", { token });
    expect(json).toMatchObject({ state: "done", title: "shop", message: "Done." });
  });
});

describe("a hook never stops the agent: it exits with 0 and one line", () => {
  const warning = (text: string | RegExp) => ({
    code: 0,
    stdout: "",
    stderr: expect.stringMatching(text instanceof RegExp ? text : new RegExp(`^belfry agent hook: ${text}`)),
  });
  const oneLine = /^[^\n]+\n$/;

  test.each([
    ["not JSON", "claude-code", "{", "the input is not JSON. The agent continues.\n$"],
    ["empty", "claude-code", "", "the input is not JSON"],
    ["no hook", "claude-code", "[1]", "no event of Claude Code"],
    [
      "an event that nobody knows",
      "cursor",
      event("haveLunch", { conversation_id: "c" }),
      "haveLunch: unknown event of Cursor",
    ],
    [
      "an agent that nobody knows",
      "claude",
      prompt,
      'unknown agent "claude", use claude-code, codex, gemini-cli or cursor',
    ],
  ])("%s", async (_name, agent, input, text) => {
    const hook = await createHooks({
      url: "http://127.0.0.1:1",
      environment: { BELFRY_SESSION_TOKEN: "key" },
    });
    const ended = await hook(agent, input);
    expect(ended).toEqual(warning(text));
    expect(ended.stderr).toMatch(oneLine);
  });

  test("Belfry isn't there; tool calls then don't try again at once", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const hook = await createHooks({ url, environment: { BELFRY_SESSION_TOKEN: "key" } });
    const ended = await hook("claude-code", prompt);
    expect(ended).toEqual(warning("Can't reach Belfry at .*connection refused"));
    expect(ended.stderr).toMatch(oneLine);
    expect(await hook("claude-code", toolUse)).toEqual(quiet);
    expect(await hook("claude-code", event("Stop"))).toEqual(warning("Can't reach Belfry"));
  });

  test("Belfry doesn't answer", async () => {
    const url = await listen(() => {});
    const hook = await createHooks({ url, environment: { BELFRY_SESSION_TOKEN: "key" } });
    const started = performance.now();
    const ended = await hook("claude-code", prompt);
    expect(ended).toEqual(warning(/no (response|answer) within/));
    expect(ended.stderr).toMatch(oneLine);
    // What the agent waits for at most; a machine that is busy takes longer for everything.
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("the input never ends", async () => {
    const { ended } = startAtTerminal(["agent", "hook", "claude-code"]);
    expect(await ended).toEqual(warning("no answer within 1500 ms"));
  });

  test("Belfry answers with anything", async () => {
    const hook = await createHooks({
      url: await listen((_request, response) => response.writeHead(502).end("<h1>Bad gateway</h1>")),
      environment: { BELFRY_SESSION_TOKEN: "key" },
    });
    expect(await hook("claude-code", prompt)).toEqual(warning("The server at .* is not Belfry"));
  });

  test("nobody is signed in, or the key is not valid", async () => {
    const server = await startTestServer();
    await signInFirst(server);
    const none = await createHooks({ url: server.url });
    expect(await none("claude-code", prompt)).toEqual(warning("you are not signed in to Belfry"));
    const wrong = await createHooks({ url: server.url, environment: { BELFRY_SESSION_TOKEN: "wrong" } });
    const ended = await wrong("claude-code", prompt);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toMatch(oneLine);
  });
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
