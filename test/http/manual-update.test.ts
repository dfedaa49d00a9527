// Moving a workspace to another version of its template: the owner's receipt and the admins' notification.
import { describe, expect, test } from "vitest";
import { allNotices, inboxTitles, switchKind } from "../support/inbox.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { addProvisioner, addTemplate, addVersion, outcome, organizationOf } from "../support/workspaces.ts";

/** Two owners (ada, olga), a template admin (tess), one with both roles (bea), a member (mia) with a workspace, another. */
async function setUp() {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const people = {
    ada: { token, userId },
    olga: await addUser(server, "olga", ["owner"]),
    tess: await addUser(server, "tess", ["template-admin"]),
    bea: await addUser(server, "bea", ["owner", "template-admin"]),
    mia: await addUser(server, "mia"),
    max: await addUser(server, "max"),
  };
  const parameters = [
    { name: "size", defaultValue: "small" },
    { name: "secret", defaultValue: "", sensitive: true },
  ];
  const first = { parameters, name: "v1" };
  const { templateId, versionId: v1 } = await addTemplate(server, userId, "docker", first);
  const v2 = await addVersion(server, userId, templateId, { parameters, name: "v2" });
  const provisioner = await addProvisioner(server, userId, "one");
  const finish = async () => {
    const { json } = await provisioner.acquire();
    await provisioner.job("POST", json.job_id, "complete", outcome);
  };
  const created = await server.call("POST", "/api/v2/users/me/workspaces", {
    token: people.mia.token,
    json: { name: "web", template_id: templateId },
  });
  await finish();
  type Name = keyof typeof people;
  const build = async (as: Name, json: object) => {
    const path = `/api/v2/workspaces/${created.json.id}/builds` as const;
    const answer = await server.call("POST", path, { token: people[as].token, json });
    if (answer.status === 201) await finish();
    return answer;
  };
  const titles = async () => {
    const names = Object.keys(people) as Name[];
    const all = await Promise.all(
      names.map(async (name) => [name, await inboxTitles(server, people[name].token)] as const),
    );
    return Object.fromEntries(all.filter(([, list]) => list.length > 0));
  };
  const workspaceId = created.json.id;
  return { server, people, templateId, workspaceId, v1, v2, build, titles };
}

const receipt = "Your workspace web is being updated to v2";
const update = "mia's workspace web is being updated to v2";

