// A database of an older release under this one: started twice at once while people send, and everything that was there is
// there, works, and was sent to nobody twice.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/program.ts";
import { startReceiver } from "../support/receiver.ts";
import { createClock, startTestServer, type TestServer } from "../support/server.ts";
import { inboxTitles } from "../support/inbox.ts";

/** What was in use when the file was made, just before this moment. */
const releases = [
  {
    name: "0.1.0",
    at: Date.parse("2026-11-26T23:56:00Z"),
    keys: { session: "oQ6Rw1aVE3-0ErS0i0s77fRTpaCf8SzbC", token: "Dd5lcWCeHK-WkL1UaTK1QxD21pLq0Cdpi" },
    notifyToken: "kZwE46DNNM-AAFUVTOABlkxF0TCXqrBhU",
    provisionerKey: "RlbrrL1U2V-ByJVgNsmcq0e5qowxeKJUt",
    workspace: "dev",
  },
];

async function restoreRelease(name: string): Promise<string> {
  const folder = await temporaryFolder();
  const client = createClient({ url: `file:${join(folder, "belfry.db")}` });
  await client.executeMultiple(readFileSync(new URL(`../releases/${name}.sql`, import.meta.url), "utf8"));
  client.close();
  return folder;
}

test("each released schema is upgraded here", () => {
  const files = readdirSync(new URL("../releases", import.meta.url)).filter((file) => file.endsWith(".sql"));
  expect(files.toSorted()).toEqual(releases.map(({ name }) => `${name}.sql`));
});

test.each(releases)("$name, by two processes at once, under load", async (release) => {
  const folder = await restoreRelease(release.name);
  const receiver = await startReceiver();
  const clock = createClock(release.at);
  const environment = { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url };
  const servers = await Promise.all([0, 1].map(() => startTestServer({ folder, clock, environment })));
  const [server] = servers as [TestServer, TestServer];
  const { session, token } = release.keys;
  const inboxOf = async () =>
    (await server.call("GET", "/api/v2/notifications/inbox", { token })).json.notifications;
  const before = await inboxOf();
  expect(before.find(({ title }) => title === "Read")?.read_at).not.toBeNull();
  expect(before.find(({ title }) => title === "Unread")?.read_at).toBeNull();

  const send = (at: number) =>
    servers[at % 2]!.call("POST", "/api/v2/notifications/custom", {
      token: at % 3 === 0 ? release.notifyToken : token,
      json: { content: { title: `Load ${at}`, message: "x" } },
    });
  const sent = await Promise.all([
    ...Array.from({ length: 60 }, (_, at) => send(at)),
    ...servers.map((one) => one.runTick()),
  ]);
  expect(sent.filter((answer) => "status" in answer && answer.status === 204)).toHaveLength(60);

  // Who was signed in is, and who had a key uses it.
  for (const key of [session, token])
    expect((await server.call("GET", "/api/v2/users/me", { token: key })).json).toMatchObject({
      username: "ada",
    });
  const asa = { email: "åsa@xn--bcher-kva.example", password: "a-good-password-of-asa-9" };
  expect((await server.call("POST", "/api/v2/users/login", { json: asa })).status).toBe(201);
  const workspace = await server.call("GET", `/api/v2/users/me/workspace/${release.workspace}`, { token });
  expect(workspace.json.latest_build).toMatchObject({ status: "running", transition: "start" });
  const stopped = await server.call("POST", `/api/v2/workspaces/${workspace.json.id}/builds`, {
    token,
    json: { transition: "stop" },
  });
  expect(stopped.status).toBe(201);
  const headers = { "coder-provisioner-daemon-key": release.provisionerKey };
  const acquireId = crypto.randomUUID();
  const job = await server.call("POST", "/api/v2/provisionerdaemons/jobs/acquire?wait=0", {
    headers,
    json: { name: "one", acquire_id: acquireId },
  });
  expect(job.json).toMatchObject({ transition: "stop", has_state: true });
  const state = await server.call("GET", `/api/v2/provisionerjobs/${job.json.job_id}/state`, {
    headers: { ...headers, "belfry-acquire-id": acquireId },
  });
  expect(state.text).toBe("the state of a workspace");

  // What waited to be sent when the old release stopped, and all that came since, arrives, each once.
  clock.advance(86_400_000 / 4);
  await Promise.all(servers.map((one) => one.runTick()));
  await Promise.all(servers.map((one) => one.settled()));
  const ids = receiver.arrivals.map(({ json }) => json.msg_id);
  expect(new Set(ids).size).toBe(ids.length);
  expect((await server.messages()).filter(({ dueAt }) => dueAt !== null)).toEqual([]);
  const kept = await inboxTitles(server, token);
  expect(kept).toEqual(expect.arrayContaining(before.map(({ title }) => title)));
  expect(kept).toHaveLength(before.length + 60);
  expect(readdirSync(folder).some((file) => file.startsWith("belfry.db.before-"))).toBe(true);
});
