// The commands of pools as people use them: against a real server.
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { addPrebuilds } from "../support/prebuilds.ts";
import { runCommand } from "../support/command.ts";
import { temporaryFolder } from "../support/program.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { addTemplate } from "../support/workspaces.ts";
import { countRows } from "../support/stored.ts";

async function open() {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const home = await temporaryFolder();
  const belfryAs = (key: string, ...words: string[]) =>
    runCommand(["prebuilds", ...words], {
      environment: { BELFRY_CONFIG_DIR: home, BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: key },
    });
  const belfry = (...words: string[]) => belfryAs(token, ...words);
  const presetId = randomUUID();
  const made = await addTemplate(server, userId, "docker", {
    presets: [{ id: presetId, name: "small", parameters: [], instances: 2 }],
  });
  const create = (name: string) =>
    runCommand(["workspaces", "create", name, "--template", "docker", "--preset", "small"], {
      environment: { BELFRY_CONFIG_DIR: home, BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token },
    });
  const fill = (count: number, more?: Parameters<typeof addPrebuilds>[3]) =>
    addPrebuilds(server, { ...made, presetId }, count, more);
  return { server, token, belfry, belfryAs, create, fill, presetId };
}

test("plan changes nothing and shows what reconcile does", async () => {
  const { server, belfry, fill } = await open();
  await fill(1, { agents: ["starting"] });
  const planned = await belfry("plan");
  expect(planned.code).toBe(0);
  expect(planned.stdout).toMatch(/^docker\/small +2 +1 +0 +0 +below target$/m);
  expect(planned.stdout).toMatch(
    /^ {2}! {2}prebuild-\w+ is not ready: agent agent-0 has not reported ready/m,
  );
  expect(planned.stdout).toMatch(/^ {2}-> create 1: /m);
  expect(planned.stderr).toBe("The next run would create 1.\n");
  expect(await countRows(server, "workspaces")).toBe(1);
  const [done, json] = [await belfry("reconcile"), await belfry("plan", "--output", "json")];
  expect(done).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^docker\/small +2 +1 +0 +1 +below target$/m),
  });
  expect(await countRows(server, "workspaces")).toBe(2);
  expect(JSON.parse(json.stdout)).toMatchObject({
    outcome: "planned",
    actions: [],
    presets: [{ starting: 1 }],
  });
  expect((await belfry("list")).stdout.split("\n")).toHaveLength(3);
});

test("pause stops reconciliation, resume ends the pause; resume of a preset resets its failures", async () => {
  const { server, token, belfry, fill, presetId } = await open();
  expect(await belfry("pause")).toMatchObject({ code: 0 });
  expect(await belfry("pause")).toMatchObject({ code: 0 });
  const refused = await belfry("reconcile");
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("Reconciliation is paused")]);
  expect((await belfry("plan")).stderr).toContain("Reconciliation is paused");
  expect((await belfry("list")).stderr).toContain("Reconciliation is paused");
  await fill(3, { build: { status: "failed", error: "no room" } });
  server.clock.advance(600_000);
  await belfry("resume");
  expect((await belfry("reconcile")).stdout).toContain("$  belfry prebuilds resume docker/small");
  const statusOf = async () => {
    const { json } = await server.call("GET", "/api/v2/prebuilds/presets", { token });
    return json.find(({ id }) => id === presetId)!.status;
  };
  expect(await statusOf()).toBe("hard_limited");
  expect(await belfry("resume", "Docker", "SMALL")).toMatchObject({
    code: 0,
    stderr: "Resumed prebuilds of docker/small.\n",
  });
  expect(await statusOf()).toBe("normal");
});

test("create reports whether a prebuilt workspace was claimed", async () => {
  const { create, fill } = await open();
  await fill(1);
  const [ready, made] = [await create("one"), await create("two")];
  expect([ready.code, made.code]).toEqual([0, 0]);
  expect(ready.stderr).toContain("Claimed a prebuilt workspace as one.");
  expect(made.stderr).toContain("Created workspace two; its first build is queued.");
});

test("errors: a missing argument, an unknown preset, no presets, no permission", async () => {
  const { server, belfry, belfryAs } = await open();
  const member = await addUser(server, "mia");
  const [half, near, other] = [
    await belfry("resume", "docker"),
    await belfry("resume", "docker", "smal"),
    await belfryAs(member.token, "plan"),
  ];
  expect([half.code, near.code, other.code]).toEqual([2, 1, 1]);
  expect(near.stderr).toContain('Did you mean "docker/small"?');
  await server.sql("UPDATE presets SET desired_instances = NULL");
  expect(await belfry("plan")).toMatchObject({
    code: 0,
    stdout: "",
    stderr: expect.stringContaining("No preset has prebuilds"),
  });
  expect(await belfry("list")).toMatchObject({ code: 0, stdout: "" });
});
