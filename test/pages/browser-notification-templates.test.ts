// Editing a notification template in a real browser: the preview follows what is typed, and the pages look as they should.
import { expect } from "vitest";
import { browserTest, useBrowser } from "../support/browser.ts";
import { checkLooks } from "../support/looks.ts";
import { startSignedIn } from "../support/pages.ts";

const open = useBrowser();
const page = "/deployment/notifications/templates/414d9331-c1fc-4761-b40c-d1f4702279eb";

browserTest("the preview follows the text, and says what is wrong with it", async () => {
  const { server, token } = await startSignedIn();
  const tab = await open(server, { token });
  await tab.goto(`${page}/edit`);
  const preview = tab.locator("#preview");
  await tab.getByLabel("Title").fill("Stopped: {{ labels.preset }}");
  await preview.getByRole("heading", { name: "Stopped: large" }).waitFor();
  await tab.getByLabel("Title").fill("Stopped: {{ labels.preset");
  await preview.getByText("Title: line 1, column 10:").waitFor();
  expect(await tab.getByLabel("Title").inputValue()).toBe("Stopped: {{ labels.preset");
  await tab.getByLabel("Title").fill("Stopped: {{ labels.template }}");
  await preview.getByRole("heading", { name: "Stopped: docker" }).waitFor();
  await tab.getByRole("button", { name: "Save and activate" }).click();
  await tab.getByText("Saved. This version is active; new notifications use it.").waitFor();
  for (const path of [page, `${page}?version=1`, `${page}/edit`]) await checkLooks(tab, path);
});
