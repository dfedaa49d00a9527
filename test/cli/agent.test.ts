// belfry agent, as it is used inside a workspace: against a real server, and one that is not there yet.
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { startTask } from "../support/task.ts";

const belfry = (url: string, token: string, ...words: string[]) =>
  runCommand(["agent", ...words], { environment: { BELFRY_URL: url, BELFRY_AGENT_TOKEN: token } });

describe("belfry agent", () => {
  test("reports that a workspace is ready, and what its AI is doing", async () => {
    const { server, agentToken, workspace, notified } = await startTask();
    const ready = await belfry(server.url, agentToken, "ready");
    expect(ready).toEqual({ code: 0, stdout: "", stderr: "Reported: ready.\n" });
    const link = "https://git.example.com/1";
    const idle = await belfry(
      server.url,
      agentToken,
      "status",
      "--app",
      "claude",
      "idle",
      "Which?",
      "--link",
      link,
    );
    expect(idle).toEqual({ code: 0, stdout: "", stderr: "Reported: claude is idle.\n" });
    const shown = await workspace();
    expect(shown.latest_build.resources[0]!.agents[0]!.lifecycle_state).toBe("ready");
    expect(shown.latest_app_status).toMatchObject({ state: "idle", message: "Which?", uri: link });
    expect(await notified()).toEqual(["Task waiting for you: Fix the bug in the parser"]);
  });

  test("each error has its message and exit code", async () => {
    const { server, agentToken } = await startTask();
    const status = (...words: string[]) => belfry(server.url, agentToken, "status", ...words);
    const answers = await Promise.all([
      status("idle"),
      status("--app", "claude", "asleep"),
      status("--app", "claude", "idle", "--timeout", "soon"),
      status("--app", "web", "idle"),
      belfry(server.url, `agent_${"0".repeat(32)}_${"0".repeat(64)}`, "ready"),
      belfry(server.url, "", "ready"),
    ]);
    expect(answers.map(({ code, stderr }) => [code, stderr.split("\n")[0]])).toEqual([
      [2, expect.stringContaining("--app: missing")],
      [2, expect.stringContaining('STATE: "asleep" is invalid')],
      [2, expect.stringContaining('--timeout: "soon" is not a duration')],
      [1, expect.stringContaining("it has claude, logs")],
      [3, expect.stringContaining("Unknown agent token")],
      [3, expect.stringContaining("BELFRY_AGENT_TOKEN is not set")],
    ]);
    expect(answers[4].stderr.split("\n")[1]).toBe("The token is from BELFRY_AGENT_TOKEN.");
  });

  test("retries until there is a final answer", async () => {
    const answers = [
      [503, { message: "The database is unavailable." }],
      [409, { message: "The workspace's build is not done yet." }],
      [204, undefined],
    ] as const;
    const asked: (string | undefined)[] = [];
    const url = await listen((request, response) => {
      asked.push(request.headers["coder-session-token"] as string);
      const [status, body] = answers[asked.length - 1]!;
      response.writeHead(status, { "content-type": "application/json" }).end(body && JSON.stringify(body));
    });
    const ready = await belfry(url, "agent_x", "ready");
    expect([ready.code, ready.stderr]).toEqual([
      0,
      "The database is unavailable.\nRetrying for up to 10 min.\nReported: ready.\n",
    ]);
    expect(asked).toEqual(["agent_x", "agent_x", "agent_x"]);
  });

  test("ends at the timeout with the last error", async () => {
    const url = await listen((_request, response) => response.writeHead(502).end("<h1>Bad gateway</h1>"));
    const given = await belfry(url, "agent_x", "ready", "--timeout", "1s");
    expect(given.code).toBe(4);
    expect(given.stderr).toMatch(
      /^The server at .* is not Belfry.*\nRetrying for up to 1.0 s\.\nbelfry: The server at /,
    );
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
