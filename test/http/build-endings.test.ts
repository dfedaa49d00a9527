// Notifications about the end of a build, through the routes of provisioners and the tick.
import { describe, expect, test } from "vitest";
import { leaseMs } from "../../src/workspaces/jobs/rules/job.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { allNotices, inboxTitles } from "../support/inbox.ts";
import { addProvisioner, addTemplate, outcome } from "../support/workspaces.ts";
import { auditEntries } from "../support/audit.ts";

/** An owner (ada), a template admin (tess), a member (mia) with a running workspace, and a provisioner. */
async function setUp() {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const tess = await addUser(server, "tess", ["template-admin"]);
  const mia = await addUser(server, "mia");
  const { templateId } = await addTemplate(server, userId);
  const provisioner = await addProvisioner(server, userId, "one");
  const created = await server.call("POST", "/api/v2/users/me/workspaces", {
    token: mia.token,
    json: { name: "web", template_id: templateId },
  });
  const finish = async () => {
    const { json } = await provisioner.acquire();
    await provisioner.job("POST", json.job_id, "complete", outcome);
  };
  await finish();
  const build = async (transition: string, as: string) => {
    const path = `/api/v2/workspaces/${created.json.id}/builds` as const;
    const { json } = await server.call("POST", path, { token: as, json: { transition } });
    return json.id;
  };
  const titles = {
    ada: () => inboxTitles(server, token),
    tess: () => inboxTitles(server, tess.token),
    mia: () => inboxTitles(server, mia.token),
  };
  return {
    server,
    token,
    tess,
    mia,
    templateId,
    provisioner,
    finish,
    build,
    titles,
    workspaceId: created.json.id,
  };
}

const failed = (build = 2) => `Build ${build} of mia/web failed`;
const deleted = "Your workspace web was deleted";

describe("a deletion that succeeded", () => {
  test("notifies the workspace's owner of the initiator once, however often the completion is sent", async () => {
    const { server, token, mia, provisioner, build, titles, workspaceId } = await setUp();
    await build("delete", token);
    const { job_id } = (await provisioner.acquire()).json;
    for (let time = 0; time < 2; time += 1)
      expect((await provisioner.job("POST", job_id, "complete", { resources: [] })).status).toBe(200);
    expect(await titles.mia()).toEqual([deleted]);
    expect(await titles.ada()).toEqual([]);
    expect(await titles.tess()).toEqual([]);
    const inbox = await server.call("GET", "/api/v2/notifications/inbox", { token: mia.token });
    expect(inbox.json.notifications[0]).toMatchObject({
      content: expect.stringContaining("**ada** deleted your workspace **web**"),
      targets: expect.arrayContaining([workspaceId, mia.userId]),
    });
    const [message] = await allNotices(server);
    expect(message).toMatchObject({
      labels: { name: "web", reason: "initiated by user", initiator: "ada" },
      reasons: ["workspace_owner", "inbox"],
    });
  });

  test("notifies nobody when the owner requested it, and is in the audit log", async () => {
    const { server, token, mia, finish, build, workspaceId } = await setUp();
    await build("delete", mia.token);
    await finish();
    expect(await allNotices(server)).toEqual([]);
    const audit = await server.call("GET", `/api/v2/audit?resource_id=${workspaceId}&action=delete`, {
      token,
    });
    expect(audit.json.entries).toMatchObject([
      { user: { username: "mia" }, resource_type: "workspace", ip: null, detail: { name: "web" } },
    ]);
  });

  test("notifies nobody when it was canceled meanwhile or failed", async () => {
    const { server, token, provisioner, build, titles } = await setUp();
    const id = await build("delete", token);
    await provisioner.acquire();
    await server.call("PATCH", `/api/v2/workspacebuilds/${id}/cancel`, { token });
    await provisioner.job("POST", id, "complete", { resources: [] });
    expect(await allNotices(server)).toEqual([]);
    expect(await auditEntries(server, token, "workspace", "action=delete")).toEqual([]);
    const second = await build("delete", token);
    await provisioner.acquire();
    await provisioner.job("POST", second, "fail", { error: "busy" });
    expect(await titles.mia()).toEqual([]);
    expect(await titles.tess()).toEqual([failed(3)]);
  });
});

