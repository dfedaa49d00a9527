// Cross-site requests of browsers are refused, by what their headers say about the origin.
import { expect, test } from "vitest";
import { access, table, valueOf } from "../support/origins.ts";
import { callServer, owner, startTestServer } from "../support/server.ts";

test.each([
  ["PUT", "/api/v2/notifications/inbox/mark-all-as-read"],
  ["POST", "/login"],
])("over HTTP the same, and the error names the variable to set: %s %s", async (method, path) => {
  const server = await startTestServer({ environment: { BELFRY_ACCESS_URL: `${access}/somewhere` } });
  const url = `http://127.0.0.1:${server.config.port}`;
  await callServer(url, "POST", "/api/v2/users/first", { json: owner });
  const signedIn = await callServer(url, "POST", "/api/v2/users/login", { json: owner });
  const cookie = `coder_session_token=${server.secret(signedIn.json.session_token)}`;
  // The test's own address is in neither table: any port will do.
  for (const [site, origin, expected] of table.filter(
    ([, one]) => !one.toLowerCase().includes("127.0.0.1"),
  )) {
    const given = { "sec-fetch-site": valueOf(site), origin: valueOf(origin), cookie };
    const headers = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
    const answer = await callServer(url, method, path, { headers: headers as Record<string, string> });
    expect(answer.status === 403, `${site} ${origin}: ${answer.status}`).toBe(!expected);
    if (!expected) expect(answer.text).toContain(`Belfry's address is ${access}`);
  }
});
