// The pages of groups: the list, the forms and the members, with what was wrong beside its field.
import { expect, test } from "vitest";
import { cookieFor, get, wordsOf } from "../support/pages.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";

const path = "/deployment/groups";

async function startWithPages() {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  for (const name of ["mia", "bob"]) await addUser(server, name);
  const send = (to: string, form: Record<string, string>) =>
    fetch(`${server.url}${to}`, {
      method: "POST",
      redirect: "manual",
      headers: { cookie: cookieFor(token), origin: server.url },
      body: new URLSearchParams(form),
    });
  const words = async (of: string) => wordsOf(await get(server, of, cookieFor(token)));
  return { server, token, send, words };
}

test("an owner creates a group with members, adds, removes, renames and deletes", async () => {
  const { send, words } = await startWithPages();
  expect(await words(path)).toContain("No groups yet.");
  const created = await send(path, { name: "sre", display_name: "Reliability", add_users: "mia,\nada" });
  expect(created.headers.get("location")).toBe(`${path}/sre?done=created`);
  expect(await words(`${path}/sre?done=created`)).toMatch(/Reliability 2 members Created\./);
  const added = await send(`${path}/sre/add`, { add_users: "bob" });
  expect(added.headers.get("location")).toBe(`${path}/sre?done=add`);
  const page = await words(`${path}/sre`);
  for (const name of ["ada", "mia", "bob"]) expect(page).toContain(`${name}@example.com`);
  expect(await words(`${path}/sre?filter=bo`)).not.toContain("mia@example.com");
  await send(`${path}/sre/remove`, { user: "mia" });
  expect(await words(`${path}/sre`)).not.toContain("mia@example.com");
  const renamed = await send(`${path}/sre/change`, { name: "ops", display_name: "" });
  expect(renamed.headers.get("location")).toBe(`${path}/ops?done=change`);
  expect(await words(`${path}/ops?ask=delete`)).toContain("Delete the group ops?");
  const deleted = await send(`${path}/ops/delete`, {});
  expect(deleted.headers.get("location")).toBe(`${path}?deleted=ops`);
  expect(await words(`${path}?deleted=ops`)).toContain("Deleted ops. No groups yet.");
});

test("what is wrong stands beside its field, with what was typed", async () => {
  const { send, words } = await startWithPages();
  const wrong = await send(path, { name: "sre", display_name: "", add_users: "mia nobody" });
  const html = await wrong.text();
  expect([wrong.status, html.includes("Unknown user nobody."), html.includes("mia nobody")]).toEqual([
    400,
    true,
    true,
  ]);
  expect(await words(path)).toContain("No groups yet.");
  await send(path, { name: "sre", display_name: "", add_users: "" });
  await send(path, { name: "dev", display_name: "", add_users: "" });
  const taken = await send(`${path}/dev/change`, { name: "SRE", display_name: "" });
  expect([taken.status, (await taken.text()).includes("Already in use.")]).toEqual([409, true]);
  const gone = await send(`${path}/dev/remove`, { user: "nobody" });
  expect([gone.status, await gone.text()]).toEqual([
    400,
    expect.stringMatching(/role="alert"[^]*remove_users: unknown user nobody/),
  ]);
});

test("who can't manage groups sees them without forms", async () => {
  const { server, send } = await startWithPages();
  await send(path, { name: "sre", display_name: "", add_users: "mia" });
  const { token } = await addUser(server, "aud", ["auditor"]);
  const page = await get(server, `${path}/sre`, cookieFor(token));
  const words = wordsOf(page);
  expect([words.includes("mia@example.com"), words.includes("Add members")]).toEqual([true, false]);
});
