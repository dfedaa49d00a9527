// What the pages do, in a terminal: accounts, builds, sources and settings, and a table of all that pages send.
import { expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import type { Command, Group } from "../../src/cli/rules/command.ts";
import { auditEntries } from "../support/audit.ts";
import { coderMessage, miaInCoder } from "../support/coder-messages.ts";
import { runCommand } from "../support/command.ts";
import { pages } from "../support/page-permissions.ts";
import { newPassword, startWithMail } from "../support/passcodes.ts";
import { addUser, owner, signIn, signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { addSource, postMessage } from "../support/sources.ts";
import { addProvisioner, addTemplate } from "../support/workspaces.ts";

const shell =
  ({ url }: Pick<TestServer, "url">, token: string) =>
  (line: string, input = "") =>
    runCommand(line.split(" "), { environment: { BELFRY_URL: url, BELFRY_SESSION_TOKEN: token }, input });

/** The command for each form; nothing where the form is about this browser, or its list as it was shown. */
const commandOf: Record<string, string> = {
  "POST /login": "login",
  "POST /logout": "logout",
  "POST /setup": "login",
  "POST /cli-auth": "login",
  "POST /reset-password": "users reset-password",
  "POST /reset-password/change": "users reset-password",
  "POST /unsubscribe": "preferences set",
  "POST /inbox/:all{(?:read-all|done-all)}": "notifications read, notifications done",
  "POST /inbox/selected/:mark{(?:done|inbox|read|unread)}": "notifications read, notifications done",
  "POST /inbox/items/:id/:mark{(?:read|unread|done|inbox)}": "notifications read, notifications done",
  "POST /inbox/items/:id/follow": "notifications show, notifications read",
  "POST /inbox/snooze": "notifications snooze",
  "POST /inbox/items/:id/mute": "notifications mute",
  "POST /settings/mutes/:id/lift": "notifications unmute",
  "POST /inbox/undo": "",
  "POST /settings/time-zone": "preferences quiet-hours",
  "POST /settings/notifications/only-needs-me": "preferences only-needs-me",
  "POST /settings/notifications/only-needs-me/undo": "preferences only-needs-me",
  "POST /settings/chats": "preferences chats add",
  "POST /settings/chats/:chat/code": "preferences chats resend",
  "POST /settings/chats/:chat/confirm": "preferences chats confirm",
  "POST /settings/chats/:chat/delete": "preferences chats delete",
  "POST /settings/digest": "preferences digest",
  "POST /settings/quiet-hours": "preferences quiet-hours",
  "POST /settings/quiet-hours/remove": "preferences quiet-hours",
  "POST /settings/quiet-hours/critical": "preferences quiet-hours",
  "POST /settings/push": "",
  "POST /settings/push/:id/remove": "",
  "POST /questions/:id": "answer",
  "POST /settings/notifications": "preferences set",
  "POST /settings/notifications/reset": "preferences reset",
  "POST /settings/notifications/own-actions": "notifications own-actions",
  "POST /settings/account/password": "users set-password",
  "POST /settings/account/tokens": "tokens create",
  "POST /settings/account/keys/:id/revoke": "tokens remove, sessions end",
  "POST /settings/account/sessions/end-others": "sessions end",
  "POST /deployment/notifications/test": "notifications test",
  "POST /deployment/notifications/:change{(?:pause|resume)}": "notifications pause, notifications resume",
  "POST /deployment/notifications/messages/retry": "notifications retry",
  "POST /deployment/notifications/messages/withdraw": "notifications withdraw",
  "POST /deployment/notifications/messages/:id/retry": "notifications retry",
  "POST /deployment/notifications/messages/:id/withdraw": "notifications withdraw",
  "POST /deployment/notifications/templates/:id/activate": "notifications templates activate",
  "POST /deployment/notifications/templates/:id/channel": "notifications templates channel",
  "POST /deployment/notifications/templates/:id/choices":
    "notifications templates default, notifications templates disable, notifications templates enable",
  "POST /deployment/notifications/templates/:id/edit": "notifications templates edit",
  "POST /deployment/users": "users create",
  "POST /deployment/users/:user/:action{(?:suspend|activate|reset|password|roles|delete)}":
    "users suspend, users activate, users set-password, users roles, users delete",
  "POST /:owner{@[^/]+}/:workspace/:action{(?:start|stop|restart|update|retry|delete|cancel)}":
    "workspaces start, workspaces stop, workspaces restart, workspaces update, workspaces retry, workspaces delete, workspaces cancel",
  "POST /templates/:organization/:template/drift/:preset/fixed": "templates drift",
  "POST /prebuilds/presets/:id/resume": "prebuilds resume",
  "POST /prebuilds/:change{(?:pause|unpause)}": "prebuilds pause, prebuilds resume",
  "POST /prebuilds/reconcile": "prebuilds reconcile",
  "POST /deployment/provisioner-keys": "provisioner keys create",
  "POST /deployment/provisioner-keys/:name/revoke": "provisioner keys delete",
  "POST /deployment/notifications/send": "notifications custom",
  "POST /deployment/notifications/send/senders": "notifications senders",
  "POST /deployment/notifications/send/confirm": "notifications custom",
  "POST /deployment/groups": "groups create",
  "POST /deployment/groups/:group/change": "groups edit",
  "POST /deployment/groups/:group/add": "groups add",
  "POST /deployment/groups/:group/remove": "groups remove",
  "POST /deployment/groups/:group/delete": "groups delete",
  "POST /deployment/rules": "rules create",
  "POST /deployment/rules/:rule/change": "rules update",
  "POST /deployment/rules/:rule/move": "rules update",
  "POST /deployment/rules/:rule/:change{(?:enable|disable)}": "rules update",
  "POST /deployment/rules/:rule/delete": "rules delete",
  "POST /settings/rules": "rules create",
  "POST /settings/rules/:rule/change": "rules update",
  "POST /settings/rules/:rule/move": "rules update",
  "POST /settings/rules/:rule/:change{(?:enable|disable)}": "rules update",
  "POST /settings/rules/:rule/delete": "rules delete",
  "POST /deployment/receivers": "receivers create",
  "POST /deployment/receivers/:receiver/change": "receivers update",
  "POST /deployment/receivers/:receiver/:change{(?:enable|disable)}": "receivers update",
  "POST /deployment/receivers/:receiver/rotate": "receivers rotate",
  "POST /deployment/receivers/:receiver/test": "receivers test",
  "POST /deployment/receivers/:receiver/delete": "receivers delete",
  "POST /deployment/sources": "sources create",
  "POST /deployment/sources/:source/:change{(?:enable|disable)}": "sources enable, sources disable",
  "POST /deployment/sources/:source/rotate": "sources rotate",
  "POST /deployment/sources/:source/delete": "sources delete",
  "POST /deployment/sources/:source/people/:id/pin": "sources people pin",
  "POST /deployment/sources/:source/people/:id/create": "users create, sources people pin",
  "POST /deployment/sources/:source/people/:id/forget": "sources people forget",
};

const namesOf = (group: Group): string[] =>
  group.commands.flatMap((one: Command | Group) =>
    "commands" in one ? namesOf(one).map((name) => `${one.name} ${name}`) : [one.name],
  );

test("what a page sends has a command", () => {
  const forms = Object.keys(pages).filter((route) => route.startsWith("POST "));
  expect(Object.keys(commandOf).toSorted()).toEqual(forms.toSorted());
  const known = namesOf(commands);
  const named = Object.values(commandOf).flatMap((names) => names.split(", ").filter(Boolean));
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

test("one's own password is changed with the current one; other sessions end, and this one stays", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const elsewhere = await signIn(server, owner);
  const belfry = shell(server, token);
  const password = server.secret(newPassword);
  const wrong = await belfry("users set-password", `not-the-one-17\n${password}\n`);
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("current password: incorrect")]);
  expect(await belfry("users set-password", `${owner.password}\n${password}\n`)).toEqual({
    code: 0,
    stdout: "",
    stderr: "Password changed; all your other sessions and all tokens have ended.\n",
  });
  const statusOf = async (key: string) =>
    (await server.call("GET", "/api/v2/users/me", { token: key })).status;
  expect([await statusOf(token), await statusOf(elsewhere)]).toEqual([200, 401]);
  await signIn(server, { email: owner.email, password });
  for (const line of [
    "users set-password --generate-password",
    "users set-password --send-link",
    "users set-password mia --send-link --generate-password",
  ])
    expect((await belfry(line)).code).toBe(2);
});

test("another user's password is set, or a link to set it is mailed in the actor's name; the user is deleted", async () => {
  const { server, codes } = await startWithMail();
  const { token } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  const belfry = shell(server, token);
  const set = await belfry("users set-password mia --generate-password");
  expect(set.stderr).toBe("Password of mia changed; all their sessions and tokens have ended.\n");
  const password = server.secret(set.stdout.trim());
  expect((await server.call("GET", "/api/v2/users/me", { token: mia.token })).status).toBe(401);
  const session = await signIn(server, { email: "mia@example.com", password });

  expect((await belfry("users set-password mia --send-link")).code).toBe(0);
  await server.settled();
  expect(codes()).toHaveLength(1);
  const [entry] = await auditEntries(server, token, "user");
  expect(entry).toMatchObject({ action: "request_password_reset", user: { username: "ada" } });
  const refused = await shell(server, session)("users set-password ada --send-link");
  expect([refused.code, codes().length]).toEqual([1, 1]);

  expect(await belfry("users delete mia")).toEqual({ code: 0, stdout: "", stderr: "Deleted user mia.\n" });
  expect((await server.call("GET", "/api/v2/users/mia", { token })).status).toBe(404);
});

test("a build is canceled, and a failed one repeated as it was", async () => {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  await addTemplate(server, userId, "docker", { parameters: [{ name: "size", defaultValue: "small" }] });
  const provisioner = await addProvisioner(server, userId, "one");
  const belfry = shell(server, token);
  await belfry("workspaces create web --template docker --parameter size=big");
  const early = await belfry("workspaces retry web");
  expect(early.stderr).toBe("belfry: Build 1 has not ended.\nCancel it: belfry workspaces cancel web\n");
  expect((await belfry("workspaces cancel web")).stderr).toMatch(
    /^Canceling build 1 of web \(start\)\.\nWait for the build: belfry builds wait [0-9a-f-]{36}\n$/,
  );
  const retried = await belfry("workspaces retry web");
  expect([retried.code, retried.stderr]).toEqual([
    0,
    expect.stringContaining("Queued build 2 of web (start)."),
  ]);
  const { json } = await provisioner.acquire({ wait: 30 });
  expect(json.parameters).toMatchObject([{ name: "size", value: "big" }]);
  await provisioner.job("POST", json.job_id, "complete", { resources: [] });
  const late = await belfry("workspaces retry web");
  expect([late.code, late.stderr]).toEqual([
    1,
    "belfry: Build 2 (start) succeeded. There is nothing to retry.\n",
  ]);
});

test("a source is disabled and enabled; its people are listed, pinned and forgotten", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  await addUser(server, "grace");
  const belfry = shell(server, token);
  const source = await addSource(server, token);
  expect((await belfry("sources people list prod")).stderr).toContain("No unknown or pinned people.");
  const message = coderMessage({ user_id: miaInCoder, user_username: "g.hopper", user_email: "g@x.example" });
  expect((await postMessage(server, source, message)).status).toBe(204);
  const listed = await belfry("sources people list prod");
  expect(listed.stdout).toMatch(/^g\.hopper .* unknown +1 +1 /m);
  expect((await belfry("sources people pin prod g.hoper grace")).stderr).toContain("Nothing was changed.");
  expect((await belfry("sources people pin prod g.hopper grace")).stderr).toBe(
    "Pinned g.hopper to grace; delivered 1 notification.\n",
  );
  expect((await belfry("sources people list prod")).stdout).toMatch(/^g\.hopper .* grace /m);
  expect((await belfry("sources people forget prod g.hopper")).stderr).toBe("Forgot g.hopper.\n");
  expect(JSON.parse((await belfry("sources people list prod --output json")).stdout)).toEqual([]);

  expect((await belfry("sources disable prod")).stderr).toBe("Disabled source prod.\n");
  expect((await postMessage(server, source, coderMessage())).status).not.toBe(204);
  expect((await belfry("sources enable prod")).stderr).toBe("Enabled source prod.\n");
  expect((await postMessage(server, source, coderMessage())).status).toBe(204);
});

