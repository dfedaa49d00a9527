// Who may, as far as browsers are concerned: what their headers say of where a request comes from, and what follows.
import { expect, test } from "vitest";
import { isOwnOrigin } from "../../src/http/rules/headers.ts";
import { callServer, owner, startTestServer } from "../support/server.ts";

const here = "http://127.0.0.1:4747";
const access = "https://belfry.example.com";
const elsewhere = "https://evil.example.com";

/** What each value of `Sec-Fetch-Site` decides, whatever `Origin` says; null leaves it to `Origin`. */
const sites = {
  "same-origin": true,
  none: true,
  "same-site": false,
  "cross-site": false,
  "": false,
  absent: null,
};
/** What each `Origin` means where the browser says nothing else. */
const origins: Record<string, boolean> = {
  absent: true,
  [here]: true,
  "HTTP://127.0.0.1:4747": true,
  [access]: true,
  "https://belfry.example.com:443": true,
  "http://belfry.example.com": false,
  "https://belfry.example.com:8443": false,
  "http://127.0.0.1": false,
  [elsewhere]: false,
  "https://belfry.example.com.evil.example.com": false,
  null: false,
  "file://": false,
  "": false,
  "not a url": false,
};
const table = Object.entries(sites).flatMap(([site, decided]) =>
  Object.entries(origins).map(([origin, own]) => [site, origin, decided ?? own] as const),
);
const valueOf = (text: string) => (text === "absent" ? null : text);

test.each(table)("Sec-Fetch-Site %j with Origin %j: %j", (site, origin, expected) => {
  const facts = { secFetchSite: valueOf(site), origin: valueOf(origin), requestOrigin: here };
  expect(isOwnOrigin({ ...facts, accessUrl: `${access}/somewhere` })).toBe(expected);
});

test.each([
  ["PUT", "/api/v2/notifications/inbox/mark-all-as-read"],
  ["POST", "/login"],
])("over HTTP the same, and who is refused is told what to set: %s %s", async (method, path) => {
  const server = await startTestServer({ environment: { BELFRY_ACCESS_URL: `${access}/somewhere` } });
  const url = `http://127.0.0.1:${server.config.port}`;
  await callServer(url, "POST", "/api/v2/users/first", { json: owner });
  const signedIn = await callServer(url, "POST", "/api/v2/users/login", { json: owner });
  const cookie = `coder_session_token=${server.secret(signedIn.json.session_token as string)}`;
  // The test's own address is in neither table: any port will do.
  for (const [site, origin, expected] of table.filter(
    ([, one]) => !one.toLowerCase().includes("127.0.0.1"),
  )) {
    const given = { "sec-fetch-site": valueOf(site), origin: valueOf(origin), cookie };
    const headers = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
    const answer = await callServer(url, method, path, { headers: headers as Record<string, string> });
    expect(answer.status === 403, `${site} ${origin}: ${answer.status}`).toBe(!expected);
    if (!expected) expect(answer.text).toContain(`set BELFRY_ACCESS_URL to it; now it is ${access}`);
  }
});
