// Request targets and hosts on real sockets: a path that names another host is refused.
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { signInFirst, startTestServer, type TestServer } from "../support/server.ts";

describe("on real sockets", () => {
  /** The status line and the rest of what comes back for these very bytes. */
  const send = (server: TestServer, lines: string[]) =>
    new Promise<string>((resolve) => {
      const socket = connect(server.config.port, "127.0.0.1");
      let heard = "";
      socket.on("data", (chunk: Buffer) => (heard += chunk.toString()));
      socket.on("error", () => {});
      socket.on("close", () => resolve(heard));
      socket.write(`${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`);
    });
  const upgrade = [
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  const ways = {
    page: ["/inbox", []],
    API: ["/api/v2/notifications/inbox", []],
    events: ["/api/v2/notifications/inbox/events", []],
    socket: ["/api/v2/notifications/inbox/watch", upgrade],
    redirect: ["/docs/", []],
  } as const;

  test("at every entry point, a path that names another host is refused, also with a valid cookie", async () => {
    const server = await startTestServer();
    const { token } = await signInFirst(server);
    const host = `Host: 127.0.0.1:${server.config.port}`;
    const cookie = `Cookie: coder_session_token=${token}`;
    const origin = "Origin: http://evil.example.com";
    const wrong: string[] = [];
    for (const [way, [path, more]] of Object.entries(ways)) {
      const targets = [
        `//evil.example.com${path}`,
        `/\\evil.example.com${path}`,
        `/.//evil.example.com${path}`,
        `http://evil.example.com${path}`,
      ];
      for (const target of targets) {
        const answer = await send(server, [`GET ${target} HTTP/1.1`, host, cookie, origin, ...more]);
        if (!answer.startsWith("HTTP/1.1 400 ") || /evil/.test(answer))
          wrong.push(`${way} ${target}: ${answer}`);
      }
      const hosts = [
        [host, "Host: evil.example.com"],
        ["Host: 127.0.0.1, evil.example.com"],
        ["Host: evil.example.com/x"],
      ];
      for (const given of hosts) {
        const answer = await send(server, [`GET ${path} HTTP/1.1`, ...given, cookie, ...more]);
        if (!answer.startsWith("HTTP/1.1 400 ")) wrong.push(`${way} ${given.join(" ")}: ${answer}`);
      }
    }
    expect(wrong).toEqual([]);
    const own = [
      `GET ${ways.socket[0]} HTTP/1.1`,
      host,
      cookie,
      "Origin: http://evil.example.com",
      ...upgrade,
    ];
    expect(await send(server, own)).toMatch(/^HTTP\/1\.1 403 /);
  });
});
