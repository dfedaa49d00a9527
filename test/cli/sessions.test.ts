// The commands of sessions, against a real server.
import { expect, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { temporaryFolder } from "../support/program.ts";
import { owner, signIn, signInFirst, startTestServer } from "../support/server.ts";

test("sessions are listed with their device, and ended by name or all others at once", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const home = await temporaryFolder();
  const belfry = (...words: string[]) =>
    runCommand(words, {
      environment: { BELFRY_CONFIG_DIR: home, BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token },
    });
  const second = await signIn(server, owner);
  const third = await signIn(server, owner);
  const idOf = (key: string) => key.slice(0, 10);
  const listed = await belfry("sessions", "list");
  expect(listed.stdout).toMatch(/^ID +DEVICE +ADDRESS +SIGNED IN +LAST USED/);
  expect(listed.stdout).toMatch(new RegExp(`^${idOf(token)} +\\S.*\\(this one\\)`, "m"));
  const wrong = await belfry("sessions", "end", idOf(second), "nothing");
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('Session "nothing" not found.')]);
  expect((await belfry("sessions", "end")).code).toBe(2);
  expect((await belfry("sessions", "end", "--others", idOf(second))).code).toBe(2);
  expect((await belfry("sessions", "end", idOf(second))).stderr).toBe(
    `Signed out session ${idOf(second)}.\n`,
  );
  expect((await server.call("GET", "/api/v2/users/me", { token: third })).status).toBe(200);
  expect((await belfry("sessions", "end", "--others")).stderr).toBe("Signed out all other sessions.\n");
  for (const key of [second, third])
    expect((await server.call("GET", "/api/v2/users/me", { token: key })).status).toBe(401);
  expect(JSON.parse((await belfry("sessions", "list", "--output", "json")).stdout)).toHaveLength(1);
});
