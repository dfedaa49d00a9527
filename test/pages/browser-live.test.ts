// Live pages in a real browser: several tabs and devices, and what an inbox costs on the wire.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest, useBrowser } from "../support/browser.ts";
import { createClock, signInFirst, startTestServer, type TestServer } from "../support/server.ts";

const open = useBrowser();

const start = async () => {
  const server = await startTestServer({ clock: createClock(Date.now()) });
  return { server, ...(await signInFirst(server)) };
};

const message =
  "Build **#214** of [project](https://example.com/project/214) passed.\n\n- 312 tests passed\n- coverage 91.4 %";

const send = (server: TestServer, token: string, title: string) =>
  server.call("POST", "/api/v2/notifications/custom", { token, json: { content: { title, message } } });

async function goLive(page: Page, path: string) {
  const connected = page.waitForResponse(/inbox\/events/);
  await page.goto(path);
  await connected;
}

const titleIs = (page: Page, title: string) =>
  page.waitForFunction((wanted) => document.title === wanted, title);
const iconOf = (page: Page) =>
  page.evaluate(() => decodeURIComponent(document.querySelector<HTMLLinkElement>("link[rel=icon]")!.href));

browserTest("all tabs and devices of a person follow what is new, read and done", async () => {
  const { server, token } = await start();
  await send(server, token, "First");
  const inbox = await open(server, { token });
  const phone = await open(server, { token });
  await goLive(inbox, "/inbox");
  const other = await inbox.context().newPage();
  await goLive(other, "/workspaces");
  await goLive(phone, "/inbox");
  const fetched: string[] = [];
  for (const page of [inbox, other])
    page.on("request", (request) => void fetched.push(new URL(request.url()).pathname));

  await send(server, token, "Second");
  await Promise.all([
    titleIs(inbox, "(2) Inbox · Belfry"),
    titleIs(other, "(2) Workspaces · Belfry"),
    titleIs(phone, "(2) Inbox · Belfry"),
  ]);
  await inbox.locator("#items > li", { hasText: "Second" }).waitFor();
  expect(await iconOf(other)).toContain(">2</text>");
  expect(await other.locator("#unread").innerText()).toMatch(/^2/);

  // Read and done on the phone: the open row on the other device stays open, with the focus in it.
  const row = (page: Page, title: string) => page.locator("#items > li", { hasText: title });
  await row(inbox, "First").locator("summary").click();
  await row(phone, "First").locator("summary").click();
  await row(phone, "First").getByRole("button", { name: "Mark as read" }).click();
  await row(inbox, "First").getByRole("button", { name: "Mark as unread" }).waitFor();
  expect(await inbox.evaluate(() => document.activeElement?.closest("li")?.textContent)).toContain("First");
  await titleIs(other, "(1) Workspaces · Belfry");
  await row(phone, "Second").locator("summary").click();
  await row(phone, "Second").getByRole("button", { name: "Done" }).click();
  await row(inbox, "Second").waitFor({ state: "detached" });
  await Promise.all([titleIs(inbox, "Inbox · Belfry"), titleIs(other, "Workspaces · Belfry")]);
  expect(await iconOf(other)).not.toContain("</text>");
  // Both tabs share one stream, and no row was fetched for what it brought.
  expect(fetched.filter((path) => !/needs-you|^\/assets\//.test(path))).toEqual([]);

  // The tab with the stream goes away: the other one takes it over.
  const again = inbox.waitForResponse(/inbox\/events/);
  await other.close();
  await again;
  await send(server, token, "Third");
  await row(inbox, "Third").waitFor();
});

browserTest("a cold inbox takes six requests and 40 KiB, the next page no file", async () => {
  const { server, token } = await start();
  for (let number = 1; number <= 30; number += 1) await send(server, token, `Build ${number} passed`);
  const page = await open(server, { token });
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  let bytes = 0;
  client.on("Network.dataReceived", ({ encodedDataLength }) => void (bytes += encodedDataLength));
  client.on("Network.responseReceived", ({ response }) => void (bytes += response.encodedDataLength));
  const paths: string[] = [];
  client.on("Network.requestWillBeSent", ({ request }) => {
    if (!request.url.startsWith("data:")) paths.push(new URL(request.url).pathname);
  });
  await goLive(page, "/inbox");
  console.info(`${paths.length} requests, ${(bytes / 1_024).toFixed(1)} KiB`);
  expect(paths.length).toBeLessThanOrEqual(6);
  expect(bytes).toBeLessThan(40 * 1_024);

  const asked = new Map<string, string>();
  client.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (request.url.includes("/assets/")) asked.set(requestId, request.url);
  });
  client.on("Network.requestServedFromCache", ({ requestId }) => void asked.delete(requestId));
  client.on("Network.responseReceived", ({ requestId, response }) => {
    if (response.fromDiskCache === true) asked.delete(requestId);
  });
  await goLive(page, "/workspaces");
  await goLive(page, "/inbox");
  expect([...asked.values()]).toEqual([]);
});
