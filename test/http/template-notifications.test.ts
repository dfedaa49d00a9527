// Notifications about templates, for their users and the template admins.
import { describe, expect, test } from "vitest";
import { allNotices, inboxTitles } from "../support/inbox.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { addTemplate, organizationOf } from "../support/workspaces.ts";

/** An owner (ada), template admins (tess, tom), and members of whom mia and max have workspaces of the template. */
async function setUp() {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const tess = await addUser(server, "tess", ["template-admin"]);
  const tom = await addUser(server, "tom", ["template-admin"]);
  const mia = await addUser(server, "mia");
  const max = await addUser(server, "max");
  await addUser(server, "nia");
  const { templateId } = await addTemplate(server, userId, "docker");
  const create = async (as: string, name: string) => {
    const json = { name, template_id: templateId };
    expect((await server.call("POST", "/api/v2/users/me/workspaces", { token: as, json })).status).toBe(201);
  };
  const patch = (json: object, as = tess.token) =>
    server.call("PATCH", `/api/v2/templates/${templateId}`, { token: as, json });
  const remove = (as: string) => server.call("DELETE", `/api/v2/templates/${templateId}`, { token: as });
  const notified = async () =>
    (await allNotices(server)).map(({ key, username }) => [key.replace("TemplateTemplate", ""), username]);
  return { server, token, tess, tom, mia, max, templateId, create, patch, remove, notified };
}

describe("a template that is deprecated", () => {
  test("notifies users with workspaces of it, each once, each time the message changes", async () => {
    const { server, mia, max, templateId, create, patch, notified } = await setUp();
    await create(mia.token, "one");
    await create(mia.token, "two");
    await create(max.token, "three");
    await patch({ description: "Nothing new." });
    expect(await notified()).toEqual([]);
    const words = "Use “podman” instead.\n<b>Soon</b>";
    for (const message of [words, words, "", "Another reason."])
      expect((await patch({ deprecation_message: message })).status).toBe(200);
    const each = [
      ["Deprecated", "mia"],
      ["Deprecated", "max"],
    ];
    expect(await notified()).toEqual([...each, ...each]);
    const [message] = await allNotices(server);
    const organization = await organizationOf(server);
    expect(message).toMatchObject({
      labels: { template: "docker", message: words, organization: "default" },
      targets: [templateId, organization],
      reasons: ["uses_template", "inbox"],
    });
    const { json } = await server.call("GET", "/api/v2/notifications/inbox", { token: max.token });
    expect(json.notifications[0]).toMatchObject({
      title: "Template docker is deprecated",
      content: expect.stringContaining("> Another reason"),
      actions: [
        {
          label: "See affected workspaces",
          url: `${server.url}/workspaces?filter=owner%3Ame+template%3Adocker`,
        },
        { label: "View template", url: `${server.url}/templates/default/docker` },
      ],
    });
  });

  test("by two at the same time with the same message notifies once", async () => {
    const { token, tess, mia, create, patch, notified } = await setUp();
    await create(mia.token, "one");
    const answers = await Promise.all(
      [tess.token, token, tess.token].map((as) => patch({ deprecation_message: "Gone." }, as)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await notified()).toEqual([["Deprecated", "mia"]]);
  });

  test("by a user without the permission notifies nobody", async () => {
    const { mia, create, patch, notified } = await setUp();
    await create(mia.token, "one");
    expect((await patch({ deprecation_message: "x" }, mia.token)).status).toBe(403);
    expect(await notified()).toEqual([]);
  });
});

describe("a template that is deleted", () => {
  test("notifies owners and template admins once, but not the initiator", async () => {
    const { server, token, tess, tom, patch, remove, notified } = await setUp();
    await patch({ display_name: "Docker containers" });
    const answers = await Promise.all([remove(tess.token), remove(tess.token)]);
    expect(answers.map(({ status }) => status)).toContain(200);
    expect(await notified()).toEqual([
      ["Deleted", "ada"],
      ["Deleted", "tom"],
    ]);
    for (const as of [token, tom.token])
      expect(await inboxTitles(server, as)).toEqual(["Template deleted: Docker containers"]);
    const labels = { name: "Docker containers", initiator: "tess" };
    expect(await allNotices(server)).toMatchObject([
      { labels, reasons: ["role_owner", "inbox"] },
      { labels, reasons: ["role_template-admin", "inbox"] },
    ]);
    expect((await remove(token)).status).toBe(404);
  });

  test("by an owner notifies the other owners when there is no template admin", async () => {
    const { server, token, remove, notified } = await setUp();
    await addUser(server, "olga", ["owner"]);
    for (const name of ["tess", "tom"])
      await server.call("PUT", `/api/v2/users/${name}/roles`, { token, json: { roles: [] } });
    expect((await remove(token)).status).toBe(200);
    expect(await notified()).toEqual([["Deleted", "olga"]]);
    expect((await allNotices(server))[0]!.reasons).toEqual(["role_owner", "inbox"]);
  });

  test("is refused while a user has a workspace of it, and nobody is notified", async () => {
    const { mia, tess, create, remove, notified } = await setUp();
    await create(mia.token, "one");
    expect((await remove(tess.token)).status).toBe(400);
    expect(await notified()).toEqual([]);
  });
});
