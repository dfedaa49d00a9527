// Commands that keep an inbox in order: snooze, mute, and their ends.
import { expect, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { temporaryFolder } from "../support/program.ts";
import { addUser, createClock, signInFirst, startTestServer } from "../support/server.ts";
import { addTemplate } from "../support/workspaces.ts";

async function start() {
  const server = await startTestServer({ adapter: "plain", clock: createClock(Date.now()) });
  const { token, userId } = await signInFirst(server);
  const folder = await temporaryFolder();
  const shellOf = (key: string) => async (line: string) => {
    const environment = { BELFRY_CONFIG_DIR: folder, BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: key };
    const { code, stdout, stderr } = await runCommand(["notifications", ...line.split(" ")], { environment });
    return { code, words: stdout + stderr };
  };
  return { server, token, userId, shellOf, belfry: shellOf(token) };
}

test("snooze takes notifications out of the inbox until a time, and --off puts them back", async () => {
  const { server, token, belfry } = await start();
  await server.call("POST", "/api/v2/notifications/custom", {
    token,
    json: { content: { title: "One", message: "x" } },
  });
  const [item] = (await server.call("GET", "/api/v2/notifications/inbox", { token })).json.notifications;
  const id = item!.id.slice(-8);
  for (const wrong of ["", " --for soon", " --for 1h --until tomorrow", " --off --for 1h"])
    expect((await belfry(`snooze ${id}${wrong}`)).code).toBe(2);
  const far = await belfry(`snooze ${id} --for 2y`);
  expect([far.code, far.words.includes("must be within a year")]).toEqual([1, true]);
  const snoozed = await belfry(`snooze ${id} --for 90d`);
  expect([snoozed.code, snoozed.words]).toEqual([
    0,
    expect.stringMatching(
      /^Snoozed 1 notification until .*\. List them: belfry notifications list --snoozed\n$/,
    ),
  ]);
  expect((await belfry("list")).words).toContain("Your inbox is empty.");
  expect((await belfry("list --snoozed")).words).toContain("One");
  expect((await belfry("list --snoozed --done")).code).toBe(2);
  expect((await belfry("list --snoozed --all")).code).toBe(2);
  expect((await belfry(`snooze ${id} --off`)).words).toBe("Moved 1 notification back to the inbox.\n");
  expect((await belfry("list --snoozed")).words).toContain("No snoozed notifications.");
  expect((await belfry("list")).words).toContain("One");
});

test("what is read or done is marked as unread and as not done again", async () => {
  const { server, token, belfry } = await start();
  await server.call("POST", "/api/v2/notifications/custom", {
    token,
    json: { content: { title: "One", message: "x" } },
  });
  const [item] = (await server.call("GET", "/api/v2/notifications/inbox", { token })).json.notifications;
  const id = item!.id.slice(-8);
  const all: string[] = [];
  for (const line of ["read", "read --undo", "done", "done --undo"]) {
    const [name, ...more] = line.split(" ");
    all.push((await belfry([name, id, ...more].join(" "))).words);
  }
  expect(all).toEqual([
    expect.stringMatching(/^Marked 1 notification as read; 0 unread\.$/m),
    expect.stringMatching(/^Marked 1 notification as unread; 1 unread\.$/m),
    expect.stringMatching(/^Marked 1 notification as done; 0 unread\.$/m),
    expect.stringMatching(/^Marked 1 notification as not done; 1 unread\.$/m),
  ]);
  expect((await belfry("list")).words).toContain("One");
  expect((await belfry("read --all --undo")).code).toBe(2);
  expect((await belfry(`done ${id} --undo`)).words).toContain("belfry notifications list --done");
});

test("mute mutes what a notification is about; mutes lists, unmute lifts it", async () => {
  const { server, token, userId, shellOf } = await start();
  const mia = await addUser(server, "mia");
  const belfry = shellOf(mia.token);
  const { templateId } = await addTemplate(server, userId, "docker");
  const json = { name: "web", template_id: templateId };
  await server.call("POST", "/api/v2/users/me/workspaces", { token: mia.token, json });
  await server.call("PATCH", `/api/v2/templates/${templateId}`, {
    token,
    json: { deprecation_message: "Gone." },
  });
  const [item] = (await server.call("GET", "/api/v2/notifications/inbox", { token: mia.token })).json
    .notifications;
  const id = item!.id.slice(-8);
  expect((await belfry("mutes")).words).toBe("Nothing is muted.\n");
  expect((await belfry(`mute ${id} --preset --template`)).code).toBe(2);
  expect((await belfry(`mute ${id} --workspace`)).code).toBe(1);
  const muted = await belfry(`mute ${id}`);
  const lift = /belfry notifications (unmute \S+)\n$/.exec(muted.words)![1]!;
  expect(muted.words).toContain("Muted template docker.");
  expect((await belfry("mutes")).words).toMatch(/^\S+ {2}template docker, just now\n$/);
  expect(JSON.parse((await belfry("mutes --output json")).words)).toMatchObject([{ name: "docker" }]);
  expect((await belfry("unmute ffffffff")).words).toContain("Mute ffffffff not found.");
  expect((await belfry(lift)).words).toBe("Unmuted template docker.\n");
  expect((await belfry("mutes")).words).toBe("Nothing is muted.\n");
});
