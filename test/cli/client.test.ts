// The typed client: requests, responses, and a `ClientError` for every failure.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { ClientError, createClient, segment, type Client } from "../../src/client.ts";
import { freePort } from "../support/program.ts";
import { signInFirst, startTestServer } from "../support/server.ts";

async function startStub(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function failureOf(work: Promise<unknown>): Promise<ClientError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ClientError)) throw new Error("it should have failed", { cause: error });
  return error;
}

const look = (client: Client) => client.ask((routes) => routes.notifications.settings.$get());

test("A call resolves with the response's body, or null without one", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const client = createClient({ url: `${server.url}/`, token });
  expect(await look(client)).toEqual({ notifier_paused: false });
  const setPaused = (notifier_paused: boolean) =>
    client.ask((routes) => routes.notifications.settings.$put({ json: { notifier_paused } }));
  expect(await setPaused(true)).toEqual({ notifier_paused: true });
  expect(await setPaused(true)).toBeNull();
  const content = { title: "Build done", message: "All green" };
  expect(await client.ask((routes) => routes.notifications.custom.$post({ json: { content } }))).toBeNull();
});

test("A refusal has status, message, fields, request ID and code", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const content = { title: "", message: "x".repeat(2_001) };
  const refused = await failureOf(
    createClient({ url: server.url, token }).ask((routes) =>
      routes.notifications.custom.$post({ json: { content } }),
    ),
  );
  expect(refused).toMatchObject({ status: 400, isBelfry: true });
  expect(refused.validations.map(({ field }) => field)).toEqual(["content.title", "content.message"]);
  expect(server.logs.join("\n")).not.toContain("xxx");
  expect(refused.requestId).toMatch(/^[0-9a-f-]{36}$/);
  const again = await failureOf(
    Promise.all(
      [1, 2].map(() =>
        createClient({ url: server.url, token }).ask((routes) =>
          routes.notifications.custom.$post({ json: { content: { title: "Done", message: "x" } } }),
        ),
      ),
    ),
  );
  expect(again).toMatchObject({ status: 409, code: "duplicate" });
  const stranger = await failureOf(look(createClient({ url: server.url })));
  expect(stranger).toMatchObject({ status: 401, message: expect.stringContaining("not signed in") });
});

test("An unreachable, slow or interrupted server is an error with its cause", async () => {
  const silent = await startStub(() => {});
  const breaking = await startStub((_, response) => {
    response.writeHead(200, { "content-length": "100" }).write("{");
    setImmediate(() => response.destroy());
  });
  const port = await freePort();
  const describe = async (url: string, timeoutMs = 30_000) => {
    const { status, message, isBelfry } = await failureOf(look(createClient({ url, timeoutMs })));
    return { status, message, isBelfry };
  };
  const unreached = { status: undefined, isBelfry: false };
  expect(await describe(`http://127.0.0.1:${port}`)).toEqual({
    ...unreached,
    message: `Can't reach Belfry at http://127.0.0.1:${port}: connection refused. Is it running? Start it: belfry serve`,
  });
  expect(await describe(silent, 200)).toMatchObject({
    ...unreached,
    message: expect.stringContaining("no response within 0.2 s"),
  });
  expect(await describe(breaking)).toMatchObject({
    ...unreached,
    message: expect.stringContaining("connection closed"),
  });
  expect(await describe(silent.replace("http:", "https:"))).toMatchObject(unreached);
  expect(await describe("http://no-such-host.invalid")).toMatchObject({
    ...unreached,
    message: expect.stringMatching(/host not found|lookup failed|Check the address/),
  });
});

test("The key is sent to its own address, below its path, and not after a redirect", async () => {
  const heard: (string | undefined)[] = [];
  const target = await startStub((request, response) => {
    heard.push(request.url);
    response.end("{}");
  });
  const base = await startStub((request, response) => {
    heard.push(`${request.url} ${String(request.headers["coder-session-token"])}`);
    response.writeHead(302, { location: `${target}/elsewhere` }).end();
  });
  const error = await failureOf(look(createClient({ url: `${base}/belfry/`, token: "key" })));
  expect(error.message).toBe(`${base}/belfry redirects to ${target}. Use that address.`);
  expect(heard).toEqual(["/belfry/api/v2/notifications/settings key"]);
});

test("A bug is not reported as a network error", async () => {
  const client = createClient({ url: "http://127.0.0.1:1" });
  await expect(client.ask(() => Promise.reject(new TypeError("a bug")))).rejects.toThrow("a bug");
});

test("A name in a path is escaped", () => {
  expect(segment("a/../b c")).toBe("a%2F..%2Fb%20c");
  for (const name of ["", ".", ".."]) expect(() => segment(name)).toThrow("invalid name");
});
