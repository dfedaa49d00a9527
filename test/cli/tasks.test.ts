// belfry tasks, against a server.
import { expect, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { temporaryFolder } from "../support/program.ts";
import { startTask } from "../support/task.ts";
import { addVersion } from "../support/workspaces.ts";

test("belfry tasks lists, shows, creates, stops and deletes tasks", async () => {
  const { server, token, member, userId, templateId, status, finish, provisioner } = await startTask();
  const parameters = [{ name: "prompt" }];
  const versionId = await addVersion(server, userId, templateId, { hasAiTask: true, parameters });
  await server.call("PATCH", `/api/v2/templates/${templateId}/versions`, { token, json: { id: versionId } });
  await status("idle", "Which of the two should stay?");
  const environment = {
    BELFRY_CONFIG_DIR: await temporaryFolder(),
    BELFRY_URL: server.url,
    BELFRY_SESSION_TOKEN: member.token,
  };
  const belfry = (words: string[], input?: string) =>
    runCommand(["tasks", ...words], { environment, ...(input === undefined ? {} : { input }) });
  const [list, json, near, created, empty] = await Promise.all([
    belfry(["list"]),
    belfry(["list", "--status", "active", "--output", "json"]),
    belfry(["show", "fix-bog"]),
    belfry(["create", "--template", "agents", "--name", "docs", "-"], "Write the docs\n"),
    belfry(["create", "--template", "agents", "  "]),
  ]);
  expect(list).toMatchObject({ code: 0, stderr: "" });
  expect(list.stdout).toMatch(/^TASK +STATUS +AGENT +UPDATED +MESSAGE\n/);
  expect(list.stdout).toMatch(/\nmia\/fix-bug +active +idle +\S.* +Which of the two should stay\?\n/);
  expect(JSON.parse(json.stdout)).toMatchObject({ count: 1, tasks: [{ name: "fix-bug" }] });
  expect(near).toMatchObject({ code: 1, stderr: expect.stringContaining('Did you mean "fix-bug"?') });
  expect(created).toMatchObject({ code: 0, stderr: expect.stringContaining("Created task docs") });
  expect(empty).toMatchObject({ code: 2, stderr: expect.stringContaining("PROMPT: must not be empty") });
  const prompt = (await provisioner.acquire()).json.parameters;
  expect(prompt).toMatchObject([{ name: "prompt", value: "Write the docs" }]);

  const [show, stop] = await Promise.all([belfry(["show", "mia/fix-bug"]), belfry(["stop", "fix-bug"])]);
  expect(show.stdout).toMatch(/Task: mia\/fix-bug\nStatus: \S+\nState: idle, .*\nTemplate: agents\n/);
  expect(show.stdout).toContain("Prompt: Fix the bug in the parser\n");
  expect(show.stdout).toMatch(/: idle: Which of the two should stay\?\n$/);
  expect(stop).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("Queued build 2 of fix-bug (stop)."),
  });
  await finish();
  expect(await belfry(["delete", "fix-bug"])).toMatchObject({ code: 0 });
  expect((await server.call("GET", "/api/v2/tasks/me/fix-bug", { token: member.token })).json.status).toBe(
    "unknown",
  );
});
