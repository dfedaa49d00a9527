// The tools for AI agents, with the official client: over HTTP and over standard input and output, by the present protocol and
// by the one before.
import {
  Client,
  StreamableHTTPClientTransport,
  type VersionNegotiationOptions,
} from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { describe, expect, onTestFinished, test } from "vitest";
import { inboxTitles } from "../support/inbox.ts";
import { cleanEnvironment, freePort, packedLauncher } from "../support/program.ts";
import { addUser, signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { startTask } from "../support/task.ts";

const eras = { present: "2026-07-28", former: "2025-11-25" } as const;
type Era = keyof typeof eras;
const negotiation: Record<Era, VersionNegotiationOptions> = {
  present: { mode: { pin: eras.present } },
  former: { mode: "legacy" },
};

async function connect(era: Era, transport: StdioClientTransport | StreamableHTTPClientTransport) {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: negotiation[era] });
  await client.connect(transport);
  onTestFinished(() => client.close());
  const call = async (name: string, given: Record<string, unknown> = {}) => {
    const { content, structuredContent, isError } = await client.callTool({ name, arguments: given });
    const [first] = content as { type: string; text: string }[];
    return { text: first!.text, isError: isError === true, structured: structuredContent };
  };
  return { client, call };
}

const overHttp = (era: Era, url: string, token: string) =>
  connect(
    era,
    new StreamableHTTPClientTransport(new URL("/mcp", url), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }),
  );

const overStdio = async (era: Era, environment: Record<string, string>, ...words: string[]) =>
  connect(
    era,
    new StdioClientTransport({
      command: process.execPath,
      args: [await packedLauncher(), "mcp", ...words],
      env: cleanEnvironment(environment),
    }),
  );

const transports = {
  http: overHttp,
  stdio: (era: Era, url: string, token: string) =>
    overStdio(era, { BELFRY_URL: url, BELFRY_SESSION_TOKEN: token }),
};
type Kind = keyof typeof transports;

const ways = (Object.keys(transports) as Kind[]).flatMap((kind) =>
  (Object.keys(eras) as Era[]).map((era) => [kind, era] as const),
);

const createToken = async (server: TestServer, token: string, scope: string): Promise<string> =>
  (
    await server.call("POST", "/api/v2/users/me/keys/tokens", {
      token,
      json: { token_name: scope, scope } as never,
    })
  ).json.key;

