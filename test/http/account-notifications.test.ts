// Notifications about accounts, for owners, user-admins and the user.
import { describe, expect, test } from "vitest";
import { allNotices, inboxTitles, switchKind } from "../support/inbox.ts";
import { startReceiver } from "../support/receiver.ts";
import { addUser, owner, signIn, signInFirst, startTestServer } from "../support/server.ts";

/** Owners ada and olga, a user-admin (uma), a template admin (tess) and a member (mia). */
async function setUp(environment: Record<string, string> = {}) {
  const server = await startTestServer({ environment });
  const { token, userId } = await signInFirst(server);
  const olga = await addUser(server, "olga", ["owner"]);
  const uma = await addUser(server, "uma", ["user-admin"]);
  const tess = await addUser(server, "tess", ["template-admin"]);
  const mia = await addUser(server, "mia");
  const call = <M extends string, P extends string>(method: M, path: P, as = token, json?: unknown) =>
    server.call(method, `/api/v2/users${path}`, { token: as, ...(json === undefined ? {} : { json }) });
  const notified = async () =>
    (await allNotices(server)).map(({ key, username }) => [key.replace("Template", ""), username]);
  return { server, token, userId, olga, uma, tess, mia, call, notified };
}

const password = "a-good-password-of-nobody-9";
const toAdmins = (key: string) => ["ada", "olga", "uma"].map((name) => [key, name]);

