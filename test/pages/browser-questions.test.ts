// Questions of agents in a real browser: answered by keyboard and on a phone, with and without scripts; other open pages
// follow.
import type { Locator } from "playwright-core";
import { expect } from "vitest";
import { createAnswerToken } from "../../src/agent-sessions/questions/answer-link.ts";
import { browserTest, useBrowser } from "../support/browser.ts";
import { startAsking } from "../support/questions.ts";

const openPage = useBrowser();
const phone = { width: 390, height: 844 };

/** From the top of the page. */
async function tabTo(target: Locator): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await target.page().keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error("Tab doesn't reach it.");
}

browserTest.each([true, false])(
  "a question is answered by keyboard alone, javaScriptEnabled: %s",
  async (javaScriptEnabled) => {
    const { server, mia, asked, question } = await startAsking();
    const id = await asked({ free_text: true });
    const page = await openPage(server, { token: mia.token, javaScriptEnabled });
    await page.goto(`/questions/${id}`);
    await tabTo(page.getByRole("button", { name: "The second" }));
    await page.keyboard.press("Enter");
    await page.getByText("Answered by mia").waitFor();
    expect((await question(id)).json.answer).toBe("The second");
    const other = await asked({ free_text: true });
    await page.goto(`/questions/${other}`);
    await tabTo(page.getByLabel("Or in your own words"));
    await page.keyboard.type("Keep both");
    await page.keyboard.press("Enter");
    await page.getByText("Answered by mia").waitFor();
    expect((await question(other)).json.answer).toBe("Keep both");
  },
);

browserTest.each([true, false])(
  "on a phone an option is pressed in the inbox and in Needs you, javaScriptEnabled: %s",
  async (javaScriptEnabled) => {
    const { server, mia, asked, question } = await startAsking();
    const options = [
      "The first",
      "Keep the second one, and rename it to something that is long enough to wrap here",
    ];
    const page = await openPage(server, { token: mia.token, javaScriptEnabled, viewport: phone });
    const fits = () => page.locator("html").evaluate((root) => root.scrollWidth <= root.clientWidth);
    const first = await asked({ options });
    await page.goto("/inbox");
    await page.locator("#items summary").first().click();
    expect(await fits()).toBe(true);
    await page.locator("#items").getByRole("button", { name: "The first" }).click();
    await page.getByText("Answered after").first().waitFor();
    expect((await question(first)).json.answer).toBe("The first");
    const second = await asked({ options });
    await page.goto("/inbox/needs-you");
    expect(await fits()).toBe(true);
    await page.getByRole("button", { name: options[1]! }).click();
    await page.getByText("Nothing is waiting for you.").waitFor();
    expect((await question(second)).json.answer).toBe(options[1]);
    const third = await asked({ options });
    await page.goto(`/questions/${third}`);
    expect(await fits()).toBe(true);
  },
);

browserTest("what is answered on one page leaves the others that are open", async () => {
  const { server, mia, asked, answer } = await startAsking();
  const page = await openPage(server, { token: mia.token });
  await page.goto("/inbox");
  const id = await asked();
  const needsYou = page.locator("#needs-you");
  await needsYou.getByRole("button", { name: "The first" }).waitFor();
  const item = page.locator("#items > li").first();
  await item.locator("summary").click();
  await item.getByRole("button", { name: "The second" }).waitFor();
  await answer(id);
  await item.getByText("Answered by mia").waitFor();
  await needsYou.waitFor({ state: "hidden" });
  expect(await item.getByRole("button", { name: "The second" }).count()).toBe(0);
  expect(await page.locator("li.unread").count()).toBe(0);
});

browserTest(
  "who comes by the link of a mail answers without signing in; who is late learns by whom it was",
  async () => {
    const { server, asked, question } = await startAsking();
    const id = await asked({ timeout_s: 600 });
    const token = createAnswerToken(server.deps(), {
      questionId: id,
      expiresAt: server.clock.now() + 600_000,
    });
    const [one, two] = [
      await openPage(server, { viewport: phone }),
      await openPage(server, { javaScriptEnabled: false, expected: /409/ }),
    ];
    for (const page of [one, two]) await page.goto(`/questions/${id}?token=${token}`);
    await one.getByRole("button", { name: "The first" }).click();
    await one.getByText("Answered by mia").waitFor();
    await two.getByRole("button", { name: "The second" }).click();
    await two.getByText("Your answer was not sent. Already answered by mia.").waitFor();
    expect((await question(id)).json.answer).toBe("The first");
  },
);
