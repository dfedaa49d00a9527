// Needs you in a real browser: it follows what happens, and keeps the focus.
import { expect } from "vitest";
import { browserTest, useBrowser } from "../support/browser.ts";
import { startTask } from "../support/task.ts";

const openPage = useBrowser();

browserTest(
  "an agent that asks appears on the open inbox with the next news, and leaves with its answer",
  async () => {
    const { server, member, status } = await startTask();
    const news = (title: string) =>
      server.call("POST", "/api/v2/notifications/custom", {
        token: member.token,
        json: { content: { title, message: "x" } },
      });
    const page = await openPage(server, { token: member.token });
    await page.goto("/inbox");
    const section = page.locator("#needs-you");
    expect(await section.isVisible()).toBe(false);
    await status("idle", "Which database?");
    await news("First");
    await section.getByText("Which database?").waitFor();
    expect(await page.locator("#needs-you-news").textContent()).toContain(
      "Needs you: Task waiting for you: Fix the bug in the parser",
    );
    const button = section.getByRole("link", { name: "Open task" });
    await button.focus();
    await status("idle", "Postgres or SQLite?");
    await news("Second");
    await section.getByText("Postgres or SQLite?").waitFor();
    expect(await button.evaluate((one) => one === document.activeElement)).toBe(true);
    await status("working", "Postgres");
    await news("Third");
    await section.waitFor({ state: "hidden" });
    expect(await page.locator("#main").evaluate((one) => one === document.activeElement)).toBe(true);
  },
);
