// Push messages in a real browser, as far as it goes without a push service: the service worker shows what it gets.
import { expect } from "vitest";
import { browserTest, useBrowser } from "../support/browser.ts";
import { createClock, signInFirst, startTestServer } from "../support/server.ts";

const open = useBrowser();

browserTest(
  "the service worker shows a message; a browser without push service is told what it has instead",
  async () => {
    const server = await startTestServer({ clock: createClock(Date.now()) });
    const { token } = await signInFirst(server);
    const page = await open(server, {
      token,
      permissions: ["notifications"],
      expected: /Push API in incognito/,
    });
    await page.goto("/settings/notifications");
    await page.getByRole("button", { name: "Turn on in this browser" }).click();
    // Chromium here reaches no push service.
    await page.getByText("This browser can't get notifications while Belfry is closed.").waitFor();
    expect(await page.evaluate(() => localStorage.getItem("belfry-notify"))).toBe("on");

    const client = await page.context().newCDPSession(page);
    const registered = new Promise<string>((resolve) =>
      client.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
        const own = registrations.find(({ scopeURL }) => scopeURL === `${server.url}/`);
        if (own !== undefined) resolve(own.registrationId);
      }),
    );
    await client.send("ServiceWorker.enable");
    const content = { title: "Task failed", body: "Two errors.", url: "/workspaces", tag: "t" };
    const registrationId = await registered;
    // Chromium drops what comes before its worker has started; another one of the same tag takes its place.
    const shown = async () => {
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
      const data = JSON.stringify(content);
      await client.send("ServiceWorker.deliverPushMessage", { origin: server.url, registrationId, data });
      return page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready;
        const notifications = await registration.getNotifications();
        return notifications.map(({ title, body, tag }) => ({ title, body, tag }));
      });
    };
    await expect.poll(shown).toEqual([{ title: "Task failed", body: "Two errors.", tag: "t" }]);
  },
);
