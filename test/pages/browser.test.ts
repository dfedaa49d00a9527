// The pages in a real browser: set-up to inbox, live and without scripts, light and dark, on a phone.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { createUnsubscribeToken } from "../../src/notifications/preferences/unsubscribe.ts";
import { arriveAt, browserTest, useBrowser } from "../support/browser.ts";
import { checkLooks } from "../support/looks.ts";
import {
  createClock,
  owner,
  signInFirst,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from "../support/server.ts";

const open = useBrowser();

/** By the machine's clock, because the browser keeps a cookie by its own. */
const start = (options: TestServerOptions = {}) =>
  startTestServer({ clock: createClock(Date.now()), ...options });

async function send(server: TestServer, token: string, title: string, message = "Words.") {
  const answer = await server.call("POST", "/api/v2/notifications/custom", {
    token,
    json: { content: { title, message } },
  });
  expect(answer.status).toBe(204);
}

const titles = (page: Page) =>
  page
    .locator("#items h2")
    .allTextContents()
    .then((all) => all.map((title) => title.replace("Unread: ", "").trim()));

/** Waits until the page has announced it; answers the titles then. */
async function titlesOnceShown(page: Page, title: string): Promise<string[]> {
  const words = new RegExp(`^New notification: ${title}$`);
  await page.locator("#announcer", { hasText: words }).waitFor({ state: "attached" });
  return titles(page);
}

async function fillSetup(page: Page) {
  await page.getByLabel("Email address").fill(owner.email);
  await page.getByLabel("Username").fill(owner.username);
  await page.getByLabel("Your name").fill(owner.name);
  await page.getByLabel("Password").fill(owner.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await arriveAt(page, "/inbox");
}

async function signInByForm(page: Page) {
  await page.getByLabel("Email address").fill(owner.email);
  await page.getByLabel("Password").fill(owner.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await arriveAt(page, "/inbox");
}

browserTest("from the set-up one gets to the inbox, where a notification appears by itself", async () => {
  const server = await start();
  const page = await open(server);
  const connected = page.waitForResponse(/inbox\/events/);
  await page.goto("/");
  server.secret(owner.password);
  await fillSetup(page);
  await page.getByText("npx belfry notifications custom").waitFor();
  await connected;
  expect(await page.locator("#items").isVisible()).toBe(false);
  await page.evaluate(() => (document.body.dataset["same"] = "yes"));
  const key = (await page.context().cookies()).find(({ name }) => name === "coder_session_token")!.value;
  server.secret(key);
  await send(server, key, "First", "It *works*");
  expect(await titlesOnceShown(page, "First")).toEqual(["First"]);
  expect(await page.title()).toBe("(1) Inbox · Belfry");
  expect(await page.locator("#items em").textContent()).toBe("works");
  expect(await page.locator(".empty").count()).toBe(0);
  await send(server, key, "Second");
  expect(await titlesOnceShown(page, "Second")).toEqual(["Second", "First"]);
  expect(await page.locator("#count").textContent()).toBe("2 unread");
  expect(await page.evaluate(() => document.body.dataset["same"])).toBe("yes");
});

browserTest("many at once appear newest first, each once", async () => {
  const server = await start();
  const { token } = await signInFirst(server);
  const page = await open(server, { token });
  const connected = page.waitForResponse(/inbox\/events/);
  await page.goto("/inbox");
  await connected;
  for (let number = 1; number <= 12; number += 1) await send(server, token, `n${number}.`);
  const expected = Array.from({ length: 12 }, (_, index) => `n${12 - index}.`);
  await page.locator("#items h2", { hasText: "n12." }).waitFor();
  expect(await titles(page)).toEqual(expected);
  await page.reload();
  expect(await titles(page)).toEqual(expected);
});

browserTest("what happens while the page is on its way is not lost", async () => {
  const server = await start();
  const { token } = await signInFirst(server);
  await send(server, token, "Before");
  const page = await open(server, { token });
  await page.route(
    /inbox\/events/,
    async (route) => {
      await send(server, token, "Meanwhile");
      await route.continue();
    },
    { times: 1 },
  );
  await page.goto("/inbox");
  expect(await titlesOnceShown(page, "Meanwhile")).toEqual(["Meanwhile", "Before"]);
});

browserTest("after a restart of the server the open page goes on from where it was", async () => {
  const first = await start();
  const { token } = await signInFirst(first);
  const page = await open(first, { token, expected: /Failed to load resource: net::ERR_/ });
  const connected = page.waitForResponse(/inbox\/events/);
  await page.goto("/inbox");
  await connected;
  await send(first, token, "Before");
  await titlesOnceShown(page, "Before");
  await first.stop();
  const second = await start({
    folder: first.folder,
    environment: { BELFRY_HTTP_ADDRESS: `127.0.0.1:${first.config.port}` },
  });
  await send(second, token, "After");
  expect(await titlesOnceShown(page, "After")).toEqual(["After", "Before"]);
});

browserTest("marking works in place, with the keyboard's focus kept", async () => {
  const server = await start();
  const { token } = await signInFirst(server);
  for (const title of ["One", "Two", "Three"]) await send(server, token, title);
  const page = await open(server, { token });
  await page.goto("/inbox");
  await page.evaluate(() => (document.body.dataset["same"] = "yes"));
  const two = page.locator("#items li", { hasText: "Two" });
  await two.locator("summary").click();
  await two.getByRole("button", { name: "Mark as read" }).focus();
  await page.keyboard.press("Enter");
  await page.locator("#announcer", { hasText: "Marked as read" }).waitFor({ state: "attached" });
  expect(await page.title()).toBe("(2) Inbox · Belfry");
  expect(await two.getAttribute("class")).toBe("item");
  expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe("Mark as unread");
  await page.keyboard.press("Enter");
  await page.locator("#announcer", { hasText: "Marked as unread" }).waitFor({ state: "attached" });
  expect(await page.title()).toBe("(3) Inbox · Belfry");
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await page.locator("#announcer", { hasText: "All marked as read" }).waitFor({ state: "attached" });
  expect(await page.title()).toBe("Inbox · Belfry");
  expect(await page.locator("#items .unread").count()).toBe(0);
  expect(await page.getByRole("button", { name: "Mark all as read" }).isVisible()).toBe(false);
  expect(await titles(page)).toEqual(["Three", "Two", "One"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.locator("#announcer", { hasText: "Undone" }).waitFor({ state: "attached" });
  expect(await page.title()).toBe("(3) Inbox · Belfry");
  expect(await page.evaluate(() => document.body.dataset["same"])).toBe("yes");
});

browserTest("by the keyboard alone one goes through the inbox, and undoes what was a slip", async () => {
  const server = await start();
  const { token } = await signInFirst(server);
  for (const title of ["One", "Two", "Three", "Four"]) await send(server, token, title);
  const page = await open(server, { token });
  await page.goto("/inbox");
  const said = (message: string) =>
    page.locator("#announcer", { hasText: new RegExp(`^${message}$`) }).waitFor({ state: "attached" });
  const focused = () => page.evaluate(() => document.activeElement?.querySelector("h2")?.textContent?.trim());
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await press("j", "j");
  expect(await focused()).toBe("Unread: Three");
  await press("e");
  await said("Done");
  expect(await titles(page)).toEqual(["Four", "Two", "One"]);
  expect(await focused()).toBe("Unread: Two");
  expect(await page.title()).toBe("(3) Inbox · Belfry");
  await press("z");
  await said("Undone");
  expect(await titles(page)).toEqual(["Four", "Three", "Two", "One"]);
  expect(await page.title()).toBe("(4) Inbox · Belfry");
  await press("j", "u");
  await said("Marked as read");
  expect(await focused()).toBe("Four");
  await press("o");
  await page.locator("#items details[open]", { hasText: "Four" }).waitFor();
  await press("/");
  await page.keyboard.type("thr");
  await press("Enter");
  await arriveAt(page, "/inbox?q=thr");
  expect(await titles(page)).toEqual(["Three"]);
  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: /^Inbox/ })
    .click();
  await arriveAt(page, "/inbox");
  await press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await press("e", "Escape");
  expect(await titles(page)).toEqual(["Four", "Three", "Two", "One"]);
});

browserTest("what is done is a list that stays as it is, and from which one takes back", async () => {
  const server = await start();
  const { token } = await signInFirst(server);
  for (const title of ["One", "Two"]) await send(server, token, title);
  const page = await open(server, { token });
  const said = (message: string) =>
    page.locator("#announcer", { hasText: new RegExp(`^${message}$`) }).waitFor({ state: "attached" });
  await page.goto("/inbox");
  await page.getByRole("button", { name: "Mark all as done" }).click();
  await said("All done");
  await page.getByRole("heading", { name: "All done" }).waitFor();
  const connected = page.waitForResponse(/inbox\/events/);
  await page.getByRole("link", { name: "Done", exact: true }).click();
  await connected;
  await send(server, token, "Three");
  expect(await titlesOnceShown(page, "Three")).toEqual(["Two", "One"]);
  await page.locator("#items summary").first().click();
  await page.getByRole("button", { name: "Move to inbox" }).click();
  await said("Moved to the inbox");
  expect(await titles(page)).toEqual(["One"]);
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await arriveAt(page, "/inbox");
  expect(await titles(page)).toEqual(["Three", "Two"]);
});

browserTest(
  "a screen shows fourteen notifications, a phone eight, and a link opens the one it names",
  async () => {
    const server = await start();
    const { token } = await signInFirst(server);
    for (let number = 1; number <= 20; number += 1)
      await send(server, token, `Nightly build ${number} of the parser`);
    const page = await open(server, { token });
    for (const [width, height, rows, maxHeight] of [
      [1_280, 900, 14, 44],
      [390, 844, 8, 60],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.goto("/inbox");
      const boxes = await page.locator("#items summary").evaluateAll((all) =>
        all.map((row) => {
          const { height: tall, bottom } = row.getBoundingClientRect();
          return { tall, bottom };
        }),
      );
      expect(boxes.filter(({ bottom }) => bottom <= height).length).toBeGreaterThanOrEqual(rows);
      expect(Math.max(...boxes.map(({ tall }) => tall))).toBeLessThanOrEqual(maxHeight);
    }
    const id = await page.locator("#items > li").nth(3).getAttribute("id");
    await page.goto("/docs");
    await page.goto(`/inbox#${id}`);
    await page.locator("#items details[open]", { hasText: "Nightly build 17 of the parser" }).waitFor();
  },
);

browserTest("switches work in place, with the keyboard's focus kept, and hold", async () => {
  const server = await start();
  const { token } = await signInFirst(server);
  const page = await open(server, { token, expected: /status of 401/ });
  await page.goto("/settings/notifications");
  await page.evaluate(() => (document.body.dataset["same"] = "yes"));
  const toggle = page.getByRole("switch", { name: "Test notification" });
  expect(await toggle.getAttribute("aria-checked")).toBe("true");
  await toggle.focus();
  await page.keyboard.press("Space");
  await page.getByRole("switch", { name: "Test notification", checked: false }).waitFor();
  expect(await toggle.getAttribute("aria-checked")).toBe("false");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("switch");
  expect(await page.evaluate(() => document.body.dataset["same"])).toBe("yes");
  await page.reload();
  expect(await toggle.getAttribute("aria-checked")).toBe("false");
  await server.call("POST", "/api/v2/users/logout", { token });
  await toggle.click();
  await arriveAt(page, "/login?next=%2Fsettings%2Fnotifications");
});

browserTest("a key for the terminal and the code of a document are copied with a press", async () => {
  const server = await start();
  const { token } = await signInFirst(server);
  const page = await open(server, { token, permissions: ["clipboard-read", "clipboard-write"] });
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await page.goto("/cli-auth");
  await page.getByRole("button", { name: "Create token" }).click();
  const key = server.secret(await page.getByLabel("Token").inputValue());
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  expect(await copied()).toBe(key);
  expect((await server.call("GET", "/api/v2/users/me", { token: key })).status).toBe(200);
  await page.goto("/docs/administration/monitoring/alerts");
  const block = page.locator(".copied").first();
  await block.hover();
  await block.getByRole("button", { name: "Copy" }).click();
  await block.getByRole("button", { name: "Copied" }).waitFor();
  expect(await copied()).toBe((await block.locator("pre").textContent())!.trimEnd());
});

browserTest("with the session ended meanwhile a click leads to the sign-in, and back", async () => {
  const server = await start();
  const { token } = await signInFirst(server);
  await send(server, token, "One");
  const page = await open(server, { token, expected: /status of 401/ });
  const connected = page.waitForResponse(/inbox\/events/);
  await page.goto("/inbox");
  await connected;
  await server.call("POST", "/api/v2/users/logout", { token });
  await page.locator("#items summary").click();
  await page.getByRole("button", { name: "Mark as read", exact: true }).click();
  await arriveAt(page, "/login?next=%2Finbox");
  await signInByForm(page);
  expect(await titles(page)).toEqual(["One"]);
});

browserTest("a page whose session has ended finds the sign-in by itself when it reconnects", async () => {
  const server = await start();
  const { token } = await signInFirst(server);
  const page = await open(server, { token, expected: /status of 401/ });
  await page.route(
    /inbox\/events/,
    async (route) => {
      await server.call("POST", "/api/v2/users/logout", { token });
      await route.continue();
    },
    { times: 1 },
  );
  // The script may lead away before all of the page has come.
  await page.goto("/inbox", { waitUntil: "commit" });
  await arriveAt(page, "/login?next=%2Finbox");
});

browserTest("without scripts everything but the live part works", async () => {
  const server = await start();
  const page = await open(server, { javaScriptEnabled: false });
  await page.goto("/");
  server.secret(owner.password);
  await fillSetup(page);
  const key = (await page.context().cookies()).find(({ name }) => name === "coder_session_token")!.value;
  server.secret(key);
  for (let number = 1; number <= 27; number += 1) await send(server, key, `n${number}.`);
  await page.goto("/inbox");
  await expect.poll(async () => (await titles(page)).slice(0, 2)).toEqual(["n27.", "n26."]);
  await page.getByRole("link", { name: "Older" }).click();
  await expect.poll(() => titles(page)).toEqual(["n2.", "n1."]);
  await page.locator("#items summary").first().click();
  await page.getByRole("button", { name: "Mark as read", exact: true }).click();
  await expect.poll(() => page.url()).toMatch(/before=.*&open=.*#n-/);
  await page.getByRole("button", { name: "Mark as unread" }).waitFor();
  await expect.poll(() => page.title()).toBe("(26) Inbox · Belfry");
  await page.getByRole("link", { name: "Unread", exact: true }).click();
  await page.getByRole("link", { name: "Older" }).click();
  await expect.poll(() => titles(page)).toEqual(["n1."]);
  server.clock.advance(1_000);
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await expect.poll(() => page.title()).toBe("Inbox · Belfry");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => page.title()).toBe("(26) Inbox · Belfry");
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await page.getByText("Deployment", { exact: true }).click();
  await page.getByRole("link", { name: "Delivery" }).click();
  await page.getByRole("button", { name: "Pause delivery" }).click();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Send test notification" }).click();
  await page
    .getByRole("link", { name: /^Inbox/ })
    .first()
    .click();
  await expect.poll(async () => (await titles(page))[0]).toBe("Test notification");
  await page.locator("#items summary").first().click();
  await page.getByRole("button", { name: "View notification settings" }).click();
  await page.getByRole("heading", { name: "Delivery", level: 1 }).waitFor();
  await page
    .getByRole("link", { name: /^Inbox/ })
    .first()
    .click();
  await expect.poll(() => page.title()).toBe("Inbox · Belfry");
  await page.locator(".who").click();
  await page.getByRole("link", { name: "Notification settings" }).click();
  await page.getByRole("switch", { name: "Custom notification" }).click();
  const off = page.getByRole("switch", { name: "Custom notification", checked: false });
  await expect.poll(() => off.count()).toBe(1);
  await off.click();
  await expect.poll(() => off.count()).toBe(0);
  await page.getByRole("contentinfo").getByRole("link", { name: "Documentation" }).click();
  await page.getByRole("heading", { level: 1, name: "Documentation" }).waitFor();
  await page.goto("/inbox");
  await page.locator(".who").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You are signed out.").waitFor();
  await page.goto("/inbox");
  await arriveAt(page, "/login?next=%2Finbox");
  await signInByForm(page);
});

const customKind = "39b1e189-c857-4b0c-877a-511144c18516";
const longWord = "x".repeat(100);
const wide = `\`\`\`\n${longWord} ${longWord}\n\`\`\`\n\n| ${longWord} | b |\n|--|--|\n| 1 | 2 |\n\nhttps://example.com/${longWord} ${longWord}`;

browserTest("light or dark, narrow or wide, nothing scrolls sideways and all can be hit", async () => {
  const server = await start();
  const options = { expected: /status of 404/ };
  const stranger = await open(server, options);
  await checkLooks(stranger, "/setup");
  const { token, userId } = await signInFirst(server);
  await server.sql("UPDATE users SET username = 'w-23456789-123456789-123456789-12' WHERE username = 'ada'");
  await checkLooks(stranger, "/login");
  await checkLooks(stranger, "/nowhere");
  const page = await open(server, { ...options, token });
  await checkLooks(page, "/inbox");
  await server.call("POST", "/api/v2/notifications/test", { token });
  await send(server, token, `A long title ${longWord}`, wide);
  for (const path of [
    "/inbox",
    "/inbox?show=unread",
    "/deployment/notifications",
    "/deployment/users",
    "/settings/notifications",
    `/settings/notifications?disabled=${customKind}`,
    `/unsubscribe?token=${createUnsubscribeToken(server.deps(), { userId, templateId: customKind })}`,
    "/cli-auth",
    "/docs",
    "/docs/administration/monitoring/alerts",
    "/nowhere",
  ])
    await checkLooks(page, path);
});

browserTest("with the keyboard alone one sees where one is, and can skip the header", async () => {
  const server = await start();
  const { token } = await signInFirst(server);
  await send(server, token, "One");
  const page = await open(server, { token });
  await page.goto("/inbox");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  expect((await skip.boundingBox())!.y).toBeGreaterThanOrEqual(0);
  const focused = () =>
    page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement!);
      return {
        words: document.activeElement!.textContent!.trim().replace(/\s+/g, " "),
        outline: `${outlineStyle} ${outlineWidth}`,
      };
    });
  const order: string[] = [];
  for (let presses = 0; presses < 12; presses += 1) {
    await page.keyboard.press("Tab");
    const { words, outline } = await focused();
    expect([words, outline]).toEqual([words, "solid 3px"]);
    order.push(words);
  }
  expect(order).toEqual([
    "Belfry",
    "Inbox 1 unread",
    "Workspaces",
    "Tasks",
    "Agents",
    "Templates",
    "Deployment",
    "Account: ada",
    "",
    "Search",
    "Inbox",
    "Unread",
  ]);
  await page.goto("/inbox");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement!.id)).toBe("main");
});

browserTest(
  "a menu opens by keyboard, closes the other, and closes with Escape or a press elsewhere",
  async () => {
    const server = await start();
    const { token } = await signInFirst(server);
    const page = await open(server, { token });
    await page.goto("/docs");
    const deployment = page.locator(".menu summary", { hasText: "Deployment" });
    const users = page.getByRole("link", { name: "Users", exact: true });
    await deployment.focus();
    await page.keyboard.press("Enter");
    await users.waitFor();
    await page.keyboard.press("Escape");
    expect(await users.isVisible()).toBe(false);
    expect(await deployment.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    await page.locator(".who").click();
    expect(await users.isVisible()).toBe(false);
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    await page.getByRole("heading", { level: 1 }).click();
    expect(await page.getByRole("button", { name: "Sign out" }).isVisible()).toBe(false);
  },
);
