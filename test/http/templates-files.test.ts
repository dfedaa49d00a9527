// Files over HTTP, and the keys of provisioners that fetch them.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { chunkBytes } from "../../src/workspaces/templates/store/files.ts";
import { writeTar } from "../../src/kernel/rules/tar.ts";
import { addUser, signInFirst, startTestServer, type TestServer } from "../support/server.ts";

const organization = "/api/v2/organizations/default";
const headers = { "content-type": "application/x-tar" };

/** A tar with one file of so many bytes, no two blocks of it alike. */
function tarOf(bytes: number): Uint8Array<ArrayBuffer> {
  const content = Buffer.alloc(bytes);
  for (let at = 0; at + 4 <= bytes; at += 4) content.writeUInt32BE(at, at);
  return writeTar([{ path: "main.tf", content, executable: false }]);
}

async function open() {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const store = (body: BodyInit, more: Record<string, string> = headers) =>
    server.call("POST", "/api/v2/files", { token, body, headers: more });
  return { server, token, store };
}

const fetchBytes = async (server: TestServer, id: string, given: Record<string, string>) => {
  const answer = await fetch(`${server.url}/api/v2/files/${id}`, { headers: given });
  return { status: answer.status, type: answer.headers.get("content-type"), bytes: await answer.bytes() };
};

test("A file is stored once, in chunks, and comes back byte for byte", async () => {
  const { server, token, store } = await open();
  const tar = tarOf(chunkBytes * 5 + 1_000);
  const sha256 = createHash("sha256").update(tar).digest("hex");
  const first = await store(tar);
  expect(first).toMatchObject({
    status: 201,
    json: { hash: expect.stringMatching(/^[0-9a-f-]{36}$/), sha256 },
  });
  const again = await store(tar);
  expect([again.status, again.json]).toEqual([200, first.json]);
  expect(
    await server.sql("SELECT count(*) AS chunks, max(length(content)) AS longest FROM file_chunks"),
  ).toEqual([{ chunks: 6, longest: chunkBytes }]);
  for (const name of [first.json.hash, sha256]) {
    const { status, type, bytes } = await fetchBytes(server, name, { "coder-session-token": token });
    expect([status, type, Buffer.compare(bytes, tar)]).toEqual([200, "application/x-tar", 0]);
  }
  const version = await server.call("POST", `${organization}/templateversions`, {
    token,
    json: { file_id: first.json.hash },
  });
  expect(version).toMatchObject({ status: 201, json: { file_id: first.json.hash } });
});

test("A file with a missing chunk doesn't exist until it is uploaded again", async () => {
  const { server, token, store } = await open();
  const tar = tarOf(chunkBytes * 2);
  const { json } = await store(tar);
  await server.sql("DELETE FROM file_chunks WHERE position = 2");
  expect(await fetchBytes(server, json.hash, { "coder-session-token": token })).toMatchObject({
    status: 404,
  });
  const make = () =>
    server.call("POST", `${organization}/templateversions`, { token, json: { file_id: json.hash } });
  expect(await make()).toMatchObject({ status: 404 });
  expect(await store(tar)).toMatchObject({ json });
  const { bytes } = await fetchBytes(server, json.hash, { "coder-session-token": token });
  expect(Buffer.compare(bytes, tar)).toBe(0);
  expect(await make()).toMatchObject({ status: 201 });
});

test("an upload that is not a tar archive, or is too large, is refused with a reason", async () => {
  const { server, store } = await open();
  const detail = async (body: BodyInit) => (await store(body)).json.validations?.[0]?.detail as string;
  expect(await detail("")).toContain("is empty");
  expect(await detail(Buffer.from([0x1f, 0x8b, 8, 0]))).toContain("is compressed");
  expect(await detail(Buffer.from("PK\u0003\u0004"))).toContain("is a zip");
  expect(await detail("x".repeat(513))).toContain("512");
  expect(await detail("x".repeat(512))).toContain("is not a tar archive");
  expect(await detail(Buffer.alloc(1_024))).toContain("has no files");
  expect(await store(tarOf(512), { "content-type": "application/zip" })).toMatchObject({ status: 415 });
  expect(await store(tarOf(10_485_760))).toMatchObject({
    status: 413,
    json: { detail: "At most 10485760 bytes are allowed." },
  });
  // A caller without the permission gets the error at once, and can still read it.
  for (let tries = 0; tries < 3; tries += 1)
    expect(await server.call("POST", "/api/v2/files", { body: tarOf(9_000_000), headers })).toMatchObject({
      status: 401,
    });
  // The whole of what may be sent: 10 MiB.
  expect(await store(tarOf(10_485_760 - 1_536))).toMatchObject({ status: 201 });
});

test("Provisioners fetch files with their keys; members can't", async () => {
  const { server, token, store } = await open();
  const { json } = await store(tarOf(10));
  const created = await server.call("POST", `${organization}/provisionerkeys`, {
    token,
    json: { name: "rack-1" },
  });
  expect(created).toMatchObject({ status: 201, json: { key: expect.stringMatching(/^\w{10}-\w{22}$/) } });
  const key = server.secret(created.json.key);
  const status = async (given: Record<string, string>) => (await fetchBytes(server, json.hash, given)).status;
  expect(await status({ "coder-provisioner-daemon-key": key })).toBe(200);
  expect(await status({ authorization: `Bearer ${key}` })).toBe(200);
  expect(await status({ authorization: `Bearer ${token}` })).toBe(200);
  expect(await status({ "coder-provisioner-daemon-key": token })).toBe(401);
  expect(await status({ "coder-provisioner-daemon-key": `${key.slice(0, -1)}!` })).toBe(401);
  const wrong = `${key.slice(0, -1)}${key.endsWith("a") ? "b" : "a"}`;
  expect(await status({ "coder-provisioner-daemon-key": wrong })).toBe(401);
  expect(await status({ authorization: `Bearer ${wrong}` })).toBe(401);
  const member = await addUser(server, "grace");
  expect(await status({ "coder-session-token": member.token })).toBe(403);
  expect(await status({})).toBe(401);
  // Whoever runs provisioners is no user.
  expect(await server.call("GET", "/api/v2/templates", { token: key })).toMatchObject({ status: 401 });

  const names = ["RACK-1", "rack 1", ""];
  const refused = names.map((name) =>
    server.call("POST", `${organization}/provisionerkeys`, { token, json: { name } }),
  );
  expect((await Promise.all(refused)).map((answer) => answer.status)).toEqual([409, 400, 400]);
  const kept = await server.call("GET", `${organization}/provisionerkeys`, { token });
  expect(kept.json.map(({ name }) => name)).toEqual(["rack-1"]);
  const { entries } = (await server.call("GET", "/api/v2/audit?action=create", { token })).json;
  expect(entries.find((entry) => entry.resource_type === "provisioner_key")).toMatchObject({
    resource_type: "provisioner_key",
    resource_id: key.slice(0, 10),
    detail: { name: "rack-1" },
  });
});