describe.each(ways)("over %s, the %s protocol", (kind, era) => {
  test("an agent finds its tools, and uses each", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const { client, call } = await transports[kind](era, server.url, token);
    expect(client.getServerVersion()).toMatchObject({ name: "belfry" });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["notify", "ask", "set_state", "list_waiting"]);
    expect(tools[2]!.inputSchema.required).toEqual(
      kind === "http" ? ["session", "state", "title"] : ["state", "title"],
    );

    expect(await call("notify", { title: "Look", message: "It is done." })).toMatchObject({
      text: "Sent.",
      isError: false,
    });
    expect(await inboxTitles(server, token)).toContain("Look");

    const report = { session: "parser", state: "waiting", title: "Fix the parser", message: "Which one?" };
    expect(await call("set_state", report)).toMatchObject({ text: "Reported: waiting." });
    expect(await call("set_state", report)).toMatchObject({ text: "Unchanged: waiting." });
    const { sessions } = (await server.call("GET", "/api/v2/agent-sessions", { token })).json;
    expect(sessions).toMatchObject([{ key: "mcp/parser", state: "waiting", message: "Which one?" }]);

    expect(await call("list_waiting")).toMatchObject({
      isError: false,
      structured: { count: expect.any(Number) },
    });
  });

  test("the API says what is wrong with an argument, and the agent can read it", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const { call } = await transports[kind](era, server.url, token);
    const answers = await Promise.all([
      call("set_state", { session: "x", state: "asleep", title: "x" }),
      call("set_state", { session: "x", state: "done", title: "x".repeat(300) }),
      call("set_state", { session: "x", state: "done", title: "x", colour: "red" }),
      call("notify", { title: "", message: "x" }),
      call("list_waiting", { limit: 1_000 }),
      call("fly"),
    ]);
    expect(answers.every(({ isError }) => isError)).toBe(true);
    expect(answers.map(({ text }) => text)).toEqual([
      expect.stringContaining("state: must be one of working, waiting, done, failed"),
      expect.stringContaining("title: "),
      expect.stringContaining("colour: unknown field"),
      expect.stringContaining("title"),
      expect.stringContaining("limit: "),
      "Unknown tool fly, use notify, ask, set_state, list_waiting.",
    ]);
  });

  test("a token may by these tools what it may by the API, and sees nobody else's things", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const mia = await addUser(server, "mia");
    const [notifyToken, readToken] = [
      await createToken(server, token, "notify"),
      await createToken(server, token, "read"),
    ];
    const report = { session: "one", state: "waiting", title: "Mine" };
    const [mine, reader, other] = await Promise.all([
      transports[kind](era, server.url, notifyToken),
      transports[kind](era, server.url, readToken),
      transports[kind](era, server.url, mia.token),
    ]);
    expect(await mine.call("set_state", report)).toMatchObject({ isError: false });
    expect(await mine.call("list_waiting")).toMatchObject({
      isError: true,
      text: expect.stringContaining("scope"),
    });
    expect(await reader.call("set_state", report)).toMatchObject({
      isError: true,
      text: expect.stringContaining("scope"),
    });
    expect(await reader.call("notify", { title: "x", message: "x" })).toMatchObject({ isError: true });
    expect(await reader.call("list_waiting")).toMatchObject({ isError: false });
    expect((await other.call("list_waiting")).structured).toEqual({ waiting: [], count: 0 });
    expect(await other.call("set_state", { ...report, title: "Hers" })).toMatchObject({
      text: "Reported: waiting.",
    });
    const { sessions } = (await server.call("GET", "/api/v2/agent-sessions", { token })).json;
    expect(sessions).toMatchObject([{ key: "mcp/one", title: "Mine" }]);
    expect(
      await other.call("notify", { title: "x", message: "x", recipients: { users: ["eva"] } }),
    ).toMatchObject({
      isError: true,
    });
  });

  test("a question waits for its answer, and can be asked for again when the time is up", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const mia = await addUser(server, "mia");
    const { call } = await transports[kind](era, server.url, await createToken(server, token, "notify"));
    const question = { session: "parser", question: "Which parser should stay?", options: ["old", "new"] };
    const first = await call("ask", { ...question, wait_s: 0 });
    const { id } = first.structured as { id: string };
    expect(first).toEqual({
      text: `No answer yet. To keep waiting, call ask again with only this id: ${id}`,
      isError: false,
      structured: { id, state: "open", answer: null },
    });
    const again = call("ask", { id });
    const answered = await server.call("POST", `/api/v2/questions/${id}/answer`, {
      token,
      json: { option: "new" },
    });
    expect(answered.status).toBe(200);
    expect(await again).toEqual({
      text: "new",
      isError: false,
      structured: { id, state: "answered", answer: "new" },
    });

    const others = await transports[kind](era, server.url, mia.token);
    expect(await others.call("ask", { id })).toMatchObject({
      isError: true,
      text: expect.stringContaining("not found"),
    });
    expect((await call("ask", { ...question, options: ["one"] })).text).toContain("options");
    expect((await call("ask", { session: "parser" })).text).toContain("question: missing");
    expect((await call("ask", { ...question, wait_s: 300 })).text).toBe(
      "wait_s: must be a number from 0 to 50",
    );

    const late = await call("ask", { ...question, default: "old", timeout_s: 60, wait_s: 0 });
    server.clock.advance(61_000);
    await server.runTick();
    expect((await call("ask", { id: (late.structured as { id: string }).id })).text).toBe(
      "Nobody answered in time, so the default applies: old",
    );
    const dropped = await call("ask", { ...question, wait_s: 0 });
    await call("set_state", { session: "parser", state: "working", title: "x" });
    expect(await call("ask", { id: (dropped.structured as { id: string }).id })).toMatchObject({
      isError: true,
      text: "The question was withdrawn.",
    });
  });

  test("inside a workspace its agent reports for the owner", async () => {
    const { server, agentToken, member, workspaceId } = await startTask({ hasAiTask: false });
    const { call } =
      kind === "http"
        ? await overHttp(era, server.url, agentToken)
        : await overStdio(era, { BELFRY_URL: server.url, BELFRY_AGENT_TOKEN: agentToken });
    expect(await call("set_state", { session: "s", state: "working", title: "x" })).toMatchObject({
      isError: false,
    });
    const { sessions } = (await server.call("GET", "/api/v2/agent-sessions", { token: member.token })).json;
    expect(sessions).toMatchObject([{ key: "mcp/s", workspace_id: workspaceId }]);
    expect(await call("list_waiting")).toMatchObject({ isError: true });
  });
});

