// Templates and files on a real libSQL server: the largest file goes there and back, and no route takes many trips.
import { expect, onTestFinished, test } from "vitest";
import { writeTar } from "../../src/kernel/rules/tar.ts";
import { createMeter } from "../support/meter.ts";
import { signInFirst, startTestServer } from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";

const organization = "/api/v2/organizations/default";

test.skipIf(noServer)("A libSQL server takes the largest file, and each route few trips", async () => {
  const libsql = await startLibsqlServer();
  onTestFinished(() => libsql.stop());
  const meter = createMeter();
  const server = await startTestServer({
    environment: { BELFRY_DATABASE_URL: libsql.url },
    onTrip: meter.onTrip,
  });
  // The passes over the pools that follow are not these routes' own cost.
  server.deps().process.reconciliations = { request: () => {} };
  const { token } = await signInFirst(server);
  const trips: Record<string, number> = {};
  const call = async <M extends string, P extends string>(
    method: M,
    path: P,
    options: { json?: unknown } = {},
  ) => {
    await server.settled();
    meter.reset();
    const answer = await server.call(method, path, { token, ...options });
    expect(answer).toMatchObject({ status: expect.toSatisfy((status: number) => status < 300) });
    trips[`${method} ${path.replaceAll(/[0-9a-f-]{36}/g, "ID")}`] = meter.trips;
    return answer.json;
  };

  const content = Buffer.alloc(10_485_760 - 1_536);
  for (let at = 0; at + 4 <= content.length; at += 4)
    content.writeUInt32BE((at * 2_654_435_761) % 2 ** 32, at);
  const tar = writeTar([{ path: "image.bin", content, executable: false }]);
  const stored = await server.call("POST", "/api/v2/files", {
    token,
    body: tar,
    headers: { "content-type": "application/x-tar" },
  });
  expect(stored.status).toBe(201);
  const back = await fetch(`${server.url}/api/v2/files/${stored.json.hash}`, {
    headers: { "coder-session-token": token },
  });
  expect(Buffer.compare(await back.bytes(), tar)).toBe(0);

  const json = {
    file_id: stored.json.hash,
    parameters: [{ name: "a" }],
    presets: [{ name: "a" }, { name: "b" }],
  };
  const version = await call("POST", `${organization}/templateversions`, { json });
  const template = await call("POST", `${organization}/templates`, {
    json: { name: "docker", template_version_id: version.id },
  });
  const path = `/api/v2/templates/${template.id}`;
  const second = await server.call("POST", `${organization}/templateversions`, {
    token,
    json: { template_id: template.id },
  });
  await call("PATCH", `${path}/versions`, { json: { id: second.json.id } });
  await call("PATCH", path, { json: { description: "x" } });
  for (const part of ["", "/versions"]) await call("GET", path + part);
  for (const part of ["", "/presets", "/rich-parameters"])
    await call("GET", `/api/v2/templateversions/${version.id}${part}`);
  await call("GET", `${organization}/templates`);
  await call("POST", `${organization}/provisionerkeys`, { json: { name: "rack" } });
  await call("DELETE", path);
  expect(trips).toEqual({
    "POST /api/v2/organizations/default/templateversions": 2,
    "POST /api/v2/organizations/default/templates": 2,
    "PATCH /api/v2/templates/ID/versions": 2,
    "PATCH /api/v2/templates/ID": 2,
    "GET /api/v2/templates/ID": 1,
    "GET /api/v2/templates/ID/versions": 1,
    "GET /api/v2/templateversions/ID": 1,
    "GET /api/v2/templateversions/ID/presets": 1,
    "GET /api/v2/templateversions/ID/rich-parameters": 1,
    "GET /api/v2/organizations/default/templates": 1,
    "POST /api/v2/organizations/default/provisionerkeys": 2,
    "DELETE /api/v2/templates/ID": 2,
  });
});
