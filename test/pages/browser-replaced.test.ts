// An open inbox whose list is replaced: what the reader has opened stays, and changes are heard once. Also at another instance.
import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest, useBrowser } from "../support/browser.ts";
import { createClock, owner, signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { startTask } from "../support/task.ts";

const open = useBrowser();

async function start(...titles: string[]) {
  const server = await startTestServer({ clock: createClock(Date.now()) });
  const { token } = await signInFirst(server);
  for (const title of titles) await send(server, token, title);
  return { server, token };
}

async function send(server: TestServer, token: string, title: string) {
  const json = { content: { title, message: "Some words of the message." } };
  expect((await server.call("POST", "/api/v2/notifications/custom", { token, json })).status).toBe(204);
}

async function goLive(page: Page, path = "/inbox") {
  const connected = page.waitForResponse(/inbox\/events/);
  await page.goto(path);
  await connected;
}

const rowOf = (page: Page, title: string) =>
  page.locator("#items > li").filter({ has: page.locator("h2", { hasText: title }) });
const twelve = Array.from({ length: 12 }, (_, index) => `Build ${index + 1}.`);

/** More changes than a stream names, so that open pages read their list again. */
const readAll = (server: TestServer, token: string) =>
  server.call("PUT", "/api/v2/notifications/inbox/mark-all-as-read", { token });

browserTest(
  "a menu, an open row, a selection and what is being typed outlive a list that is replaced",
  async () => {
    const { server, token } = await start(...twelve);
    const page = await open(server, { token });
    await goLive(page);
    await page.getByRole("link", { name: "Filter" }).click();
    await page.locator("details#filters[open]").waitFor();
    const row = rowOf(page, "Build 3.");
    // Neither by the pointer: a press elsewhere closes the menu.
    await row.evaluate((one) => (one.querySelector("details")!.open = true));
    await rowOf(page, "Build 5.").evaluate(
      (one) => (one.querySelector<HTMLInputElement>(".pick")!.checked = true),
    );
    await row.evaluate((one) => getSelection()!.selectAllChildren(one.querySelector(".prose p")!));
    await page.locator("#filters summary").focus();
    await readAll(server, token);
    await expect.poll(() => page.locator("#items .unread").count()).toBe(0);
    await row.getByRole("button", { name: "Mark as unread" }).waitFor();
    expect(await page.locator("details#filters").getAttribute("open")).toBe("");
    expect(await page.getByRole("link", { name: "Custom notification", exact: true }).isVisible()).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.closest("details")?.id)).toBe("filters");
    expect(await page.evaluate(() => getSelection()!.toString())).toBe("Some words of the message.");
    expect(await page.locator("#items li:has(.pick:checked) h2").allTextContents()).toEqual(["Build 5."]);

    // A search that is being typed, while somebody undoes it all.
    await page.locator("#inbox [type=search]").pressSequentially("buil");
    await page.locator("#inbox [type=search]").press("ArrowLeft");
    await server.sql("UPDATE inbox_notifications SET read_at = NULL");
    await send(server, token, "Another one");
    await expect.poll(() => page.locator("#items .unread").count()).toBe(13);
    expect(
      await page.evaluate(() => {
        const { type, value, selectionStart } = document.activeElement as HTMLInputElement;
        return { type, value, selectionStart };
      }),
    ).toEqual({ type: "search", value: "buil", selectionStart: 3 });
  },
);

browserTest("the choices of a snooze stay open, and snooze what they were opened for", async () => {
  const { server, token } = await start(...twelve);
  const page = await open(server, { token });
  await goLive(page);
  await rowOf(page, "Build 11.").locator("summary").focus();
  await page.keyboard.press("s");
  await page.locator("#snooze").waitFor();
  await readAll(server, token);
  await expect.poll(() => page.locator("#items .unread").count()).toBe(0);
  expect(await page.locator("#snooze").isVisible()).toBe(true);
  await page.getByRole("button", { name: "In an hour" }).click();
  await rowOf(page, "Build 11.").waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.querySelector("h2")?.textContent)).toBe(
    "Build 10.",
  );
});

