// An open inbox follows situations: a new occurrence takes the place of the row, and the end shows at once.
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { browserTest, useBrowser } from "../support/browser.ts";
import { startTask } from "../support/task.ts";

const open = useBrowser();

browserTest("a task that waits, works and waits again is one row of an open inbox", async () => {
  const { server, status, member } = await startTask();
  await status("idle", randomUUID());
  await server.settled();
  const page = await open(server, { token: member.token });
  await page.goto("/inbox");
  const waiting = page.locator("#items > li", { hasText: "Task waiting for you" });
  await expect.poll(() => waiting.count()).toBe(1);
  expect(await waiting.getAttribute("class")).toContain("unread");
  server.clock.advance(60_000);
  await status("working");
  await expect.poll(() => waiting.locator(".subject").textContent()).toMatch(/^Working again after 1 min/);
  expect(await waiting.getAttribute("class")).not.toContain("unread");
  server.clock.advance(60_000);
  await status("idle", "again");
  await expect.poll(() => waiting.first().locator(".subject").textContent()).toMatch(/^2 times/);
  await expect.poll(() => waiting.count()).toBe(1);
  await expect.poll(() => page.title()).toMatch(/^\(2\) /);
});
