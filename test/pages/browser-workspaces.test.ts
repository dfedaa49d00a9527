// The pages of workspaces in a real browser: a build's page keeps itself true, and all of them look as they should.
import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { arriveAt, browserTest, useBrowser } from "../support/browser.ts";
import { checkLooks } from "../support/looks.ts";
import { createClock, signInFirst, startTestServer } from "../support/server.ts";
import { addProvisioner, addTemplate } from "../support/workspaces.ts";
import { addStatus } from "../support/stored.ts";

const open = useBrowser();
const longWord = "x".repeat(100);

/** A workspace with a build that a provisioner works on. */
async function startBuilding() {
  const server = await startTestServer({ clock: createClock(Date.now()) });
  const { token, userId } = await signInFirst(server);
  const { templateId } = await addTemplate(server, userId, "docker", { hasAiTask: true });
  const provisioner = await addProvisioner(server, userId, "builder-1");
  const json = { name: "web", template_id: templateId };
  await server.call("POST", "/api/v2/users/me/workspaces", { token, json });
  const acquireId = randomUUID();
  const { json: job } = await provisioner.acquire({ acquireId });
  const report = (action: string, body: unknown) =>
    provisioner.job("POST", job.job_id, action, body, acquireId);
  const log = (...outputs: string[]) =>
    report(
      "logs",
      outputs.map((output) => ({ level: "info", source: "provisioner", stage: "Planning", output })),
    );
  return { server, token, report, log };
}

const linesOf = (page: Page) => page.locator("#log span").allTextContents();
const isSame = (page: Page) => page.evaluate(() => document.body.dataset["same"]);

browserTest("the log of a build that goes on grows in place, until it has ended", async () => {
  const { server, token, report, log } = await startBuilding();
  const page = await open(server, { token });
  await page.clock.install();
  await page.goto("/@ada/web/builds/1");
  await page.evaluate(() => (document.body.dataset["same"] = "yes"));
  await page.getByText("Running; updates live.").waitFor();
  await log("one", "two");
  await page.clock.runFor(2_500);
  await page.getByText("two").waitFor();
  await log("three");
  await page.getByRole("link", { name: "ada/web" }).last().focus();
  await page.clock.runFor(2_500);
  await page.getByText("three").waitFor();
  expect(await linesOf(page)).toEqual(["one", "two", "three"]);
  expect(await page.locator("#log h3").allTextContents()).toEqual(["Planning"]);
  expect(await page.evaluate(() => document.activeElement?.getAttribute("href"))).toBe("/@ada/web");
  await report("fail", { error: "no disk left" });
  await page.clock.runFor(2_500);
  await page.locator("#announcer", { hasText: "Build 1 is failed" }).waitFor({ state: "attached" });
  expect(await page.locator(".problem").textContent()).toContain("no disk left");
  expect(await isSame(page)).toBe("yes");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.clock.runFor(30_000);
  expect(asked).toEqual([]);
});

browserTest("whoever reads the end of a log stays there, whoever reads above keeps the place", async () => {
  const { server, token, log } = await startBuilding();
  await log(...Array.from({ length: 100 }, (_, index) => `line ${index}`));
  const page = await open(server, { token, viewport: { width: 800, height: 600 } });
  await page.clock.install();
  await page.goto("/@ada/web/builds/1");
  const place = () =>
    page.evaluate(() => ({
      top: scrollY,
      left: document.documentElement.scrollHeight - innerHeight - scrollY,
    }));
  await page.evaluate(() => scrollTo(0, 300));
  await log("further 1");
  await page.clock.runFor(2_500);
  await page.getByText("further 1").waitFor();
  expect((await place()).top).toBe(300);
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await log(...Array.from({ length: 50 }, (_, index) => `still ${index}`));
  await page.clock.runFor(2_500);
  await page.getByText("still 49").waitFor();
  expect((await place()).left).toBeLessThan(5);
});

browserTest("a connection that breaks is shown, and opened again", async () => {
  const { server, token, log } = await startBuilding();
  const page = await open(server, { token, expected: /Failed to load resource/ });
  await page.clock.install();
  await page.goto("/@ada/web/builds/1");
  await page.route(/builds\/1/, (route) => route.abort());
  await page.clock.runFor(2_500);
  await page.getByText("Connection lost.").waitFor();
  await page.unroute(/builds\/1/);
  await log("one");
  await page.clock.runFor(5_000);
  await page.getByText("one", { exact: true }).waitFor();
  expect(await page.locator("#live").isVisible()).toBe(false);
});

browserTest("a session that has ended meanwhile leads to the sign-in", async () => {
  const { server, token } = await startBuilding();
  const page = await open(server, { token, expected: /status of 401/ });
  await page.clock.install();
  await page.goto("/@ada/web");
  await server.call("POST", "/api/v2/users/logout", { token });
  // Its answer leads away from the page, which is to have done with its clock by then.
  const { promise: isAsked, resolve: answer } = Promise.withResolvers<void>();
  await page.route(/@ada\/web/, (route) => isAsked.then(() => route.continue()), { times: 1 });
  await page.clock.runFor(6_000);
  answer();
  await arriveAt(page, "/login?next=%2F%40ada%2Fweb");
});

browserTest("without scripts the page of a build comes again by itself", async () => {
  const { server, token, log } = await startBuilding();
  const page = await open(server, { token, javaScriptEnabled: false });
  await page.goto("/@ada/web/builds/1");
  await log("one");
  await page.getByText("one", { exact: true }).waitFor();
});

browserTest("light or dark, narrow or wide, nothing scrolls sideways and all can be hit", async () => {
  const { server, token, report, log } = await startBuilding();
  await log(`A word ${longWord}`);
  const apps = [{ slug: "app", display_name: longWord, url: "http://app" }];
  const resources = [{ type: "t", name: "n", agents: [{ name: "main", apps }] }];
  await report("complete", { resources, ai_task: { prompt: longWord, sidebar_app_slug: "app" } });
  await server.sql(`UPDATE template_versions SET name = '${"y".repeat(60)}'`);
  await server.sql(`UPDATE templates SET description = '${longWord}', deprecation_message = '${longWord}'`);
  const workspace = await server.call("GET", "/api/v2/users/me/workspace/web", { token });
  await addStatus(server, workspace.json.id, { message: longWord, uri: `https://${longWord}` });
  await server.sql(
    `UPDATE workspaces SET autostart_schedule = 'CRON_TZ=Europe/Berlin 30 8 * * 1-5', next_start_at = 0`,
  );
  const page = await open(server, { token });
  for (const path of [
    "/workspaces",
    "/workspaces?filter=name%3Anothing",
    "/@ada/web",
    "/@ada/web/builds/1",
    "/tasks/ada/web",
    "/templates",
    "/templates/default/docker",
    `/templates/default/docker/versions/${"y".repeat(60)}`,
  ])
    await checkLooks(page, path);
});
