// belfry rules: the deployment's rules, and one's own.
import { expect, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { startSignedIn } from "../support/pages.ts";

async function start() {
  const { server, token } = await startSignedIn();
  const environment = { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token };
  return { belfry: (...args: string[]) => runCommand(["rules", ...args], { environment }) };
}

test("rules are created, listed, moved, changed and deleted", async () => {
  const { belfry } = await start();
  expect((await belfry("list")).stderr).toContain("No rules found. Create one: belfry rules create NAME");
  const created = await belfry(
    "create",
    "quiet",
    "--filter",
    "severity = info",
    "--channels",
    "inbox,email",
    "--continue",
  );
  expect(created).toEqual({
    code: 0,
    stdout: "",
    stderr: "Created rule quiet, number 1: channels: inbox,smtp; continue.\n",
  });
  await belfry("create", "late", "--delay", "10m", "--digest", "daily", "--receivers", "none");
  const moved = await belfry("update", "late", "--position", "1", "--digest", "none", "--disable");
  expect(moved.stderr).toBe(
    "Changed rule late, number 1, which is disabled: receivers: none; delay: 10 min.\n",
  );
  const { stdout } = await belfry("list");
  expect(stdout.split("\n").map((line) => line.split(/ {2,}/).map((cell) => cell.trim()))).toEqual([
    ["#", "NAME", "STATUS", "FILTER", "ACTIONS", "PROBLEMS"],
    ["1", "late", "disabled", "all events", "receivers: none; delay: 10 min"],
    ["2", "quiet", "enabled", "severity = info", "channels: inbox,smtp; continue"],
    [""],
  ]);
  await belfry(
    "update",
    "late",
    "--receivers",
    "usual",
    "--delay",
    "none",
    "--suppress",
    "--rename",
    "never",
    "--enable",
  );
  expect(JSON.parse((await belfry("list", "--output", "json")).stdout)[0]).toMatchObject({
    name: "never",
    suppress: true,
    receivers: null,
    delay_seconds: null,
    enabled: true,
  });
  expect((await belfry("delete", "never", "quiet")).stderr).toBe(
    "Deleted rule never.\nDeleted rule quiet.\n",
  );
});

test("a rule escalates, and a dry run says to whom", async () => {
  const { belfry } = await start();
  const created = await belfry("create", "night", "--escalate-after", "15m", "--escalate-to", "user:ada");
  expect(created.stderr).toBe("Created rule night, number 1: escalates after 15 min to user:ada.\n");
  expect((await belfry("dry-run", "task-failed", "--user", "me")).stdout).toContain(
    "\nIf nobody has read it after 15 min, the rule night escalates it to user:ada.\n",
  );
  const wrong = await belfry("update", "night", "--escalate-after", "5s", "--escalate-to", "group:sre");
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringMatching(
      /--escalate-after: must be from 1 minute to 7 days[^]*--escalate-to: unknown group:sre/,
    ),
  ]);
  const none = ["--escalate-after", "none", "--escalate-to", "none", "--channels", "inbox"];
  expect((await belfry("update", "night", ...none)).stderr).toBe(
    "Changed rule night, number 1: channels: inbox.\n",
  );
});

test("one's own are others than the deployment's", async () => {
  const { belfry } = await start();
  await belfry("create", "mine", "--user", "me", "--suppress", "--filter", 'kind = "task-working"');
  expect(JSON.parse((await belfry("list", "--user", "me", "--output", "json")).stdout)).toMatchObject([
    { name: "mine", filter: 'kind = "task-working"' },
  ]);
  expect((await belfry("list")).stderr).toContain("No rules found");
  const unknown = await belfry("delete", "mien", "--user", "me");
  expect([unknown.code, unknown.stderr]).toEqual([
    1,
    expect.stringContaining("Nothing was deleted. List rules: belfry rules list --user me"),
  ]);
  const mine = await belfry(
    "update",
    "mine",
    "--user",
    "me",
    "--no-suppress",
    "--channels",
    "none",
    "--stop",
  );
  expect(mine.stderr).toBe("Changed rule mine, number 1: channels: none.\n");
});

test.each([
  [["create", "x"], 1, "choose what the rule does"],
  [["create", "x", "--suppress", "--filter", "template ="], 1, "filter: column 11: expected a value"],
  [
    ["create", "x", "--channels", "pigeon"],
    2,
    '--channels: unknown channel "pigeon", use inbox, smtp, webhook, push',
  ],
  [["create", "x", "--delay", "soon"], 2, '--delay: "soon" is not a duration, use one such as 10m'],
  [["create", "x", "--delay", "8d"], 1, "--delay: must be from 1 second to 7 days"],
  [["create", "x", "--digest", "hourly"], 2, "--digest: must be daily, weekly or none"],
  [["update", "x"], 2, "Use at least one option to change something."],
  [["update", "x", "--enable", "--disable"], 2, "Use either --enable or --disable."],
  [["update", "x", "--position", "first"], 2, "--position: must be a number from 1"],
])("belfry rules %j fails", async (args, code, words) => {
  const { belfry } = await start();
  const failed = await belfry(...args);
  expect([failed.code, failed.stderr]).toEqual([code, expect.stringContaining(words)]);
});

test("a dry run shows which rule decides, and sends nothing", async () => {
  const { belfry } = await start();
  await belfry("create", "gpu", "--filter", 'template = "gpu-*"', "--suppress");
  await belfry("create", "quiet", "--user", "me", "--channels", "none");
  const { stdout } = await belfry(
    "dry-run",
    "task-failed",
    "--template",
    "docker",
    "--label",
    "task=migrate",
  );
  expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["RULE", "VERDICT", "WHY"],
    ["gpu", "doesn't match", 'template = "gpu-*" is false: template is "docker"'],
    ["quiet (own)", "decides"],
    [expect.stringMatching(/^inbox: not sent\. .* Their own rule quiet chose other channels\.$/)],
    [""],
  ]);
  const wrong = await belfry("dry-run", "task-failed", "--label", "task");
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    expect.stringContaining('--label: "task" must be a name and a value'),
  ]);
});