describe("a manual update", () => {
  test("by the workspace's owner notifies them, owners and template admins, each once", async () => {
    const { build, titles, v2 } = await setUp();
    const { status, headers } = await build("mia", { transition: "start", template_version_id: v2 });
    expect([status, headers.get("belfry-notified")]).toEqual([201, "self, admins=4"]);
    expect(await titles()).toEqual({
      mia: [receipt],
      ada: [update],
      olga: [update],
      tess: [update],
      bea: [update],
    });
  });

  test("by an admin notifies the owner and the other admins, not the initiator", async () => {
    const { build, titles, v2 } = await setUp();
    const { headers } = await build("ada", { transition: "start", template_version_id: v2 });
    expect(headers.get("belfry-notified")).toBe("owner, admins=3");
    expect(await titles()).toEqual({ mia: [receipt], olga: [update], tess: [update], bea: [update] });
  });

  test("has the labels of Coder's receivers, names the requested version, and masks sensitive values", async () => {
    const { server, people, build, templateId, workspaceId, v2 } = await setUp();
    const values = [
      { name: "size", value: "big" },
      { name: "secret", value: "hunter2" },
    ];
    const request = { transition: "stop", template_version_id: v2, rich_parameter_values: values };
    const created = await build("tess", request);
    const [event] = await allNotices(server);
    expect(event!.createdBy).toBe("api-workspaces-updated");
    expect(event!.labels).toEqual({
      organization: "default",
      initiator: "tess",
      workspace: "web",
      template: "docker",
      version: "v2",
      workspace_owner_username: "mia",
    });
    expect(event!.data).toEqual({
      workspace: { id: workspaceId, name: "web" },
      template: { id: templateId, name: "docker" },
      template_version: { id: v2, name: "v2" },
      owner: { id: people.mia.userId, name: "", email: "mia@example.com" },
      initiator: { id: people.tess.userId, username: "tess" },
      build: { id: created.json.id, number: 2, transition: "stop" },
      parameters: [
        { name: "size", value: "big" },
        { name: "secret", value: "********" },
      ],
      parameters_left_out: 0,
    });
    const organizationId = await organizationOf(server);
    expect(event!.targets).toEqual([workspaceId, people.mia.userId, templateId, organizationId]);
    expect(JSON.stringify(await server.sql("SELECT * FROM inbox_notifications"))).not.toContain("hunter2");
    const inbox = await server.call("GET", "/api/v2/notifications/inbox", { token: people.mia.token });
    expect(inbox.json.notifications[0]!.actions.map(({ url }) => url)).toEqual([
      `${server.url}/@mia/web`,
      `${server.url}/templates/default/docker/versions/v2`,
    ]);
  });

  test("repeated between two versions on one day notifies each time", async () => {
    const { build, titles, v1, v2 } = await setUp();
    for (const version of [v2, v1, v2])
      await build("mia", { transition: "start", template_version_id: version });
    const back = receipt.replace("v2", "v1");
    expect((await titles())["mia"]).toEqual([receipt, back, receipt]);
    expect((await titles())["tess"]).toHaveLength(3);
  });

  test("doesn't notify without a version, with the current one, or when it is refused", async () => {
    const { server, build, v1, v2 } = await setUp();
    const none = "00000000-0000-0000-0000-000000000000";
    for (const version of [undefined, null, "", none, v1]) {
      const { status, headers } = await build("mia", { transition: "start", template_version_id: version });
      expect([status, headers.has("belfry-notified")]).toEqual([201, false]);
    }
    for (const refused of [
      await build("max", { transition: "start", template_version_id: v2 }),
      await build("tess", { transition: "start", template_version_id: v2 }),
      await build("mia", {
        transition: "start",
        template_version_id: v2,
        rich_parameter_values: [{ name: "x", value: "" }],
      }),
    ])
      expect([404, 403, 400]).toContain(refused.status);
    expect(await allNotices(server)).toEqual([]);
  });

  test("notifies once when two request it at the same time: the other is refused", async () => {
    const { server, people, workspaceId, titles, v2 } = await setUp();
    const path = `/api/v2/workspaces/${workspaceId}/builds` as const;
    const json = { transition: "start", template_version_id: v2 };
    const answers = await Promise.all(
      [people.mia, people.ada, people.mia].map(({ token }) => server.call("POST", path, { token, json })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
    expect((await titles())["mia"]).toEqual([receipt]);
  });

  test("says so when nobody was notified", async () => {
    const { server, people, build, titles, v2 } = await setUp();
    for (const { token } of Object.values(people))
      await switchKind(server, token, "TemplateWorkspaceManuallyUpdated", false);
    const { headers } = await build("mia", { transition: "start", template_version_id: v2 });
    expect(headers.get("belfry-notified")).toBe("admins=0");
    expect(await titles()).toEqual({});
  });
});

test("builds are in the audit log: who started, stopped, deleted and canceled what", async () => {
  const { server, people, templateId, build, workspaceId } = await setUp();
  await build("mia", { transition: "stop" });
  await build("tess", { transition: "delete" });
  const created = await server.call("POST", "/api/v2/users/me/workspaces", {
    token: people.mia.token,
    json: { name: "other", template_id: templateId },
  });
  const cancel = `/api/v2/workspacebuilds/${created.json.latest_build.id}/cancel`;
  for (const status of [200, 400])
    expect((await server.call("PATCH", cancel, { token: people.mia.token })).status).toBe(status);
  const audit = await server.call("GET", "/api/v2/audit", { token: people.ada.token });
  const entries = audit.json.entries.filter(({ resource_type }) => resource_type.startsWith("workspace"));
  expect(entries.map((entry) => [entry.user!.username, entry.action, entry.resource_type])).toEqual([
    ["mia", "cancel", "workspace_build"],
    ["mia", "create", "workspace"],
    ["tess", "delete", "workspace"],
    ["tess", "delete", "workspace_build"],
    ["mia", "stop", "workspace_build"],
    ["mia", "create", "workspace"],
  ]);
  expect(entries[4]!.detail).toEqual({
    workspace: "web",
    workspace_id: workspaceId,
    owner: "mia",
    build_number: 2,
    version: "v1",
  });
});
