// belfry receivers: create, list, test, update, rotate and delete.
import { expect, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { startReceiver } from "../support/receiver.ts";
import { startWithReceivers } from "../support/receivers.ts";

test("a receiver is created, tested, changed and deleted", async () => {
  const { server, token } = await startWithReceivers();
  const chat = await startReceiver();
  const belfry = (args: string[], input?: string) =>
    runCommand(["receivers", ...args], {
      environment: { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token },
      ...(input === undefined ? {} : { input }),
    });
  expect((await belfry(["list"])).stderr).toContain(
    "No receivers found. Create one: belfry receivers create",
  );
  const hooks = await belfry([
    "create",
    "hooks",
    "--format",
    "coder",
    "--address",
    chat.url,
    "--header",
    "X-Team: ops",
  ]);
  expect(hooks.stderr).toContain("Save this signing secret; it is not shown again.");
  const secret = server.secret(hooks.stdout.trim());
  expect(secret).toMatch(/^whsec_/);
  const ops = await belfry(
    ["create", "ops", "--format", "slack", "--address", "-", "--severity", "warning"],
    chat.url,
  );
  expect([ops.code, ops.stdout]).toEqual([0, ""]);
  const table = (await belfry(["list"])).stdout.split("\n").map((line) => line.split(/ {2,}/));
  expect(table[0]!.slice(0, 5)).toEqual(["NAME", "FORMAT", "HOST", "STATUS", "SEVERITY"]);
  expect(table.slice(1, 3).map((row) => row.slice(0, 5))).toEqual([
    ["hooks", "coder", "127.0.0.1", "unused", "info"],
    ["ops", "slack", "127.0.0.1", "unused", "warning"],
  ]);
  expect((await belfry(["test", "hooks"])).stderr).toContain("hooks accepted the test: answered 204");
  expect(chat.arrivals[0]!.headers["x-team"]).toBe("ops");
  expect((await belfry(["update", "hooks", "--no-headers"])).stderr).toContain("Receiver hooks is enabled.");
  await belfry(["test", "hooks"]);
  expect(chat.arrivals[1]!.headers).not.toHaveProperty("x-team");
  chat.answer({ status: 400, body: "invalid_blocks" });
  const refused = await belfry(["test", "ops"]);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining("ops did not accept the test: answered 400: invalid_blocks"),
  ]);
  expect((await belfry(["update", "ops", "--disable", "--kinds", "task-failed"])).stderr).toContain(
    "Receiver ops is disabled.",
  );
  const listed = JSON.parse((await belfry(["list", "--output", "json"])).stdout) as object[];
  expect(listed[1]).toMatchObject({ name: "ops", enabled: false, kinds: ["task-failed"] });
  const rotated = (await belfry(["rotate", "hooks"])).stdout.trim();
  expect(server.secret(rotated)).not.toBe(secret);
  const wrong = await belfry(["delete", "ops", "opps"]);
  expect(wrong.stderr).toContain("Nothing was deleted. List receivers: belfry receivers list");
  expect((await belfry(["delete", "ops", "hooks"])).stderr).toContain("Deleted receiver hooks.");
});

test("a template is previewed from a file, and its problems name the option", async () => {
  const { server, token } = await startWithReceivers();
  const belfry = (args: string[], input: string) =>
    runCommand(["receivers", ...args], {
      environment: { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token },
      input,
    });
  const json = ["--format", "json", "--template", "-"];
  const template = '{"text": "{{ title }}", "task": {{ labels.task | json }}}';
  const shown = await belfry(["preview", ...json, "--kind", "task-failed"], template);
  expect(JSON.parse(shown.stdout)).toEqual({
    text: expect.stringContaining("Task"),
    task: expect.any(String),
  });
  const whole = await belfry(["preview", "--format", "discord", "--output", "json"], "");
  expect(JSON.parse(whole.stdout)).toEqual({ kind: "workspace-autobuild-failed", body: expect.any(String) });
  const address = "https://hooks.example.com/x";
  const wrong = await belfry(["create", "own", "--address", address, ...json], "{{ titel }}");
  expect(wrong.stderr).toMatch(/--template: unknown variable titel; available: id, /);
  expect((await belfry(["preview", ...json, "--kind", "x"], "1")).stderr).toContain(
    '--kind: unknown kind "x"',
  );
  await belfry(["create", "own", "--address", address, ...json], template);
  await belfry(["update", "own", "--template", "-", "--recipients", "each"], "[]");
  const listed = JSON.parse((await belfry(["list", "--output", "json"], "")).stdout) as object[];
  expect(listed[0]).toMatchObject({ format: "json", template: "[]", recipients: "each" });
});

test.each([
  [["create", "ops"], "--format: must be one of"],
  [["create", "ops", "--format", "irc"], "--format: must be one of"],
  [
    ["create", "ops", "--format", "slack", "--severity", "high"],
    `--severity: "high" is invalid, use info, warning or critical`,
  ],
  [["create", "ops", "--format", "slack", "--recipients", "some"], '--recipients: "some" is invalid'],
  [["create", "ops", "--format", "slack", "--header", "nothing"], "--header: must be a name and a value"],
  [["create", "ops", "--format", "slack", "--address", "-", "--secret", "-"], "Only one of"],
  [["update", "ops"], "Use at least one option to change something."],
  [["update", "ops", "--header", "X-A: b", "--no-headers"], "either --header or --no-headers"],
  [["update", "ops", "--enable", "--disable"], "either --enable or --disable"],
])("%o: usage", async (args, text) => {
  const environment = { BELFRY_URL: "http://127.0.0.1:9", BELFRY_SESSION_TOKEN: "x" };
  const { code, stderr } = await runCommand(["receivers", ...args], { environment });
  expect([code, stderr]).toEqual([2, expect.stringContaining(text)]);
});
