// Custom notifications as scripts and other programs send them: text of any charset and length, and their ways to sign in.
import { beforeEach, expect, test } from "vitest";
import {
  addUser,
  signInFirst,
  startTestServer,
  type CallOptions,
  type TestServer,
} from "../support/server.ts";

const path = "/api/v2/notifications/custom";
let server: TestServer;
let token: string;

beforeEach(async () => {
  server = await startTestServer();
  ({ token } = await signInFirst(server));
});

const inbox = async (by = token): Promise<[string, string][]> => {
  const { json } = await server.call("GET", "/api/v2/notifications/inbox", { token: by });
  return json.notifications.map(({ title, content }) => [title, content]);
};
const text = (body: CallOptions["body"], headers: Record<string, string> = {}, query = "") =>
  server.call("POST", path + query, {
    token,
    body: body!,
    headers: { "content-type": "text/plain", ...headers },
  });

test("text is read by its charset, or refused: no character is replaced silently", async () => {
  const latin = Buffer.from("Grüße", "latin1");
  const wide = Buffer.from("\uFEFFWeite Grüße €", "utf16le");
  for (const [body, type] of [
    [latin, "text/plain; charset=iso-8859-1"],
    [wide, "text/plain; charset=UTF-16"],
    [Buffer.from("Sch\u00F6n"), "application/x-www-form-urlencoded"],
  ] as const)
    expect((await text(body, { "content-type": type })).status).toBe(204);
  expect((await inbox()).map(([, content]) => content)).toEqual(["Schön", "Weite Grüße €", "Grüße"]);

  const wrong = await text(latin);
  expect([wrong.status, wrong.json.message]).toEqual([
    400,
    "body: is not valid utf-8: set the charset in Content-Type",
  ]);
  expect((await text(latin, { "content-type": "text/plain; charset=ebcdic-us" })).status).toBe(415);
  const json = Buffer.from(JSON.stringify({ content: { title: "JSON", message: "Grüße" } }), "latin1");
  expect((await text(json, { "content-type": "application/json" })).status).toBe(400);
  const named = await text(json, { "content-type": "application/json; charset=latin1" });
  expect(named.status).toBe(204);
  expect((await inbox())[0]).toEqual(["JSON", "Grüße"]);
});

test("terminal control characters are removed from JSON and text", async () => {
  const message = "\u001B[31mred\u001B[0m\u0007 1 %\r100 %\r\nbell\u009B1mX\u001B]0;t\u001B\\\n\tend\u0000";
  const json = { content: { title: "\u001B[1mBuild\u001B[0m", message } };
  expect((await server.call("POST", path, { token, json })).status).toBe(204);
  expect((await text(message, {}, `?title=${encodeURIComponent("\u001B[1mText\n\u001B[0m")}`)).status).toBe(
    204,
  );
  expect(await inbox()).toEqual([
    ["Text", "100 %\nbellX\n\tend"],
    ["Build", "100 %\nbellX\n\tend"],
  ]);
  const nothing = { content: { title: "\u001B[1m", message: "x" } };
  const refused = await server.call("POST", path, { token, json: nothing });
  expect([refused.status, refused.json.validations![0]!.field]).toEqual([400, "content.title"]);
});

test("text that is too long is cut, and the answer says so; JSON is refused", async () => {
  const log = `first\n${"€".repeat(700)}\nlast\n`;
  const sent = await text(log, {}, `?title=${"t".repeat(130)}`);
  expect([sent.status, sent.headers.get("belfry-truncated")]).toEqual([204, "title, message"]);
  const [[title, content]] = (await inbox()) as [[string, string]];
  expect(title).toBe(`${"t".repeat(117)}…`);
  expect(content).toMatch(/^…€+\nlast$/);
  expect(Buffer.byteLength(content)).toBeGreaterThan(1_994);
  expect(Buffer.byteLength(content)).toBeLessThanOrEqual(2_000);
  const short = await text("short");
  expect([short.status, short.headers.get("belfry-truncated")]).toEqual([204, null]);
  const json = { content: { title: "x", message: log } };
  expect((await server.call("POST", path, { token, json })).status).toBe(400);
});

test("the title can be a header, in any text encoding", async () => {
  for (const title of ["Plain", Buffer.from("Grüße").toString("latin1"), "=?utf-8?q?Gr=C3=BC=C3=9Fe_dort?="])
    expect((await text("x", { title })).status).toBe(204);
  expect((await text("y", { title: "header" }, "?title=query")).status).toBe(204);
  expect((await inbox()).map(([title]) => title)).toEqual(["query", "Grüße dort", "Grüße", "Plain"]);
});

test("a token can be the password of HTTP Basic, on this route only; another site can't use the browser's", async () => {
  const grace = await addUser(server, "grace");
  const basic = (password: string) => `Basic ${Buffer.from(`any one:${password}`).toString("base64")}`;
  const send = (headers: Record<string, string>, to = path) =>
    server.call("POST", to, { body: "x", headers: { "content-type": "text/plain", ...headers } });
  expect((await send({ authorization: basic(grace.token) })).status).toBe(204);
  expect(await inbox(grace.token)).toEqual([["Notification", "x"]]);
  for (const authorization of [
    basic("nonsense"),
    basic(`${grace.token}x`),
    "Basic !",
    "Basic eA==",
    basic(""),
  ])
    expect((await send({ authorization })).status, authorization).toBe(401);
  const authorization = basic(grace.token);
  expect((await send({ authorization, "sec-fetch-site": "cross-site" })).status).toBe(403);
  const other = await server.call("GET", "/api/v2/users/me", { headers: { authorization } });
  expect(other.status).toBe(401);
  const both = await server.call("POST", path, {
    token,
    body: "mine",
    headers: { authorization, "content-type": "text/plain" },
  });
  expect(both.status).toBe(204);
  expect(await inbox()).toEqual([["Notification", "mine"]]);
});
