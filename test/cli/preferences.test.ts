// belfry preferences: which notifications one gets, how and when.
import { expect, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { startSignedIn } from "../support/pages.ts";

async function start() {
  const started = await startSignedIn();
  const belfry = (...args: string[]) =>
    runCommand(["preferences", ...args], {
      environment: { BELFRY_URL: started.server.url, BELFRY_SESSION_TOKEN: started.token },
    });
  return { ...started, belfry };
}

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
    "Sat 08:00–12:00\nTime zone: Europe/Berlin\nCritical notifications break through.\nQuiet now, until 2026-11-21T11:00:00.000Z.\n",
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
