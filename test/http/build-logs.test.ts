// A build's log as a WebSocket, as Coder's clients follow it.
import { describe, expect, test } from "vitest";
import { openFrames, refusalOf } from "../support/frames.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { addProvisioner, addTemplate, outcome } from "../support/workspaces.ts";

interface Line {
  id: number;
  log_level: string;
  output: string;
}

/** A build that a provisioner has taken. */
async function startBuild() {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const { templateId } = await addTemplate(server, userId);
  const provisioner = await addProvisioner(server, userId, "one");
  const json = { name: "web", template_id: templateId };
  await server.call("POST", "/api/v2/users/me/workspaces", { token, json });
  const { json: job } = await provisioner.acquire();
  const id = job.job_id;
  return {
    server,
    token,
    url: `${server.url}/api/v2/workspacebuilds/${id}/logs`,
    print: (...lines: string[]) =>
      provisioner.job(
        "POST",
        id,
        "logs",
        lines.map((output) => ({ id: output, level: "info", source: "provisioner", stage: "Apply", output })),
      ),
    complete: () => provisioner.job("POST", id, "complete", outcome),
  };
}

describe("a log that is followed", () => {
  test("begins with the stored lines, continues with new ones, and ends with the build", async () => {
    const { url, token, print, complete } = await startBuild();
    await print("one", "two");
    const log = await openFrames<Line>(`${url}?follow`, token);
    const first = await log.next();
    expect(first).toMatchObject({ log_level: "info", output: "one", stage: "Apply" });
    expect(await log.next()).toMatchObject({ output: "two" });
    const rest = await openFrames<Line>(`${url}?follow=true&after=${first.id}`, token);
    await print("three");
    expect(await log.next()).toMatchObject({ output: "three" });
    expect([(await rest.next()).output, (await rest.next()).output]).toEqual(["two", "three"]);
    await print("four");
    await complete();
    expect([await log.ended, await rest.ended]).toEqual([1000, 1000]);
    expect([(await log.next()).output, (await rest.next()).output]).toEqual(["four", "four"]);
  });

  test("of a build that has ended ends at once, with a cookie too", async () => {
    const { url, token, print, complete } = await startBuild();
    await print("one");
    await complete();
    // As Coder's command line asks.
    const log = await openFrames<Line>(`${url}?follow`, null, { cookie: `coder_session_token=${token}` });
    expect(await log.ended).toBe(1000);
    expect((await log.next()).output).toBe("one");
    expect(log.waiting()).toBe(0);
  });

  test("ends when the key does, and when Belfry stops", async () => {
    const { server, url, token } = await startBuild();
    const other = await addUser(server, "olga", ["owner"]);
    const [hers, mine] = await Promise.all([
      openFrames(`${url}?follow`, other.token),
      openFrames(`${url}?follow`, token),
    ]);
    await server.call("PUT", "/api/v2/users/olga/status/suspend", { token });
    expect(await hers.ended).toBe(1008);
    const stopped = server.stop();
    expect(await mine.ended).toBe(1001);
    await stopped;
  });

  test("is refused to users who can't see the workspace, and to other sites", async () => {
    const { server, url, token } = await startBuild();
    const stranger = await addUser(server, "mia");
    const asked = (headers: Record<string, string>) => refusalOf(`${url}?follow`, headers);
    expect((await asked({ "coder-session-token": stranger.token })).status).toBe(404);
    const foreign = { cookie: `coder_session_token=${token}`, origin: "https://elsewhere.example" };
    expect((await asked(foreign)).status).toBe(403);
    const plain = await server.call("GET", new URL(`${url}?follow`).pathname + "?follow", { token });
    expect([plain.status, plain.headers.get("upgrade")]).toEqual([426, "websocket"]);
  });
});