describe("over HTTP", () => {
  const initialize = {
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { protocolVersion: eras.former, capabilities: {}, clientInfo: { name: "test", version: "1" } },
  };
  const post = (server: TestServer, headers: Record<string, string>, body: unknown = initialize) =>
    fetch(new URL("/mcp", server.url), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
      body: JSON.stringify(body),
    });

  test("nobody gets in without a key, and a browser's cookie is none", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const statuses = await Promise.all([
      post(server, {}),
      post(server, { authorization: "Bearer wrong" }),
      post(server, { cookie: `coder_session_token=${token}` }),
      post(server, { cookie: `coder_session_token=${token}`, origin: new URL(server.url).origin }),
      post(server, { authorization: `Bearer ${token}` }),
      post(server, { "coder-session-token": token }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 401, 401, 200, 200]);
    expect(statuses.map(({ headers }) => headers.get("www-authenticate"))).toEqual([
      ...Array.from({ length: 4 }, () => "Bearer"),
      null,
      null,
    ]);
  });

  test("a key that has ended is refused from the first request on", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const own = await createToken(server, token, "notify");
    expect((await post(server, { authorization: `Bearer ${own}` })).status).toBe(200);
    await server.sql(`DELETE FROM api_keys WHERE kind = 'token'`);
    const refused = await post(server, { authorization: `Bearer ${own}` });
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  });

  test("there are no streams and no sessions", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const answers = await Promise.all(
      ["GET", "DELETE"].map((method) =>
        fetch(new URL("/mcp", server.url), {
          method,
          headers: { authorization: `Bearer ${token}`, accept: "text/event-stream" },
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([405, 405]);
    expect((await post(server, { authorization: `Bearer ${token}` }, { nonsense: true })).status).toBe(400);
  });
});

describe("belfry mcp", () => {
  test("starts without the server, and a tool says that it isn't there", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { call } = await overStdio("former", { BELFRY_URL: url, BELFRY_SESSION_TOKEN: "x" });
    expect(await call("notify", { title: "x", message: "x" })).toMatchObject({
      isError: true,
      text: expect.stringContaining(`Can't reach Belfry at ${url}`),
    });
  });

  test("a session has a name of its own, or the one it is given", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const environment = { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token };
    const report = { state: "working", title: "x" };
    const [one, other, named] = await Promise.all([
      overStdio("present", environment),
      overStdio("former", environment),
      overStdio("former", environment, "--session", "nightly"),
    ]);
    await Promise.all([one, other, named].map(({ call }) => call("set_state", report)));
    const { sessions } = (await server.call("GET", "/api/v2/agent-sessions", { token })).json;
    const keys = sessions.map(({ key }) => key);
    expect(keys).toContain("mcp/nightly");
    expect(keys.filter((key) => /^mcp\/[0-9a-f-]{36}$/.test(key))).toHaveLength(2);
  });
});
