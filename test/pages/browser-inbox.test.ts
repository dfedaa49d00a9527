// Living in the inbox with a browser: its lists, what leads elsewhere, snoozing in place.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { arriveAt, browserTest, useBrowser } from "../support/browser.ts";
import { createClock, signInFirst, startTestServer } from "../support/server.ts";

const open = useBrowser();

async function start(...titles: string[]) {
  const server = await startTestServer({ clock: createClock(Date.now()) });
  const { token, userId } = await signInFirst(server);
  for (const title of titles) {
    const json = { content: { title, message: "Words." } };
    expect((await server.call("POST", "/api/v2/notifications/custom", { token, json })).status).toBe(204);
  }
  return { server, token, userId };
}

const titles = async (page: Page) =>
  (await page.locator("#items h2").allTextContents()).map((title) => title.replace("Unread: ", "").trim());
const announced = (page: Page, words: string | RegExp) =>
  page.locator("#announcer", { hasText: words }).waitFor({ state: "attached" });
const focused = (page: Page) =>
  page.evaluate(() =>
    document.activeElement?.closest("li")?.querySelector("h2")?.textContent?.replace("Unread: ", "").trim(),
  );

const boxOf = (page: Page, title: string) =>
  page
    .locator("#items > li")
    .filter({ has: page.locator("h2", { hasText: title }) })
    .locator(".pick");

browserTest("s snoozes by the clock of the browser, z undoes it, and the focus goes on", async () => {
  const { server, token } = await start("One", "Two", "Three");
  const page = await open(server, { token, timezoneId: "America/New_York" });
  await page.goto("/inbox");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("s");
  await page.locator("#snooze").waitFor();
  expect(await page.locator("#snooze .zone").textContent()).toBe("Time zone: America/New_York.");
  await page.getByRole("button", { name: "Tomorrow, 9:00" }).press("Enter");
  await announced(page, "Snoozed");
  expect(await titles(page)).toEqual(["Three", "One"]);
  expect(await focused(page)).toBe("One");
  expect(await page.locator(".undo p").textContent()).toMatch(/Snoozed until .*, 09:00 (EST|EDT|GMT-[45])/);
  await page.keyboard.press("z");
  await announced(page, "Undone");
  expect(await titles(page)).toEqual(["Three", "Two", "One"]);
  expect(await page.title()).toBe("(3) Inbox · Belfry");

  // With the mouse, and it comes back by itself.
  const two = page.locator("#items li", { hasText: "Two" });
  await two.locator("summary").click();
  await two.getByRole("button", { name: "Snooze" }).click();
  await page.getByRole("button", { name: "In an hour" }).click();
  await announced(page, "Snoozed");
  expect(await titles(page)).toEqual(["Three", "One"]);
  server.clock.advance(3_600_000);
  await server.runTick();
  await announced(page, "New notification: Two");
  expect(await titles(page)).toEqual(["Two", "Three", "One"]);
});

browserTest(
  "x and Shift+X select a range, a bar acts on it, and live changes leave the selection alone",
  async () => {
    const { server, token } = await start("One", "Two", "Three", "Four", "Five");
    const page = await open(server, { token });
    await page.goto("/inbox");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await announced(page, "1 selected");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Shift+X");
    await announced(page, "3 selected");
    await page.locator("#selected").waitFor();
    const json = { content: { title: "Six", message: "Words." } };
    await server.call("POST", "/api/v2/notifications/custom", { token, json });
    await announced(page, "New notification: Six");
    const checked = () =>
      page
        .locator("#items li:has(.pick:checked) h2")
        .allTextContents()
        .then((all) => all.map((one) => one.replace("Unread: ", "").trim()));
    expect(await checked()).toEqual(["Five", "Four", "Three"]);
    expect(await focused(page)).toBe("Three");
    await page.keyboard.press("u");
    await announced(page, "Marked as read");
    expect(await page.title()).toBe("(3) Inbox · Belfry");
    expect(await page.locator("#selected").isVisible()).toBe(false);

    // With the mouse: a box, then Shift and another one; the snooze of the selection.
    const box = (title: string) => boxOf(page, title);
    await box("Four").click();
    await box("Two").click({ modifiers: ["Shift"] });
    await announced(page, "3 selected");
    await page.getByRole("button", { name: "Snooze" }).click();
    await page.getByRole("button", { name: "In an hour" }).click();
    await announced(page, "Snoozed");
    expect(await titles(page)).toEqual(["Six", "Five", "One"]);
    await page.keyboard.press("z");
    await announced(page, "Undone");
    await box("One").click();
    await announced(page, "1 selected");
    await page.keyboard.press("Escape");
    await announced(page, "Nothing selected");
    await box("One").click();
    await page.keyboard.press("e");
    await announced(page, "Done");
    expect(await titles(page)).toEqual(["Six", "Five", "Four", "Three", "Two"]);
  },
);

