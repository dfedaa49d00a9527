// Pages that act, in a real browser: by keyboard alone and without scripts; and a failed build opens at its first error.
import { expect } from "vitest";
import { browserTest, useBrowser } from "../support/browser.ts";
import { createClock, signInFirst, startTestServer } from "../support/server.ts";
import { addProvisioner, addTemplate, outcome } from "../support/workspaces.ts";

const open = useBrowser();

async function start() {
  const server = await startTestServer({ clock: createClock(Date.now()) });
  const { token, userId } = await signInFirst(server);
  const { templateId } = await addTemplate(server, userId, "docker");
  const provisioner = await addProvisioner(server, userId, "builder-1");
  const json = { name: "web", template_id: templateId };
  await server.call("POST", "/api/v2/users/me/workspaces", { token, json });
  const { json: job } = await provisioner.acquire();
  const send = (action: string, body: unknown) => provisioner.job("POST", job.job_id, action, body);
  return { server, token, send };
}

browserTest("a workspace is stopped by keyboard, without scripts, after a question", async () => {
  const { server, token, send } = await start();
  await send("complete", outcome);
  const page = await open(server, { token, javaScriptEnabled: false });
  await page.goto("/workspaces");
  const press = async (role: "link" | "button", name: string) => {
    const control = page.getByRole(role, { name, exact: true });
    for (let tabs = 0; tabs < 60; tabs += 1) {
      if (await control.evaluate((element) => element === document.activeElement)) break;
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
  };
  await press("link", "Stop: ada/web");
  await page.getByRole("heading", { name: "Stop ada/web?" }).waitFor();
  await press("button", "Stop workspace");
  await page.getByText("Requested build 2 (stop).").waitFor();
  await page.getByRole("button", { name: "Cancel build" }).waitFor();
});

browserTest("a token is created and revoked without scripts", async () => {
  const { server, token } = await start();
  const page = await open(server, { token, javaScriptEnabled: false });
  await page.goto("/settings/account");
  await page.locator("summary", { hasText: "Create a token" }).click();
  await page.getByLabel("Name", { exact: true }).fill("nightly-build");
  await page.getByLabel("Scope").selectOption("notify");
  await page.getByRole("button", { name: "Create token" }).click();
  server.secret(await page.getByRole("textbox", { name: "Token" }).inputValue());
  await page.getByRole("link", { name: "Revoke nightly-build" }).click();
  await page.getByRole("button", { name: "Revoke token" }).click();
  await page.getByText("The token was revoked.").waitFor();
});

browserTest("a failed build opens at its first error, which is highlighted", async () => {
  const { server, token, send } = await start();
  const line = (level: string, output: string) => ({ level, source: "provisioner", stage: "Apply", output });
  const quiet = (from: number) =>
    Array.from({ length: 80 }, (_, index) => line("info", `line ${from + index}`));
  await send("logs", [
    ...quiet(0),
    line("error", "quota exceeded"),
    line("error", "giving up"),
    ...quiet(80),
  ]);
  await send("fail", { error: "quota exceeded" });
  const page = await open(server, { token });
  await page.goto("/@ada/web");
  await page.getByRole("link", { name: "quota exceeded" }).click();
  const error = page.locator("#first-error");
  await error.waitFor();
  const isOnScreen = () =>
    error.evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
  await expect.poll(isOnScreen).toBe(true);
  const outlineOf = (text: string) =>
    page.locator("#log li", { hasText: text }).evaluate((element) => getComputedStyle(element).outlineStyle);
  expect([await outlineOf("quota exceeded"), await outlineOf("giving up")]).toEqual(["solid", "none"]);
});
