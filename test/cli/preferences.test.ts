// belfry preferences: which notifications one gets, how and when.
import { expect, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { startSignedIn } from "../support/pages.ts";
import { startReceiver } from "../support/receiver.ts";

async function start(environment: Record<string, string> = {}) {
  const started = await startSignedIn({ environment });
  const belfry = (...args: string[]) =>
    runCommand(["preferences", ...args], {
      environment: { BELFRY_URL: started.server.url, BELFRY_SESSION_TOKEN: started.token },
    });
  return { ...started, belfry };
}

test("kinds by channel are shown with the defaults, set and reset", async () => {
  const { belfry } = await start({
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: "http://127.0.0.1:9/hook",
    BELFRY_NOTIFICATIONS_METHOD: "webhook",
    BELFRY_EMAIL_SMARTHOST: "127.0.0.1:9",
    BELFRY_EMAIL_FROM: "belfry@example.com",
  });
  const table = async (...args: string[]) =>
    (await belfry(...args)).stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/ {2,}/));
  const all = await table("show");
  expect(all[0]).toEqual(["KIND", "INBOX", "EMAIL", "WEBHOOK"]);
  expect(all).toContainEqual(["Task Idle", "on", "off", "on"]);
  expect(all).toContainEqual(["One-Time Passcode", "-", "on", "-"]);
  const row = async (...args: string[]) => (await table(...args))[1];
  expect(await row("set", "task-idle", "on", "--channel", "smtp")).toEqual(["Task Idle", "on", "on*", "on"]);
  expect(await row("set", "task-idle", "off")).toEqual(["Task Idle", "off*", "off", "off*"]);
  expect(await row("set", "task-idle", "on")).toEqual(["Task Idle", "on", "on*", "on"]);
  expect(await row("set", "task-working", "off")).toEqual(expect.arrayContaining(["Task Working"]));
  expect(await row("reset", "task-idle")).toEqual(["Task Idle", "on", "off", "on"]);
  expect(await row("show", "task-idle")).toEqual(["Task Idle", "on", "off", "on"]);
  expect((await belfry("reset", "--all", "--output", "json")).stdout).not.toContain("null");
  for (const args of [
    ["reset"],
    ["reset", "task-idle", "--all"],
    ["set", "task-idle"],
    ["set", "task-idle", "maybe"],
  ])
    expect((await belfry(...args)).code).toBe(2);
  const wrong = await belfry("set", "task-idle", "on", "--channel", "pigeon");
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("--channel: must be one of inbox")]);
});

test("quiet hours are shown, set and removed", async () => {
  const { belfry } = await start();
  const quietHours = (...args: string[]) => belfry("quiet-hours", ...args);
  expect((await quietHours()).stderr).toBe("No quiet hours.\n");
  const set = await quietHours("mon-fri 22:00-07:00", "weekends 23:00-24:00", "--timezone", "Europe/Berlin");
  expect(set.stdout).toBe(
    "Mon–Fri 22:00–07:00\nSat, Sun 23:00–00:00\nTime zone: Europe/Berlin\nCritical notifications wait, too.\n",
  );
  // A Saturday, 11:00 there.
  const now = await quietHours("sat 8:00-12:00", "--critical");
  expect(now.stdout).toBe(
    "Sat 08:00–12:00\nTime zone: Europe/Berlin\nCritical notifications break through.\nQuiet now, until 2026-11-21 11:00:00 UTC.\n",
  );
  expect(JSON.parse((await quietHours("--output", "json")).stdout)).toMatchObject({
    ranges: [{ days: ["sat"], from: "08:00", to: "12:00" }],
    critical_breaks_through: true,
  });
  expect((await quietHours("--off")).stderr).toBe("No quiet hours.\n");
});

test.each([
  [["at night"], 2, 'RANGE: "at night" is invalid, use one like "mon-fri 22:00-07:00"'],
  [["daily 22:00-07:00", "--off"], 2, "Use either RANGE or --off."],
  [["--critical"], 2, "--critical: only with RANGE"],
  [["--timezone", "UTC"], 2, "--timezone: only with RANGE"],
  [["daily 09:00-09:00"], 1, "RANGE: leave no minute of the week"],
  [["daily 22:00-07:00", "--timezone", "Mars"], 1, "--timezone: must be the name of a time zone"],
])("quiet-hours %j: %i", async (args, code, problem) => {
  const { belfry } = await start();
  const wrong = await belfry("quiet-hours", ...args);
  expect([wrong.code, wrong.stderr]).toEqual([code, expect.stringContaining(problem)]);
});

const mail = { BELFRY_EMAIL_SMARTHOST: "127.0.0.1:9", BELFRY_EMAIL_FROM: "belfry@example.com" };

