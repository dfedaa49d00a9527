// What every answer says to browsers, and how long a request may take to arrive.
import { connect } from "node:net";
import { expect, test } from "vitest";
import { signInFirst, startTestServer } from "../support/server.ts";

const paths = [
  "/api/v2/buildinfo",
  "/healthz",
  "/assets/icon.svg",
  "/assets/belfry.css",
  "/api/v2/nothing",
  "/login",
];

test("no response runs foreign scripts, is framed, or is sniffed as another type", async () => {
  const server = await startTestServer();
  await signInFirst(server);
  for (const path of paths) {
    const { headers } = await server.call("GET", path, { headers: { accept: "text/html" } });
    const policy = headers.get("content-security-policy")!;
    expect(policy, path).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(policy, path).toContain("base-uri 'none'");
    expect(policy, path).not.toMatch(/unsafe|\*/);
    expect(headers.get("x-content-type-options"), path).toBe("nosniff");
    expect(headers.get("referrer-policy"), path).toBe("same-origin");
    expect(headers.get("cross-origin-opener-policy"), path).toBe("same-origin");
    expect(headers.get("cross-origin-resource-policy"), path).toBe("same-origin");
    expect(headers.get("permissions-policy"), path).toMatch(/camera=\(\).*microphone=\(\)/);
    expect(headers.get("strict-transport-security"), path).toBeNull();
  }
});

test("a deployment says where to report a vulnerability, if configured", async () => {
  const path = "/.well-known/security.txt";
  expect((await (await startTestServer()).call("GET", path)).status).toBe(404);
  const server = await startTestServer({
    environment: { BELFRY_SECURITY_CONTACT: "mailto:security@example.com" },
  });
  const { status, headers, text } = await server.call("GET", path);
  expect([status, headers.get("content-type")]).toEqual([
    200,
    expect.stringMatching(/^text\/plain; charset=utf-8$/i),
  ]);
  const [, expires] = /^Expires: (\S+)$/m.exec(text)!;
  const left = Date.parse(expires!) - server.clock.now();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(365 * 86_400_000);
  expect(text.replace(expires!, "TIME")).toBe(
    [
      "Contact: mailto:security@example.com",
      "Expires: TIME",
      "Preferred-Languages: en",
      `Canonical: ${server.url}${path}`,
      "",
    ].join("\n"),
  );
});

test("no page has a script or a style in its text", async () => {
  const server = await startTestServer();
  await signInFirst(server);
  for (const path of ["/login", "/reset-password", "/reset-password/change", "/docs", "/nowhere"]) {
    const { text } = await server.call("GET", path, { headers: { accept: "text/html" } });
    expect(text, path).not.toMatch(/<script(?![^>]* src=)|<style|\son[a-z]+=|\sstyle=/i);
  }
});

test("with an https access URL, responses have Strict-Transport-Security", async () => {
  const server = await startTestServer({
    environment: { BELFRY_ACCESS_URL: "https://belfry.example.com", BELFRY_HTTP_ADDRESS: "127.0.0.1:0" },
  });
  const answer = await fetch(`http://127.0.0.1:${server.config.port}/healthz`);
  expect(answer.headers.get("strict-transport-security")).toBe("max-age=31536000");
});

test.each([
  ["its headers", "GET /healthz HTTP/1.1\r\nHost: here\r\n"],
  [
    "its body",
    "POST /api/v2/users/login HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
  ],
])("a request that never ends %s gets 408 and is closed", async (_what, start) => {
  const server = await startTestServer({ slowRequests: { headers: 60, whole: 120, idle: 60, check: 20 } });
  const socket = connect(server.config.port, "127.0.0.1");
  let heard = "";
  socket.on("data", (chunk: Buffer) => (heard += chunk.toString()));
  // What the server has not read makes its end a reset.
  socket.on("error", () => {});
  socket.write(start);
  await new Promise((resolve) => socket.on("close", resolve));
  expect(heard).toMatch(/^HTTP\/1\.1 408 /);
});
