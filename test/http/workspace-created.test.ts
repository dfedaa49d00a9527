// A new workspace: its creator is in the audit log, and template admins who enabled the kind are notified.
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { inboxTitles, switchKind } from "../support/inbox.ts";
import { addPrebuilds } from "../support/prebuilds.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { addTemplate } from "../support/workspaces.ts";
import { storedEvents } from "../support/stored.ts";

async function setUp() {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const tess = await addUser(server, "tess", ["template-admin"]);
  const tom = await addUser(server, "tom", ["template-admin"]);
  const mia = await addUser(server, "mia");
  for (const as of [token, tess.token]) await switchKind(server, as, "TemplateWorkspaceCreated", true);
  const presetId = randomUUID();
  const { templateId, versionId } = await addTemplate(server, userId, "docker", {
    parameters: [{ name: "size", sensitive: true }],
    presets: [{ id: presetId, name: "small", parameters: [{ name: "size", value: "small" }], instances: 1 }],
  });
  const create = async (as: string, user: string, name: string, more: object = {}) =>
    server.call("POST", `/api/v2/users/${user}/workspaces`, {
      token: as,
      json: { name, template_id: templateId, ...more },
    });
  return { server, token, tess, tom, mia, templateId, versionId, presetId, create };
}

test("a new workspace notifies owners and template admins who enabled the kind, not its creator", async () => {
  const { server, token, tess, tom, mia, create } = await setUp();
  const parameters = { rich_parameter_values: [{ name: "size", value: "secret" }] };
  const created = await create(mia.token, "me", "web", parameters);
  expect(created.status).toBe(201);
  await create(token, "mia", "other");
  await create(tess.token, "me", "mine");
  expect((await create(mia.token, "me", "web")).status).toBe(409);
  expect(await inboxTitles(server, tess.token)).toEqual([
    "Workspace mia/web was created",
    "Workspace mia/other was created",
  ]);
  expect(await inboxTitles(server, token)).toEqual([
    "Workspace mia/web was created",
    "Workspace tess/mine was created",
  ]);
  for (const other of [tom.token, mia.token]) expect(await inboxTitles(server, other)).toEqual([]);
  const { notifications } = (await server.call("GET", "/api/v2/notifications/inbox", { token: tess.token }))
    .json;
  expect(notifications[0]!.content).toContain("**ada** created workspace **other** for **mia**");
  const [first] = await storedEvents(server);
  expect(first!.labels).toEqual({
    workspace: "web",
    template: "docker",
    version: expect.any(String),
    workspace_owner_username: "mia",
  });
  expect(first!.data["parameters"]).toEqual([{ name: "size", value: "********" }]);
  expect(first!.targets).toContain(created.json.id);
});

test("a claimed prebuild notifies too, with the prebuild's id", async () => {
  const { server, tess, mia, templateId, versionId, presetId, create } = await setUp();
  const [waiting] = await addPrebuilds(server, { templateId, versionId, presetId }, 1);
  const created = await create(mia.token, "me", "web", { template_version_preset_id: presetId });
  expect(created.json.id).toBe(waiting);
  expect(await inboxTitles(server, tess.token)).toEqual(["Workspace mia/web was created"]);
  const [event] = await storedEvents(server);
  expect(event!.targets[0]).toBe(waiting);
  expect(event!.data["workspace"]).toEqual({ id: waiting, name: "web" });
  const inbox = await server.call("GET", `/api/v2/notifications/inbox?targets=${waiting}`, {
    token: tess.token,
  });
  expect(inbox.json.notifications).toHaveLength(1);
});

test("creator and owner are in the audit log once, also for a claimed prebuild", async () => {
  const { server, token, mia, templateId, versionId, presetId, create } = await setUp();
  const [waiting] = await addPrebuilds(server, { templateId, versionId, presetId }, 1);
  await create(token, "mia", "web", { template_version_preset_id: presetId });
  const second = await create(mia.token, "me", "other");
  expect((await create(mia.token, "me", "other")).status).toBe(409);
  const { json } = await server.call("GET", "/api/v2/audit?action=create", { token });
  const entries = json.entries.filter(({ resource_type }) => resource_type === "workspace");
  expect(entries).toMatchObject([
    { user: { username: "mia" }, resource_id: second.json.id, detail: { name: "other", owner: "mia" } },
    {
      user: { username: "ada" },
      resource_id: waiting,
      ip: expect.any(String),
      detail: { name: "web", owner: "mia", template: "docker", build_id: expect.any(String) },
    },
  ]);
});
