// What happens between a look at a workspace and the write about it: the guards check what holds at the write.
import { expect, test } from "vitest";
import { holdWrites } from "../support/meanwhile.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { addProvisioner, addTemplate, addVersion, outcome, activateVersion } from "../support/workspaces.ts";
import { auditEntries } from "../support/audit.ts";

const hour = 3_600_000;

/** Mia has a stopped workspace with an autostart at eleven; it is ten. */
async function start() {
  const { wrapClient, beforeNextWrite } = holdWrites();
  const server = await startTestServer({ wrapClient });
  const { token, userId } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  const { templateId } = await addTemplate(server, userId);
  const provisioner = await addProvisioner(server, userId, "one");
  const call = <M extends string, P extends string>(as: string, method: M, path: P, json: unknown = {}) =>
    server.call(method, `/api/v2${path}`, { token: as, json });
  const finish = async () => {
    const { json } = await provisioner.acquire();
    await provisioner.job("POST", json.job_id, "complete", outcome);
  };
  const created = await call(mia.token, "POST", "/users/me/workspaces", {
    name: "web",
    template_id: templateId,
    autostart_schedule: "0 11 * * *",
    automatic_updates: "always",
  });
  const path = `/workspaces/${created.json.id}` as const;
  await finish();
  await call(mia.token, "POST", `${path}/builds`, { transition: "stop" });
  await finish();
  const workspace = async () =>
    (await server.call("GET", `/api/v2${path}?include_deleted=true`, { token })).json;
  /** Somebody does this right before the next write of anybody else. */
  const meanwhile = (as: string, method: string, to: string, json: unknown = {}) =>
    beforeNextWrite(async () => {
      const answer = await call(as, method, to, json);
      if (answer.status >= 300) throw new Error(`meanwhile: ${answer.status} ${answer.text}`);
    });
  return {
    server,
    token,
    userId,
    mia,
    templateId,
    call,
    path,
    finish,
    workspace,
    meanwhile,
    beforeNextWrite,
  };
}

test("settings of a workspace that is deleted before the write are not found", async () => {
  const { call, mia, path, finish, workspace, beforeNextWrite } = await start();
  await call(mia.token, "POST", `${path}/builds`, { transition: "delete" });
  beforeNextWrite(finish);
  expect((await call(mia.token, "PUT", `${path}/autostart`, { schedule: null })).status).toBe(404);
  expect((await workspace()).autostart_schedule).toBe("0 11 * * *");
});

test("a user who is signed out before the write changes no settings", async () => {
  const { server, token, call, mia, path, meanwhile, workspace } = await start();
  meanwhile(mia.token, "POST", "/users/logout");
  expect((await call(mia.token, "PUT", `${path}/autoupdates`, { automatic_updates: "never" })).status).toBe(
    401,
  );
  expect((await workspace()).automatic_updates).toBe("always");
  expect(await auditEntries(server, token, "workspace", "action=write")).toEqual([]);
});

test.each([
  ["started by hand", "POST", "builds", { transition: "start" }],
  ["given another time", "PUT", "autostart", { schedule: "0 12 * * *" }],
])(
  "a workspace that is %s before the pass's write gets no build of it",
  async (_words, method, action, json) => {
    const { server, mia, path, meanwhile, workspace } = await start();
    server.clock.advance(hour);
    meanwhile(mia.token, method, `${path}/${action}`, json);
    expect((await server.runTick()).started).toBe(0);
    expect((await server.runTick()).started).toBe(0);
    expect((await workspace()).latest_build.reason).toBe("initiator");
  },
);

test("a workspace whose owner is suspended by then isn't started", async () => {
  const { server, token, meanwhile, workspace } = await start();
  server.clock.advance(hour);
  meanwhile(token, "PUT", "/users/mia/status/suspend");
  expect((await server.runTick()).started).toBe(0);
  expect((await server.runTick()).started).toBe(0);
  expect((await workspace()).latest_build.build_number).toBe(2);
});

test("a workspace that changes before the write is started by the next tick", async () => {
  const {
    server,
    token,
    userId,
    mia,
    templateId,
    path,
    call,
    meanwhile,
    beforeNextWrite,
    finish,
    workspace,
  } = await start();
  const second = await addVersion(server, userId, templateId);
  server.clock.advance(hour);
  beforeNextWrite(() => activateVersion(server, token, templateId, second));
  expect((await server.runTick()).started).toBe(0);
  expect((await server.runTick()).started).toBe(1);
  expect((await workspace()).latest_build.template_version_id).toBe(second);
  await finish();
  await call(mia.token, "POST", `${path}/builds`, { transition: "stop" });
  await finish();
  const third = await addVersion(server, userId, templateId);
  await activateVersion(server, token, templateId, third);
  await server.settled();
  server.clock.advance(24 * hour);
  meanwhile(mia.token, "PUT", `${path}/autoupdates`, { automatic_updates: "never" });
  expect((await server.runTick()).started).toBe(0);
  expect((await server.runTick()).started).toBe(1);
  expect((await workspace()).latest_build.template_version_id).toBe(second);
});