test("settings show kinds by channel, and turn on and off a kind or one channel of it", async () => {
  const server = await startTestServer({
    environment: { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: "http://127.0.0.1:1/" },
  });
  const { token } = await signInFirst(server);
  const belfry = shell(server, token);
  const rowOf = async (line: string) => (await belfry(line)).stdout.split("\n")[1]!.split(/ {2,}/);
  const all = (await belfry("notifications settings")).stdout.split("\n").map((row) => row.split(/ {2,}/));
  expect(all[0]).toEqual(["KIND", "INBOX", "WEBHOOK"]);
  expect(all).toContainEqual(["Task Idle", "on", "on"]);
  expect(await rowOf("notifications settings task-idle off --channel webhook")).toEqual([
    "Task Idle",
    "on",
    "off",
  ]);
  expect(await rowOf("notifications settings task-idle off")).toEqual(["Task Idle", "off", "off"]);
  expect(await rowOf("notifications settings task-idle on --channel inbox")).toEqual([
    "Task Idle",
    "on",
    "off",
  ]);
  const wrong = await belfry("notifications settings task-idle on --channel pigeon");
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("--channel: must be one of inbox")]);
  for (const line of ["task-idle", "task-idle maybe", "--channel inbox"])
    expect((await belfry(`notifications settings ${line}`)).code).toBe(2);
  expect((await belfry("notifications own-actions")).stdout).toBe("off\n");
  expect((await belfry("notifications own-actions on")).stdout).toBe("on\n");
  expect((await belfry("notifications own-actions")).stdout).toBe("on\n");
});
