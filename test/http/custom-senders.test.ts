// Who may send custom notifications to others: owners, and the roles and groups that they choose.
import { expect, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { cookieFor, get, wordsOf } from "../support/pages.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";

const path = "/api/v2/notifications/custom";
const groupsPath = "/api/v2/organizations/default/groups";

async function start() {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const [mia, tess, uma] = [
    await addUser(server, "mia"),
    await addUser(server, "tess", ["template-admin"]),
    await addUser(server, "uma", ["user-admin"]),
  ];
  const call = (method: string, to: string, json?: unknown, as = token) =>
    server.call(method, to, { token: as, ...(json === undefined ? {} : { json }) });
  let count = 0;
  const sends = async (as: string) => {
    const content = { title: `Hello ${(count += 1)}`, message: "x" };
    return (await call("POST", path, { content, recipients: { users: ["ada"] } }, as)).status;
  };
  const choose = (json: object, as = token) => call("PUT", `${path}/senders`, json, as);
  await call("POST", groupsPath, { name: "sre", add_users: ["mia"] });
  return { server, token, mia, tess, uma, call, sends, choose };
}

test("owners let roles and groups send, and take it back; each change is audited once", async () => {
  const { server, token, mia, tess, uma, call, sends, choose } = await start();
  expect([await sends(mia.token), await sends(tess.token)]).toEqual([403, 403]);
  const chosen = await choose({ roles: ["template-admin", "owner"], groups: ["SRE"] });
  expect(chosen.json).toEqual({ roles: ["template-admin"], groups: ["sre"] });
  expect((await call("GET", `${path}/senders`)).json).toEqual(chosen.json);
  expect([await sends(mia.token), await sends(tess.token), await sends(uma.token)]).toEqual([204, 204, 403]);
  expect(
    (await call("POST", `${path}/recipients`, { recipients: { users: ["ada"] } }, mia.token)).status,
  ).toBe(200);
  const delivery = wordsOf(await get(server, "/deployment/notifications", cookieFor(mia.token)));
  expect(delivery).toContain("Send a notification to users, groups or owners of workspaces.");
  await choose({ roles: ["template-admin"], groups: ["sre"] });
  await choose({ roles: [], groups: [] });
  expect([await sends(mia.token), await sends(tess.token)]).toEqual([403, 403]);
  const { entries } = (await server.call("GET", "/api/v2/audit?action=write" as "/api/v2/audit", { token }))
    .json;
  expect(
    entries
      .filter(({ resource_type: type }) => type === "notifications_settings")
      .map(({ detail }) => detail),
  ).toEqual([
    { custom_senders: { roles: [], groups: [] } },
    { custom_senders: { roles: ["template-admin"], groups: ["sre"] } },
  ]);
});

test("a user admin gives nobody the right by a group", async () => {
  const { mia, uma, call, sends, choose } = await start();
  await choose({ roles: [], groups: ["sre"] });
  for (const [method, json] of [
    ["PATCH", { add_users: ["uma"] }],
    ["PATCH", { name: "renamed" }],
    ["DELETE", undefined],
  ] as const) {
    const refused = await call(method, "/api/v2/groups/sre", json, uma.token);
    expect([refused.status, refused.json]).toMatchObject([
      403,
      { detail: "Only owners can change this group: its members may send notifications to others." },
    ]);
  }
  expect([await sends(mia.token), await sends(uma.token)]).toEqual([204, 403]);
  await call("DELETE", "/api/v2/groups/sre");
  await call("POST", groupsPath, { name: "sre", add_users: ["uma"] }, uma.token);
  expect([await sends(mia.token), await sends(uma.token)]).toEqual([403, 403]);
});

test("a token of a narrow scope sends to nobody else, and what is wrong is named", async () => {
  const { server, mia, call, choose } = await start();
  await choose({ roles: [], groups: ["sre"] });
  const { key } = (
    await call("POST", "/api/v2/users/me/keys/tokens", { token_name: "n", scope: "notify" }, mia.token)
  ).json as unknown as { key: string };
  server.secret(key);
  const json = { content: { title: "x", message: "x" }, recipients: { users: ["ada"] } };
  expect((await call("POST", path, json, key)).status).toBe(403);
  expect((await choose({ roles: [], groups: ["srv"] })).json).toMatchObject({
    message: `groups: unknown group srv. Did you mean "sre"?`,
  });
  expect((await choose({ roles: ["king"], groups: [] })).status).toBe(400);
});

test("the command and the page choose, too", async () => {
  const { server, token, call } = await start();
  const belfry = (...args: string[]) =>
    runCommand(["notifications", "senders", ...args], {
      environment: { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token },
    });
  const say = "These can send notifications to others: owners";
  expect((await belfry()).stderr).toBe(`${say}.\n`);
  expect((await belfry("--role", "auditor", "--group", "sre")).stderr).toBe(
    `${say}, users with the role auditor, members of the group sre.\n`,
  );
  expect((await belfry("--group", "srv")).stderr).toContain(
    '--group: unknown group srv. Did you mean "sre"?',
  );
  expect((await belfry("--none", "--role", "auditor")).code).toBe(2);
  expect((await belfry("--none", "-o", "json")).stdout).toBe('{\n  "roles": [],\n  "groups": []\n}\n');
  const page = "/deployment/notifications/send";
  const post = (form: Record<string, string>) =>
    fetch(`${server.url}${page}/senders`, {
      method: "POST",
      redirect: "manual",
      headers: { cookie: cookieFor(token), origin: server.url },
      body: new URLSearchParams(form),
    });
  expect((await post({ "role-auditor": "on", groups: "sre" })).headers.get("location")).toBe(
    `${page}?done=senders`,
  );
  expect((await call("GET", `${path}/senders`)).json).toEqual({ roles: ["auditor"], groups: ["sre"] });
  expect((await get(server, page, cookieFor(token))).text).toContain('value="sre"');
  const wrong = await post({ groups: "srv" });
  expect([wrong.status, (await wrong.text()).includes("Unknown group srv.")]).toEqual([400, true]);
});
