// Users on the pages: created, suspended, given roles and new passwords by plain forms, as far as the role allows.
import { expect, test } from "vitest";
import { auditEntries } from "../support/audit.ts";
import { cookieFor, get, placeOf, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { codeIn, startWithMail } from "../support/passcodes.ts";
import { addUser, signInFirst, type CallAnswer, type TestServer } from "../support/server.ts";

const users = "/deployment/users";
const grace = { email: "grace@example.com", username: "grace", name: "Grace Hopper" };
const loginStatus = async (server: TestServer, email: string, password: string) =>
  (await server.call("POST", "/api/v2/users/login", { json: { email, password } })).status;
const shownPassword = (server: TestServer, page: CallAnswer) =>
  server.secret(/id="key"[^>]*value="([^"]+)"/s.exec(page.text)![1]!);
const actionsOf = (page: CallAnswer) =>
  [...page.text.matchAll(/(?:\?ask=|users\/[a-z]+\/)([a-z]+)"/g)].map(([, action]) => action);

test("a user is created with a password that is shown once and works", async () => {
  const { server, token, cookie } = await startSignedIn();
  const created = await post(server, users, grace, cookie);
  expect(created.status).toBe(200);
  const password = shownPassword(server, created);
  expect(wordsOf(created)).toContain("Created grace. Copy the password now");
  expect(await loginStatus(server, grace.email, password)).toBe(201);
  const [entry] = await auditEntries(server, token, "user");
  expect([entry!.action, entry!.detail]).toEqual(["create", expect.objectContaining({ username: "grace" })]);
  expect((await get(server, users, cookie)).text).not.toContain(password);
  const again = await post(server, users, grace, cookie);
  expect([again.status, wordsOf(again)]).toEqual([409, expect.stringContaining("Already in use.")]);
  expect(again.text).toContain('value="grace@example.com"');
  const wrong = await post(server, users, { ...grace, email: "not an address" }, cookie);
  expect([wrong.status, wrong.text.includes('aria-invalid="true"')]).toEqual([400, true]);
});

test("where mail works, a link to set the password is sent instead, and no password is shown", async () => {
  const { server, post: mails } = await startWithMail();
  const cookie = cookieFor((await signInFirst(server)).token);
  const invited = await post(server, users, { ...grace, link: "yes" }, cookie);
  expect(placeOf(invited)).toBe(`${users}/grace?done=invited`);
  await server.settled();
  const isReset = ({ email }: { email: { subject?: string | undefined } }) =>
    email.subject === "Password reset requested";
  const mail = mails.mails.find(isReset)!;
  expect(mail.to).toEqual([grace.email]);
  const code = codeIn(server, mail);
  const json = { email: grace.email, one_time_passcode: code, password: "a-password-of-her-own-17" };
  expect((await server.call("POST", "/api/v2/users/otp/change-password", { json })).status).toBe(204);
  expect(await loginStatus(server, grace.email, json.password)).toBe(201);
});

test("a reset is sent by an admin, who stands in the audit log", async () => {
  const { server, post: mails } = await startWithMail();
  const { token, userId } = await signInFirst(server);
  const cookie = cookieFor(token);
  await addUser(server, "mia");
  expect(actionsOf(await get(server, `${users}/mia`, cookie))).toContain("reset");
  expect(placeOf(await post(server, `${users}/mia/reset`, {}, cookie))).toBe(`${users}/mia?done=reset`);
  await server.settled();
  expect(mails.mails.at(-1)!.to).toEqual(["mia@example.com"]);
  const entries = await auditEntries(server, token, "user");
  const entry = entries.find(({ action }) => action === "request_password_reset")!;
  expect(entry.user?.id).toBe(userId);
});

test("without mail a new password is generated after a question, and ends the old sessions", async () => {
  const { server, cookie } = await startSignedIn();
  const mia = await addUser(server, "mia");
  const page = await get(server, `${users}/mia`, cookie);
  expect(actionsOf(page)).toEqual(["password", "suspend", "delete", "roles"]);
  const asked = wordsOf(await get(server, `${users}/mia?ask=password`, cookie));
  expect(asked).toContain("Set a new password for mia?");
  const done = await post(server, `${users}/mia/password`, {}, cookie);
  expect(await loginStatus(server, "mia@example.com", shownPassword(server, done))).toBe(201);
  expect((await server.call("GET", "/api/v2/users/me", { token: mia.token })).status).toBe(401);
  const refused = await post(server, `${users}/mia/reset`, {}, cookie);
  expect([refused.status, wordsOf(refused)]).toEqual([
    409,
    expect.stringContaining("This server can't send email."),
  ]);
});

test("a user is suspended after a question, activated again, and deleted", async () => {
  const { server, cookie } = await startSignedIn();
  const mia = await addUser(server, "mia");
  const page = async (query = "") => wordsOf(await get(server, `${users}/mia${query}`, cookie));
  expect(await page("?ask=suspend")).toContain(
    "Suspend mia? This revokes all their sessions and tokens immediately",
  );
  await post(server, `${users}/mia/suspend`, {}, cookie);
  expect(await page("?done=suspended")).toContain("mia suspended The user was suspended.");
  expect((await server.call("GET", "/api/v2/users/me", { token: mia.token })).status).toBe(401);
  expect(await page("?ask=suspend")).not.toContain("Suspend mia?");
  await post(server, `${users}/mia/activate`, {}, cookie);
  expect(await page()).toContain("mia active");
  expect(placeOf(await post(server, `${users}/mia/delete`, {}, cookie))).toBe(users);
  expect((await get(server, `${users}/mia`, cookie)).status).toBe(404);
});

test("roles are set by owners; the last owner and oneself are protected", async () => {
  const { server, cookie } = await startSignedIn();
  await addUser(server, "mia");
  const roles = await post(server, `${users}/mia/roles`, { auditor: "on", "template-admin": "on" }, cookie);
  expect(placeOf(roles)).toBe(`${users}/mia?done=roles`);
  expect(wordsOf(await get(server, `${users}/mia`, cookie))).toContain("Roles Auditor, Template admin");
  await post(server, `${users}/mia/roles`, {}, cookie);
  expect(wordsOf(await get(server, `${users}/mia`, cookie))).toContain("Roles Member");
  expect(actionsOf(await get(server, `${users}/ada`, cookie))).toEqual([]);
  const self = await post(server, `${users}/ada/suspend`, {}, cookie);
  expect([self.status, wordsOf(self)]).toEqual([409, expect.stringContaining("the last active owner")]);
});

test("a user admin manages members only and assigns no role; an auditor only looks", async () => {
  const { server } = await startSignedIn();
  await addUser(server, "mia");
  await addUser(server, "tess", ["template-admin"]);
  const uma = cookieFor((await addUser(server, "uma", ["user-admin"])).token);
  const aud = cookieFor((await addUser(server, "aud", ["auditor"])).token);
  expect(actionsOf(await get(server, `${users}/mia`, uma))).toEqual(["password", "suspend", "delete"]);
  expect(actionsOf(await get(server, `${users}/tess`, uma))).toEqual([]);
  expect((await post(server, `${users}/tess/suspend`, {}, uma)).status).toBe(403);
  expect((await post(server, `${users}/mia/roles`, { owner: "on" }, uma)).status).toBe(403);
  expect(actionsOf(await get(server, `${users}/mia`, aud))).toEqual([]);
  expect(wordsOf(await get(server, users, aud))).not.toContain("Create a user");
  const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  expect((await post(server, `${users}/mia/suspend`, {}, uma, foreign)).status).toBe(403);
});