describe("a build that failed", () => {
  test("notifies the template admins of the error once, and not its owner", async () => {
    const { server, mia, tess, templateId, provisioner, build, titles } = await setUp();
    const display = { token: tess.token, json: { display_name: "Docker containers" } };
    await server.call("PATCH", `/api/v2/templates/${templateId}`, display);
    const id = await build("stop", mia.token);
    await provisioner.acquire();
    for (let time = 0; time < 2; time += 1)
      await provisioner.job("POST", id, "fail", { error: "\nError: no *space* left\n  on device" });
    expect(await titles.tess()).toEqual([failed()]);
    expect(await titles.ada()).toEqual([]);
    expect(await titles.mia()).toEqual([]);
    const { notifications } = (await server.call("GET", "/api/v2/notifications/inbox", { token: tess.token }))
      .json;
    expect((await allNotices(server))[0]!.labels).toMatchObject({ template_name: "Docker containers" });
    expect(notifications[0]!.content).toContain("> Error\\: no \\*space\\* left\n");
    expect(notifications[0]!.actions).toEqual([
      { label: "View build", url: `${server.url}/@mia/web/builds/2` },
    ]);
  });

  test("notifies the owners when there is no template admin", async () => {
    const { server, token, mia, provisioner, build, titles } = await setUp();
    await server.call("PUT", "/api/v2/users/tess/roles", { token, json: { roles: [] } });
    await provisioner.job("POST", await build("stop", mia.token), "fail", { error: "not held" });
    expect(await allNotices(server)).toEqual([]);
    const { job_id } = (await provisioner.acquire()).json;
    await provisioner.job("POST", job_id, "fail", { error: "" });
    expect(await titles.ada()).toEqual([failed()]);
    const [message] = await allNotices(server);
    expect(message!.reasons).toEqual(["no_template_admin", "role_owner", "inbox"]);
  });

  test("and was started by its schedule notifies its owner; one of a pool notifies nobody here", async () => {
    const { server, mia, provisioner, build, titles } = await setUp();
    const fail = async (reason: string) => {
      const id = await build("start", mia.token);
      await server.sql(`UPDATE workspace_builds SET reason = '${reason}' WHERE id = '${id}'`);
      await provisioner.acquire();
      await provisioner.job("POST", id, "fail", { error: "x" });
    };
    await fail("prebuild");
    expect(await allNotices(server)).toEqual([]);
    await fail("autostart");
    expect(await titles.mia()).toEqual(["Autostart failed: web"]);
    expect(await titles.tess()).toEqual([]);
  });

  test("because its provisioner was lost notifies too, once, however many ticks run", async () => {
    const { server, mia, provisioner, build, titles } = await setUp();
    const id = await build("stop", mia.token);
    await server.runTick();
    await provisioner.acquire();
    await provisioner.job("POST", id, "plan", { resource_changes: [] });
    for (let passed = 0; passed <= leaseMs; passed += 30_000) {
      server.clock.advance(30_000);
      await Promise.all([server.runTick(), server.runTick()]);
    }
    expect(await titles.tess()).toEqual([failed()]);
    const { json } = await server.call("GET", `/api/v2/workspacebuilds/${id}`, { token: mia.token });
    expect(json.job).toMatchObject({ status: "failed", error_code: "LEASE_LOST" });
    // A later report of the lost provisioner is refused and notifies nobody.
    expect((await provisioner.job("POST", id, "fail", { error: "late" })).status).toBe(409);
    expect(await titles.tess()).toEqual([failed()]);
  });
});

describe("an orphaned workspace", () => {
  const orphan = { transition: "delete", orphan: true };

  test("ends at once, without a job; its owner is notified, and the log lists the resources left behind", async () => {
    const { server, token, mia, tess, provisioner, titles, workspaceId } = await setUp();
    const path = `/api/v2/workspaces/${workspaceId}/builds` as const;
    const by = (who: string, json: unknown) => server.call("POST", path, { token: who, json });
    expect(await by(mia.token, orphan)).toMatchObject({
      status: 403,
      json: { detail: "Only owners and template admins can orphan a workspace." },
    });
    for (const transition of ["start", "stop"])
      expect(await by(token, { transition, orphan: true })).toMatchObject({
        status: 400,
        json: { validations: [{ field: "orphan" }] },
      });
    const created = await by(tess.token, orphan);
    expect(created).toMatchObject({
      status: 201,
      json: { transition: "delete", status: "deleted", build_number: 2, job: { status: "succeeded" } },
    });
    expect((await provisioner.acquire()).status).toBe(204);
    expect((await server.call("GET", `/api/v2/workspaces/${workspaceId}`, { token })).status).toBe(404);
    expect(await titles.mia()).toEqual([deleted]);
    const log = await server.call("GET", `/api/v2/workspacebuilds/${created.json.id}/logs`, { token });
    expect(log.json).toMatchObject([
      {
        log_level: "warn",
        output:
          "tess deleted the workspace without running Terraform. These resources were not destroyed: docker_container.dev.",
      },
    ]);
    const { entries } = (await server.call("GET", "/api/v2/audit?action=delete", { token })).json;
    expect(entries[0]).toMatchObject({
      resource_type: "workspace",
      user: { username: "tess" },
      detail: { name: "web", orphan: true, left_behind: ["docker_container.dev"] },
    });
    expect((await by(token, orphan)).status).toBe(404);
    // Its name is free.
    const { json: old } = await server.call("GET", `/api/v2/workspaces/${workspaceId}?include_deleted=true`, {
      token,
    });
    const json = { name: "web", template_id: old.template_id };
    const again = await server.call("POST", "/api/v2/users/me/workspaces", { token: mia.token, json });
    expect(again.status).toBe(201);
  });

  test("waits for a build in progress, like any other", async () => {
    const { server, token, build, workspaceId } = await setUp();
    await build("stop", token);
    const path = `/api/v2/workspaces/${workspaceId}/builds` as const;
    expect((await server.call("POST", path, { token, json: orphan })).status).toBe(409);
  });
});

test("an unsupported field of a build's or workspace's request is refused, not ignored", async () => {
  const { server, token, workspaceId } = await setUp();
  const path = `/api/v2/workspaces/${workspaceId}/builds` as const;
  const build = (more: object) => server.call("POST", path, { token, json: { transition: "stop", ...more } });
  expect(await build({ state: "e30=" })).toMatchObject({
    status: 400,
    json: { validations: [{ field: "state", detail: expect.stringMatching(/^is not supported: /) }] },
  });
  expect((await build({ dry_run: true })).status).toBe(400);
  const { template_id } = (await server.call("GET", `/api/v2/workspaces/${workspaceId}`, { token })).json;
  const create = (more: object) =>
    server.call("POST", "/api/v2/users/me/workspaces", { token, json: { name: "x", template_id, ...more } });
  expect(await create({ ttl_ms: 3_600_000 })).toMatchObject({
    status: 400,
    json: { message: "ttl_ms: is not supported: workspaces don't stop automatically" },
  });
  expect((await create({ ttl_ms: null })).status).toBe(201);
  // What Coder's own program sends in every request.
  expect((await build({ orphan: false, state: null, dry_run: false, log_level: "" })).status).toBe(201);
});
