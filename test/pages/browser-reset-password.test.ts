// A forgotten password as people meet it in a browser.
import { expect } from "vitest";
import { arriveAt, browserTest, useBrowser } from "../support/browser.ts";
import { checkLooks } from "../support/looks.ts";
import { codeIn, newPassword, startWithMail } from "../support/passcodes.ts";
import { createClock, owner, signInFirst } from "../support/server.ts";

const open = useBrowser();

browserTest("from “Forgot password?” to signed in, with the mail in between", async () => {
  // By the machine's clock, because the browser keeps a cookie by its own.
  const { server, post } = await startWithMail({ clock: createClock(Date.now()) });
  await signInFirst(server);
  server.secret(newPassword);
  const page = await open(server, { expected: /status of 400/ });
  await page.goto("/");
  await page.getByRole("link", { name: "Forgot password?" }).click();
  await page.getByLabel("Email address").fill(owner.email);
  await page.getByRole("button", { name: "Send reset link" }).click();
  await page.getByRole("heading", { name: "Check your email" }).waitFor();
  await server.settled();

  const [mail] = post.mails;
  const code = codeIn(server, mail!);
  const link = /http\S+\/reset-password\/change\?\S+/.exec(mail!.email.text!)![0].replace(/>$/, "");
  expect(link).toContain(code);
  const referrers: (string | undefined)[] = [];
  page.on("request", (request) => referrers.push(request.headers()["referer"]));
  await page.goto(link);
  expect(page.url()).toBe(`${server.url}/reset-password/change`);
  await page.getByText(`For ${owner.email}.`).waitFor();
  await page.getByLabel("New password").fill("notstrong");
  await page.getByRole("button", { name: "Set password" }).click();
  await page.getByText("Too easy to guess").waitFor();
  await page.getByLabel("New password").fill(newPassword);
  await page.getByRole("button", { name: "Set password" }).click();
  await arriveAt(page, "/inbox");
  await page.getByRole("heading", { name: "Your password was changed" }).waitFor();
  expect(referrers.filter((referrer) => referrer?.includes(code))).toEqual([]);
  const visited = await page.evaluate(() => navigation.entries().map(({ url }) => url ?? ""));
  expect(visited.length).toBeGreaterThan(2);
  expect(visited.filter((url) => url.includes(code))).toEqual([]);
});

browserTest("the pages fit each screen", async () => {
  const { server } = await startWithMail();
  await signInFirst(server);
  const page = await open(server);
  for (const path of ["/login", "/reset-password", "/reset-password?sent", "/reset-password/change"])
    await checkLooks(page, path);
});
