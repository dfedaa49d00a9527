// What is read of a request's body: nothing for who isn't let in, little of what anybody may send, and large ones a
// bounded number at a time.
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createApi } from "../../src/api/index.ts";
import { routesOf } from "../../src/http/openapi.ts";
import { createPages } from "../../src/pages/index.ts";
import { addUser, signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { archive } from "../support/whole-requests.ts";

const megabyte = 1_048_576;
const madeUp = `AAAAAAAAAA-${"B".repeat(22)}`;
const changes = (routes: readonly { method: string; path: string }[]) =>
  routes.filter(({ method }) => ["POST", "PUT", "PATCH", "DELETE"].includes(method));
const filled = (path: string) => path.replaceAll(/:\w+(\{[^}]*\})?/g, "00000000-0000-4000-8000-000000000000");

interface Sent {
  socket: Socket;
  /** Resolves with the status once it is there; 0 when the connection ends without one. */
  status: Promise<number>;
}

/** Sends the head of a request, and of its body only what is given. */
function begin(server: TestServer, method: string, path: string, headers: string[], body = ""): Sent {
  const socket = connect(server.config.port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const status = new Promise<number>((resolve) => {
    let heard = "";
    socket.on("data", (chunk: Buffer) => {
      heard += chunk.toString();
      const [, code] = /^HTTP\/1\.1 (\d{3}) /.exec(heard) ?? [];
      if (code !== undefined) resolve(Number(code));
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(0));
  });
  const head = [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${server.config.port}`, ...headers];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  return { socket, status };
}

const json = "Content-Type: application/json";
const callers: Record<string, string[]> = {
  nobody: [],
  "a made-up key": [`Coder-Session-Token: ${madeUp}`],
  "a made-up provisioner's key": [`Coder-Provisioner-Daemon-Key: ${madeUp}`],
  "a made-up agent's": [`Coder-Session-Token: agent_${"0".repeat(32)}_${"0".repeat(64)}`],
};

test("an unauthorized request is answered before its large body arrives, on every route", async () => {
  const server = await startTestServer();
  await signInFirst(server);
  const { token: member } = await addUser(server, "mia");
  const notAdmin = { "a member": [`Coder-Session-Token: ${member}`] };
  const wrong: string[] = [];
  const length = `Content-Length: ${15 * megabyte}`;
  for (const { method, path } of changes(routesOf(createApi()))) {
    // Some routes are everybody's; a member is asked on those that are not.
    const isAdmins =
      /\/(files|templateversions|provisionerkeys)$|prebuilds|notifications\/(test|templates)/.test(path);
    for (const [caller, headers] of Object.entries({ ...callers, ...(isAdmins ? notAdmin : {}) })) {
      const sent = begin(server, method, filled(path), [json, length, ...headers]);
      const status = await sent.status;
      if (![401, 403, 413].includes(status)) wrong.push(`${method} ${path} by ${caller}: ${status}`);
      sent.socket.destroy();
    }
  }
  for (const { method, path } of changes(createPages().routes)) {
    const sent = begin(server, method, filled(path), [length]);
    const status = await sent.status;
    if (![303, 413].includes(status)) wrong.push(`${method} ${path}: ${status}`);
    sent.socket.destroy();
  }
  expect(wrong).toEqual([]);
});

test.each(["/api/v2/users/login", "/login", "/unsubscribe", "/api/v2/files"])(
  "%s: of a body in chunks that doesn't say how long it is, 64 KiB are read",
  async (path) => {
    const server = await startTestServer();
    await signInFirst(server);
    const chunk = `${(70_000).toString(16)}\r\n${" ".repeat(70_000)}\r\n`;
    const sent = begin(server, "POST", path, [json, "Transfer-Encoding: chunked"], chunk);
    expect(await sent.status).toBe(path === "/api/v2/files" ? 401 : 413);
  },
);

test("large bodies are read a few at a time, and no caller takes all the slots", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const { token: other } = await addUser(server, "tess", ["template-admin"]);
  const length = `Content-Length: ${megabyte}`;
  const hang = () =>
    begin(server, "POST", "/api/v2/files", [
      "Content-Type: application/x-tar",
      length,
      `Coder-Session-Token: ${token}`,
    ]);
  // Two are read, 32 wait, one is turned away.
  const hanging = Array.from({ length: 35 }, hang);
  expect(await Promise.race(hanging.map(({ status }) => status))).toBe(503);
  const large = { body: Buffer.concat([archive.body, Buffer.alloc(2 * 65_536)]), headers: archive.headers };
  const put = (key: string) => server.call("POST", "/api/v2/files", { token: key, ...large });
  expect((await put(other)).status).toBe(201);
  for (const { socket } of hanging) socket.destroy();
  await expect.poll(async () => (await put(token)).status).toBe(200);
});