test("the digest is set, shown, previewed and turned off", async () => {
  const { belfry } = await start(mail);
  const digest = (...args: string[]) => belfry("digest", ...args);
  expect((await digest()).stderr).toBe("No digest.\n");
  const row = (await belfry("set", "task-idle", "digest")).stdout.split("\n")[1]!.split(/ {2,}/);
  expect(row).toEqual(["Task Idle", "on", "digest"]);
  expect((await digest()).stdout).toContain("daily at 8:00, time zone UTC. Next: 2026-11-22 08:00:00 UTC");
  const weekly = await digest("weekly", "--day", "wed", "--hour", "17", "--timezone", "Europe/Berlin");
  expect(weekly.stdout).toBe(
    "weekly on wed at 17:00, time zone Europe/Berlin. Next: 2026-11-25 16:00:00 UTC\n0 notifications wait.\n",
  );
  expect((await digest("--preview")).stderr).toBe("Nothing waits for the digest.\n");
  expect(JSON.parse((await digest("--preview", "--output", "json")).stdout)).toMatchObject({ count: 0 });
  expect(JSON.parse((await digest("--output", "json")).stdout)).toMatchObject({ every: "weekly", hour: 17 });
  expect((await digest("off")).stderr).toBe("No digest.\n");
});

test("the preview of a digest is plain text", async () => {
  const { server, token, belfry } = await start(mail);
  await belfry("set", "custom-notification", "digest");
  const json = { content: { title: "Build done", message: "x" } };
  await server.call("POST", "/api/v2/notifications/custom", { token, json });
  const { stdout } = await belfry("digest", "--preview");
  expect(stdout).toContain("Build done");
  expect(stdout).not.toMatch(/\\|\*\*|\]\(/);
});

test.each([
  [["digest", "monthly"], "daily|weekly|off"],
  [["digest", "daily", "--day", "mon"], "--day: only with weekly"],
  [["digest", "daily", "--hour", "24"], '--hour: "24" is not an hour'],
  [["digest", "weekly", "--day", "someday"], "--day"],
  [["digest", "--hour", "8"], "daily|weekly: missing"],
  [["digest", "daily", "--preview"], "--preview: not with daily"],
  [["set", "task-idle", "digest", "--channel", "inbox"], "--channel: only smtp can be a digest"],
])("%j is wrong usage", async (args, problem) => {
  const { belfry } = await start(mail);
  const wrong = await belfry(...args);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining(problem)]);
});

test("only what needs one, and back", async () => {
  const { belfry } = await start(mail);
  const row = (text: string) => text.split("\n").find((line) => line.startsWith("Task Working"));
  const done = await belfry("only-needs-me");
  expect([row(done.stdout), done.stderr]).toEqual([
    expect.stringMatching(/on +off\*$/),
    "Done. To undo: belfry preferences only-needs-me --undo\n",
  ]);
  expect(row((await belfry("only-needs-me", "--undo")).stdout)).toMatch(/on +on$/);
  expect((await belfry("only-needs-me", "--undo", "--output", "json")).code).toBe(1);
  expect(JSON.parse((await belfry("only-needs-me", "--output", "json")).stdout)).toBeInstanceOf(Array);
});

test("a chat of one's own is added, confirmed, chosen for a kind and deleted", async () => {
  const { belfry } = await start({ BELFRY_NOTIFICATIONS_RECEIVERS_ALLOW_PRIVATE: "true" });
  const chat = await startReceiver();
  const chats = (...args: string[]) => belfry("chats", ...args);
  expect((await chats("list")).stderr).toContain("No chats. Add one: belfry preferences chats add");
  const added = await chats("add", "mine", "--format", "ntfy", "--address", `${chat.url}/t`);
  expect([added.code, added.stderr]).toEqual([
    0,
    "A code was sent there. Confirm: belfry preferences chats confirm mine CODE\n",
  ]);
  expect((await chats("list")).stdout).toMatch(/mine +ntfy +127\.0\.0\.1 +unconfirmed/);
  const wrong = await chats("confirm", "mine", "x");
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringContaining("CODE: is not the code that was sent"),
  ]);
  expect((await chats("resend", "mine")).code).toBe(1);
  const code = /\d{6}/.exec(chat.arrivals[0]!.body)![0];
  expect((await chats("confirm", "mine", code)).stderr).toBe("Confirmed mine.\n");
  const set = await belfry("set", "task-working", "on", "--channel", "mine");
  expect(set.stdout).toMatch(/INBOX +MINE\nTask Working +on +on\*/);
  expect(JSON.parse((await chats("list", "--output", "json")).stdout)).toMatchObject([{ confirmed: true }]);
  expect((await chats("delete", "yours")).stderr).toContain('Chat "yours" not found.');
  expect((await chats("delete", "mine")).stderr).toBe("Deleted mine.\n");
  chat.answer({ status: 500, body: "no" });
  const refused = await chats("add", "mine", "--format", "ntfy", "--address", `${chat.url}/t`);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("did not accept the code")]);
  expect((await chats("add", "x", "--format", "coder", "--address", chat.url)).code).toBe(2);
  expect((await chats("add", "x", "--format", "ntfy")).code).toBe(2);
  expect((await chats("add", "x", "--format", "ntfy", "--address", "-", "--secret", "-")).code).toBe(2);
});
