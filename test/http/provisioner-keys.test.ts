// The keys of provisioners: listed without their secrets, their use noted, and revoked so that nothing is lost.
import { expect, test } from "vitest";
import { cookieFor, get, post, wordsOf } from "../support/pages.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { addProvisioner, addTemplate } from "../support/workspaces.ts";

const keys = "/api/v2/organizations/default/provisionerkeys";

async function setUp(options: Parameters<typeof startTestServer>[0] = {}) {
  const server = await startTestServer(options);
  const { token, userId } = await signInFirst(server);
  const { templateId } = await addTemplate(server, userId, "docker");
  const rack = await addProvisioner(server, userId, "rack");
  const other = await addProvisioner(server, userId, "other");
  const queue = async (name: string) => {
    const json = { name, template_id: templateId };
    const created = await server.call("POST", "/api/v2/users/me/workspaces", { token, json });
    return created.json.latest_build.id;
  };
  const jobOf = async (id: string) =>
    (await server.call("GET", `/api/v2/workspacebuilds/${id}`, { token })).json.job;
  const revoke = (name: string, by = token) => server.call("DELETE", `${keys}/${name}`, { token: by });
  return { server, token, userId, rack, other, queue, jobOf, revoke };
}

test("a revoked key's jobs go back to the queue, those that have begun fail, and its next request is refused", async () => {
  const { server, token, rack, other, queue, jobOf, revoke } = await setUp();
  // Leases only lapse where a tick has run before.
  await server.runTick();
  const [begun, fresh, canceled, others] = [
    await queue("begun"),
    await queue("fresh"),
    await queue("canceled"),
    await queue("others"),
  ];
  for (const _ of [begun, fresh, canceled]) expect((await rack.acquire()).status).toBe(200);
  expect((await other.acquire()).json.job_id).toBe(others);
  expect((await rack.job("POST", begun, "plan", { resource_changes: [] })).status).toBe(200);
  await server.call("PATCH", `/api/v2/workspacebuilds/${canceled}/cancel`, { token });
  expect((await server.call("GET", keys, { token })).json).toMatchObject([
    { name: "rack", jobs: 3, tags: {}, created_by: "ada" },
    { name: "other", jobs: 1 },
  ]);

  expect((await revoke("RACK")).status).toBe(204);
  expect(await jobOf(fresh)).toMatchObject({ status: "pending" });
  expect(await jobOf(canceled)).toMatchObject({ status: "canceled" });
  expect(await jobOf(begun)).toMatchObject({ status: "running" });
  for (const ask of [() => rack.acquire(), () => rack.job("POST", begun, "heartbeat")])
    expect((await ask()).status).toBe(401);
  expect(await rack.job("POST", begun, "complete", { resources: [] })).toMatchObject({ status: 401 });
  expect((await other.acquire()).json.job_id).toBe(fresh);
  await server.runTick();
  expect(await jobOf(begun)).toMatchObject({ status: "failed" });
  // Nobody else's job is touched, and a second revocation finds nothing.
  expect(await jobOf(others)).toMatchObject({ status: "running" });
  expect((await revoke("rack")).status).toBe(404);
  expect((await server.call("GET", keys, { token })).json).toMatchObject([{ name: "other" }]);
  // The name is free again, and the new key isn't the old one.
  expect((await server.call("POST", keys, { token, json: { name: "rack" } })).status).toBe(201);
  expect((await rack.acquire()).status).toBe(401);
});

test("the use of a key is noted hourly, and in the audit log once a day from each address", async () => {
  const environment = {
    BELFRY_PROXY_TRUSTED_HEADER: "X-Real-IP",
    BELFRY_PROXY_TRUSTED_ORIGINS: "127.0.0.1",
  };
  const { server, token, rack, revoke } = await setUp({ environment });
  const use = async (address: string) => {
    const headers = { ...rack.headers, "x-real-ip": address };
    const json = { name: "rack", acquire_id: crypto.randomUUID() };
    await server.call("POST", "/api/v2/provisionerdaemons/jobs/acquire?wait=0", { headers, json });
    await server.settled();
    return (await server.call("GET", keys, { token })).json[0]!;
  };
  const audited = async () => (await server.call("GET", "/api/v2/audit?action=use", { token })).json.entries;
  expect((await server.call("GET", keys, { token })).json[0]).toMatchObject({ last_used_at: null });

  const first = await use("192.0.2.1");
  expect(first).toMatchObject({ last_used_at: expect.any(String), last_used_address: "192.0.2.1" });
  server.clock.advance(59_000);
  expect(await use("192.0.2.2")).toMatchObject({ last_used_at: first.last_used_at });
  server.clock.advance(1_000);
  const second = await use("192.0.2.2");
  expect(second).toMatchObject({ last_used_address: "192.0.2.2" });
  server.clock.advance(3_599_000);
  expect(await use("192.0.2.2")).toEqual(second);
  server.clock.advance(1_000);
  expect((await use("192.0.2.2"))["last_used_at"]).not.toBe(second["last_used_at"]);
  expect(await audited()).toMatchObject([
    { resource_type: "provisioner_key", ip: "192.0.2.2", user: null, detail: { name: "rack" } },
    { resource_type: "provisioner_key", ip: "192.0.2.1", user: null, detail: { name: "rack" } },
  ]);
  server.clock.advance(24 * 3_600_000);
  await use("192.0.2.2");
  expect(await audited()).toHaveLength(3);

  await revoke("rack");
  const { entries } = (await server.call("GET", "/api/v2/audit?action=delete", { token })).json;
  expect(entries[0]).toMatchObject({
    resource_type: "provisioner_key",
    user: { username: "ada" },
    detail: { name: "rack", last_used_at: expect.any(String) },
  });
});

test("the page shows a new key once, and asks before it revokes one", async () => {
  const { server, token, userId } = await setUp();
  const admin = await addUser(server, "tess", ["template-admin"]);
  const auditor = await addUser(server, "aud", ["auditor"]);
  const page = "/deployment/provisioner-keys";
  const cookie = cookieFor(admin.token);
  await addProvisioner(server, userId, "<b>rack 2/3</b>");
  const created = await post(server, page, { name: "rack-1" }, cookie);
  const [text] = /\w{10}-\w{22}/.exec(created.text)!;
  server.secret(text);
  expect(wordsOf(created)).toContain("Created rack-1.");
  expect(wordsOf(await post(server, page, { name: "rack-1" }, cookie))).toContain("Already in use.");
  const listed = await get(server, page, cookie);
  expect(listed.text).not.toContain(text);
  expect(listed.text).not.toContain("<b>rack");
  const seen = await get(server, page, cookieFor(auditor.token));
  expect(wordsOf(seen)).toContain("rack-1");
  expect(seen.text).not.toContain('<button type="submit">Create');
  const asking = /href="([^"]+\?revoke=[^"]*%2F3[^"]*)"/.exec(listed.text)![1]!;
  const asked = await get(server, asking, cookie);
  expect(wordsOf(asked)).toContain("jobs not yet started return to the queue. This can't be undone.");
  expect(wordsOf(await get(server, asking, cookieFor(auditor.token)))).not.toContain("This can't be undone.");
  const action = /action="([^"]+%2F3[^"]*\/revoke)"/.exec(asked.text)![1]!;
  const revoked = await post(server, action, {}, cookie);
  expect(revoked.status).toBe(303);
  const kept = await server.call("GET", keys, { token });
  expect(kept.json.map(({ name }) => name).toSorted()).toEqual(["other", "rack", "rack-1"]);
});