/** All that the live region has said. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const region = document.querySelector("#announcer")!;
    const said: string[] = [];
    Object.assign(globalThis, { said });
    new MutationObserver(() => said.push(region.textContent)).observe(region, { childList: true });
  });
  return () => page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
}

browserTest(
  "a screen reader hears each notification once: in one of two tabs, and many together",
  async () => {
    const { server, token } = await start(...twelve);
    const first = await open(server, { token });
    // Time stands still but where the test lets it go on.
    await first.clock.install();
    await first.clock.pauseAt(Date.now() + 60_000);
    await goLive(first);
    const second = await first.context().newPage();
    await goLive(second);
    const heard = await Promise.all([listen(first), listen(second)]);
    const both = async () => (await Promise.all(heard.map((one) => one()))).flat();
    const shown = (title: string) => Promise.all([first, second].map((page) => rowOf(page, title).waitFor()));

    await send(server, token, "One");
    await shown("One");
    expect(await both()).toEqual(["New notification: One"]);
    await readAll(server, token);
    for (const page of [first, second])
      await expect.poll(() => page.locator("#items .unread").count()).toBe(0);
    expect(await both()).toEqual(["New notification: One"]);
    // The other tab takes over the stream: some time after the browser has given it the lock.
    let isBack = false;
    first.on("response", (response) => (isBack ||= response.url().includes("inbox/events")));
    await second.close();
    await expect
      .poll(async () => {
        await first.clock.runFor(1_000);
        return isBack;
      })
      .toBe(true);
    const inFirst = heard[0]!;
    await send(server, token, "Two");
    await rowOf(first, "Two").waitFor();
    for (const title of ["Three", "Four", "Five"]) await send(server, token, title);
    await rowOf(first, "Five").waitFor();
    expect(await inFirst()).toEqual(["New notification: Two"]);
    await first.clock.runFor(3_000);
    expect(await inFirst()).toEqual(["New notification: Two", "3 new notifications, the latest: Five"]);
    await first.clock.runFor(10_000);
    await send(server, token, "Six");
    await rowOf(first, "Six").waitFor();
    expect((await inFirst()).slice(2)).toEqual(["New notification: Six"]);
  },
);

browserTest("what is done in one browser is seen in another one, at another instance", async () => {
  const { server, member, status, workspaceId } = await startTask({
    server: { clock: createClock(Date.now()) },
  });
  const other = await startTestServer({ folder: server.folder, clock: server.clock });
  const { token } = member;
  const [here, there] = [await open(server, { token }), await open(other, { token })];
  await Promise.all([goLive(here), goLive(there)]);
  await send(server, token, "A build");
  await Promise.all([here, there].map((page) => rowOf(page, "A build").waitFor()));
  const [mine, theirs] = [rowOf(here, "A build"), rowOf(there, "A build")];
  const classOf = () => theirs.getAttribute("class");

  await mine.locator("summary").focus();
  await here.keyboard.press("u");
  await expect.poll(classOf).toBe("item");
  await here.keyboard.press("u");
  await expect.poll(classOf).toBe("item unread");
  await here.keyboard.press("e");
  await theirs.waitFor({ state: "detached" });
  await here.keyboard.press("z");
  await theirs.waitFor();
  await mine.locator("summary").focus();
  await here.keyboard.press("s");
  await here.getByRole("button", { name: "In an hour" }).click();
  await theirs.waitFor({ state: "detached" });
  await here.keyboard.press("z");
  await theirs.waitFor();

  // A situation: it opens and ends; once its workspace is muted, it opens no more.
  await status("idle", randomUUID());
  await server.settled();
  const task = (page: Page) => rowOf(page, "Task waiting for you");
  await Promise.all([here, there].map((page) => task(page).waitFor()));
  server.clock.advance(60_000);
  await status("working");
  await expect
    .poll(() => task(there).locator(".subject").textContent())
    .toMatch(/^Working again after 1 min/);
  await task(here).locator("summary").click();
  await task(here).getByRole("button", { name: "Mute workspace" }).click();
  await here.getByText("Muted workspace").waitFor();
  server.clock.advance(3_600_000);
  await status("idle", "again");
  await server.settled();
  await send(other, token, "The last one");
  await rowOf(there, "The last one").waitFor();
  expect(await task(there).count()).toBe(1);
  expect(await task(there).getAttribute("class")).toBe("item");
  const mutes = await other.call("GET", "/api/v2/notifications/mutes", { token });
  expect(mutes.json).toMatchObject([{ thing: "workspace", thing_id: workspaceId }]);
});

browserTest(
  "a session that has ended reloads the page once, and no navigation is aborted by it",
  async () => {
    const { server, token } = await start("One");
    const page = await open(server, { token, expected: /status of 401/ });
    const asked: string[] = [];
    page.on("request", (request) => {
      if (request.isNavigationRequest()) asked.push(new URL(request.url()).pathname);
    });
    const failed: string[] = [];
    page.on("requestfailed", (request) => {
      if (request.isNavigationRequest()) failed.push(request.url());
    });
    /** Several scripts learn of it, before or after something else has begun. */
    const learn = (isGoing: boolean) =>
      page.evaluate(async (going) => {
        const { src } = document.querySelector<HTMLScriptElement>("script[src*=live]")!;
        const { isSignedOut } = (await import(src)) as { isSignedOut: (answer: Response) => boolean };
        const answer = await fetch("/inbox");
        if (going) {
          const begun = new Promise((resolve) => addEventListener("beforeunload", resolve));
          location.assign("/workspaces");
          await begun;
        }
        return [isSignedOut(answer), isSignedOut(answer)];
      }, isGoing);
    await goLive(page);
    await server.call("POST", "/api/v2/users/logout", { token });
    expect(await learn(false)).toEqual([true, true]);
    await page.getByLabel("Password").waitFor();
    expect(asked).toEqual(["/inbox", "/inbox", "/login"]);
    expect(new URL(page.url()).search).toBe("?next=%2Finbox");

    const { email, password } = owner;
    const login = await server.call("POST", "/api/v2/users/login", { json: { email, password } });
    const key = login.json.session_token;
    await page.context().addCookies([{ name: "coder_session_token", value: key, url: server.url }]);
    await goLive(page);
    await server.call("POST", "/api/v2/users/logout", { token: key });
    expect(await learn(true)).toEqual([true, true]);
    await page.getByLabel("Password").waitFor();
    expect(new URL(page.url()).search).toBe("?next=%2Fworkspaces");
    expect(failed).toEqual([]);
  },
);