browserTest(
  "without scripts several are selected and done, and the bar appears with the first one",
  async () => {
    const { server, token } = await start("One", "Two", "Three");
    const page = await open(server, { token, javaScriptEnabled: false });
    await page.goto("/inbox");
    const box = (title: string) => boxOf(page, title);
    expect(await page.locator("#selected").isVisible()).toBe(false);
    await box("Two").check();
    await box("One").check();
    await page.locator("#selected").getByRole("button", { name: "Done" }).click();
    await page.getByText("Marked as done.").waitFor();
    await expect.poll(() => titles(page)).toEqual(["Three"]);
  },
);

browserTest("a button to another site leads there and marks as read, with and without scripts", async () => {
  const { server, token } = await start("Build failed");
  const other = await startTestServer();
  await server.sql(`UPDATE inbox_notifications SET actions = '[{"label":"Log","url":"${other.url}/docs"}]'`);
  for (const javaScriptEnabled of [true, false]) {
    await server.sql("UPDATE inbox_notifications SET read_at = NULL");
    const page = await open(server, { token, javaScriptEnabled });
    await page.goto("/inbox");
    await page.locator("#items summary").click();
    await page.getByRole("button", { name: "Log" }).click();
    await arriveAt(page, "/docs");
    expect(new URL(page.url()).origin).toBe(other.url);
    expect(await server.sql("SELECT read_at IS NULL AS unread FROM inbox_notifications")).toEqual([
      { unread: 0 },
    ]);
  }
});

browserTest("what fails is said where everybody sees it, and can be tried again", async () => {
  const { server, token } = await start("One");
  const page = await open(server, { token, expected: /ERR_FAILED/ });
  await page.goto("/inbox");
  await page.route("**/done", (route) => route.abort(), { times: 1 });
  await page.locator("#items summary").focus();
  await page.keyboard.press("e");
  await page.locator("#live", { hasText: "Request failed. Try again." }).waitFor();
  await page.keyboard.press("e");
  await page.getByText("Marked as done.").waitFor();
});

browserTest("what needs one is one of the lists", async () => {
  const { server, token } = await start();
  const page = await open(server, { token, javaScriptEnabled: false });
  await page.goto("/inbox?show=unread");
  await page.getByRole("link", { name: "Needs you", exact: true }).click();
  await arriveAt(page, "/inbox/needs-you");
  const current = page.locator(".tabs [aria-current=page]");
  expect(await current.textContent()).toBe("Needs you");
  await page.getByRole("link", { name: "Done", exact: true }).click();
  await arriveAt(page, "/inbox?show=done");
  expect(await current.textContent()).toBe("Done");
});

browserTest("the filters open in place, close with Escape, and one is a press away", async () => {
  const { server, token } = await start("One", "Two");
  const page = await open(server, { token });
  await page.goto("/inbox");
  await page.evaluate(() => (document.body.dataset["same"] = "yes"));
  await page.getByRole("link", { name: "Filter" }).click();
  await page.locator("details#filters[open]").waitFor();
  expect(await page.evaluate(() => document.body.dataset["same"])).toBe("yes");
  await page.keyboard.press("Escape");
  expect(await page.locator("details#filters").getAttribute("open")).toBeNull();
  await page.locator("#filters summary").click();
  await page.getByRole("link", { name: "Custom notification" }).click();
  await arriveAt(page, "/inbox?kind=custom-notification");
  expect(await titles(page)).toEqual(["Two", "One"]);
  await page.getByRole("link", { name: "Remove the filter" }).click();
  await arriveAt(page, "/inbox");
});