describe("an account", () => {
  test("that is created notifies owners and user-admins, its creator included", async () => {
    const { server, token, uma, call, notified } = await setUp();
    const json = {
      email: "nia@example.com",
      username: "nia",
      name: "Nia N",
      password: server.secret(password),
    };
    const created = await call("POST", "", uma.token, json);
    expect(created.status).toBe(201);
    expect((await call("POST", "", uma.token, json)).status).toBe(409);
    expect(await notified()).toEqual(toAdmins("UserAccountCreated"));
    const [message] = await allNotices(server);
    expect(message).toMatchObject({
      labels: { created_account_name: "nia", created_account_user_name: "Nia N", initiator: "uma" },
      targets: [created.json.id],
      reasons: ["role_owner", "inbox"],
    });
    expect(await inboxTitles(server, token)).toEqual(["Account nia was created"]);
    const inbox = await server.call("GET", "/api/v2/notifications/inbox", { token });
    expect(inbox.json.notifications[0]).toMatchObject({
      content: "**uma** created an account for **Nia N (nia)**.",
      actions: [
        { label: "View accounts", url: `${server.url}/deployment/users?filter=status%3Aactive` },
        { label: "View user", url: `${server.url}/deployment/users/nia` },
      ],
    });
  });

  test("that is deleted notifies them too, but not itself", async () => {
    const { call, uma, notified } = await setUp();
    expect((await call("DELETE", "/mia")).status).toBe(200);
    expect((await call("DELETE", "/mia")).status).toBe(404);
    expect(await notified()).toEqual(toAdmins("UserAccountDeleted"));
    expect((await call("DELETE", "/uma")).status).toBe(200);
    expect((await notified()).slice(3)).toEqual([
      ["UserAccountDeleted", "ada"],
      ["UserAccountDeleted", "olga"],
    ]);
    expect((await call("GET", "/me", uma.token)).status).toBe(401);
  });

  test("that is suspended and activated repeatedly on one day notifies each time, the user included", async () => {
    const { server, mia, call, notified } = await setUp();
    for (const status of ["suspend", "suspend", "activate", "activate", "suspend", "activate"])
      expect((await call("PUT", `/mia/status/${status}`)).status).toBe(200);
    const off = [...toAdmins("UserAccountSuspended"), ["YourAccountSuspended", "mia"]];
    const on = [...toAdmins("UserAccountActivated"), ["YourAccountActivated", "mia"]];
    expect(await notified()).toEqual([...off, ...on, ...off, ...on]);
    const own = (await allNotices(server)).find(({ username }) => username === "mia");
    expect(own).toMatchObject({
      labels: {
        suspended_account_name: "mia",
        suspended_account_user_name: expect.any(String),
        initiator: "Ada Lovelace",
      },
      reasons: ["own_account", "inbox"],
      targets: [mia.userId],
    });
    const again = await signIn(server, mia);
    expect(await inboxTitles(server, again)).toEqual([
      "Your account was suspended",
      "Your account was reactivated",
      "Your account was suspended",
      "Your account was reactivated",
    ]);
  });

  test("that two admins suspend at the same time notifies once", async () => {
    const { olga, token, call, notified } = await setUp();
    const answers = await Promise.all(
      [token, olga.token, token].map((as) => call("PUT", "/mia/status/suspend", as)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await notified()).toEqual([...toAdmins("UserAccountSuspended"), ["YourAccountSuspended", "mia"]]);
  });

  test("that is suspended is still notified by webhook", async () => {
    const receiver = await startReceiver();
    const { server, mia, call } = await setUp({ BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url });
    await call("PUT", "/mia/status/suspend");
    await server.settled();
    // Not to the owner who did it.
    const hooks = await receiver.wait(3);
    const user = { id: mia.userId, name: expect.any(String), email: "mia@example.com" };
    expect(hooks.map(({ json }) => json.payload.data)).toEqual(hooks.map(() => ({ user })));
    const own = hooks.map(({ json }) => json).filter(({ payload }) => payload.user_username === "mia");
    expect(own.map(({ title }) => title)).toEqual(["Your account was suspended"]);
    // Nothing else reaches a suspended user.
    const custom = await server.call("POST", "/api/v2/notifications/custom", {
      token: await signIn(server, { email: "ada@example.com", password: "correct-horse-battery-42" }),
      json: { content: { title: "x", message: "y" }, recipients: { users: ["mia"] } },
    });
    expect(custom.status).toBe(409);
    expect(mia.userId).toBe(own[0]!.payload.user_id);
  });

  test("notifies nobody who disabled the kind, and nobody when the change is refused", async () => {
    const { server, token, olga, uma, tess, call, notified } = await setUp();
    for (const as of [token, olga.token, uma.token])
      await switchKind(server, as, "TemplateUserAccountDeleted", false);
    expect((await call("DELETE", "/mia", tess.token)).status).toBe(403);
    expect((await call("DELETE", "/olga", uma.token)).status).toBe(403);
    expect((await call("PUT", "/me/status/suspend")).status).toBe(400);
    expect(await notified()).toEqual([]);
    expect((await call("DELETE", "/mia")).status).toBe(200);
    expect((await allNotices(server)).map(({ status, reasons }) => [status, reasons.at(-1)])).toEqual(
      Array.from({ length: 3 }, () => ["inhibited", "disabled_by_user"]),
    );
  });
});

describe("a password that was changed", () => {
  const contentOf = async (server: Awaited<ReturnType<typeof setUp>>["server"], token: string) => {
    const { json } = await server.call("GET", "/api/v2/notifications/inbox", { token });
    return json.notifications.map(({ content }) => content);
  };

  test("by the user says so to the user alone, without either password", async () => {
    const { server, token, call, notified } = await setUp();
    const json = { old_password: owner.password, password: server.secret(password) };
    expect((await call("PUT", "/me/password", token, { ...json, old_password: "not it" })).status).toBe(400);
    expect(await notified()).toEqual([]);
    expect((await call("PUT", "/me/password", token, json)).status).toBe(204);
    expect(await notified()).toEqual([["PasswordChanged", "ada"]]);
    const [content] = await contentOf(server, token);
    expect(content).toContain("by someone who was signed in and entered the old password.");
    expect(content).toContain("All your other sessions and all your tokens were revoked.");
    const stored = JSON.stringify(await allNotices(server));
    for (const one of [owner.password, password]) expect(stored + content).not.toContain(one);
  });

  test("by an administrator names them, not their address, and is read after the next sign-in", async () => {
    const { server, uma, call, notified } = await setUp();
    const given = { password: server.secret(password) };
    expect((await call("PUT", "/mia/password", uma.token, given)).status).toBe(204);
    expect((await call("PUT", "/ada/password", uma.token, given)).status).toBe(403);
    expect(await notified()).toEqual([["PasswordChanged", "mia"]]);
    const [message] = await allNotices(server);
    expect(message!.labels).toEqual({ by: "administrator", how: "by uma", address: "" });
    const token = await signIn(server, { email: "mia@example.com", password });
    const [content] = await contentOf(server, token);
    expect(content).toContain("was changed by uma. All your sessions and tokens were revoked.");
    expect(content).toContain("If you didn't ask for this,");
  });
});
