// belfry notifications custom to others: the dry run, the question where they are many, and what is printed afterwards.
import { expect, test } from "vitest";
import { runCommand, startAtTerminal } from "../support/command.ts";
import { addManyUsers } from "../support/many-users.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { startReceiver } from "../support/receiver.ts";

async function start(environment: Record<string, string> = {}) {
  const server = await startTestServer({ environment });
  const { token } = await signInFirst(server);
  const options = { environment: { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token } };
  const belfry = (...args: string[]) =>
    runCommand(["notifications", "custom", "Upgrade at six", "Save your work", ...args], options);
  const sent = async () =>
    (await server.sql("SELECT count(*) AS n FROM inbox_notifications WHERE title LIKE 'Upgrade%'"))[0]!["n"];
  return { server, token, belfry, sent, options };
}

test("few people are not asked about; a dry run sends nothing", async () => {
  const { server, token, belfry, sent } = await start();
  await addUser(server, "mia");
  await server.call("POST", "/api/v2/organizations/default/groups", {
    token,
    json: { name: "sre", add_users: ["mia"] },
  });
  const dry = await belfry("--group", "sre", "--role", "owner", "--dry-run");
  expect(dry).toMatchObject({
    code: 0,
    stdout: "ada\nmia\n",
    stderr: "Matches 2 people. Nothing was sent.\n",
  });
  expect(await sent()).toBe(0);
  const json = await belfry("--group", "sre", "--dry-run", "-o", "json");
  expect(JSON.parse(json.stdout)).toMatchObject({ recipients: 1, reached: 1 });
  const done = await belfry("--group", "sre", "--workspaces", "status:running");
  expect(done.stderr).toBe("Sent to the group sre, owners of workspaces that match status:running.\n");
  expect(await sent()).toBe(1);
  const wrong = await belfry("--group", "srv", "--workspaces", "template:x");
  expect(wrong.stderr).toContain(`--group: unknown group srv. Did you mean "sre"?`);
  expect(wrong.stderr).toContain(`--workspaces: unknown template "x".`);
  expect((await belfry("--dry-run")).stderr).toContain("--dry-run: name recipients with --user");
});

test("many people are asked about: nothing is sent without yes", async () => {
  const receiver = await startReceiver();
  const { server, belfry, sent, options } = await start({
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    BELFRY_NOTIFICATIONS_CUSTOM_PER_MINUTE: "10",
  });
  await addManyUsers(server, 25);
  const reach =
    "Matches 25 people. The inbox has it at once; by other channels, the last get it in about 2 minutes.";
  const piped = await belfry("--group", "all");
  expect(piped).toMatchObject({ code: 2, stderr: expect.stringContaining(`${reach}\n`) });
  expect(piped.stderr).toContain("Nothing was sent. Use --yes to send it.");
  const words = ["notifications", "custom", "Upgrade at six", "Save your work", "--group", "all"];
  for (const [answer, expected] of [
    ["", 0],
    ["y", 25],
  ] as const) {
    const terminal = startAtTerminal(words, options);
    await terminal.asks("Send it to 25 people? [y/N] ");
    terminal.type(`${answer}\r`);
    const { code } = await terminal.ended;
    await server.settled();
    expect([code, await sent()]).toEqual([expected === 0 ? 1 : 0, expected]);
  }
  server.clock.advance(300_000);
  const done = await belfry("--group", "all", "--yes");
  expect(done.stderr).toBe(
    "Sent to the group all. The inbox has it at once; by other channels, the last get it in about 2 minutes.\n",
  );
});
