// Groups of users: Coder's routes in Coder's shapes, who may see and change them, and what stays of a deleted user or group.
import { expect, test } from "vitest";
import { coderShape } from "../support/coder-shapes.ts";
import { holdWrites } from "../support/meanwhile.ts";
import { addUser, signInFirst, startTestServer, type TestServerOptions } from "../support/server.ts";

const path = "/api/v2/organizations/default/groups";
const group = coderShape("Group");
const groups = coderShape("Group[]");

async function startWithPeople(options?: TestServerOptions) {
  const server = await startTestServer(options);
  const { token } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  const bob = await addUser(server, "bob");
  const call = (method: string, path: string, json?: unknown, as = token) =>
    server.call(method, path, { token: as, ...(json === undefined ? {} : { json }) });
  const membersOf = async (name: string) =>
    (await server.call("GET", `/api/v2/groups/${name}`, { token })).json.members.map(
      ({ username }) => username,
    );
  const audited = async (action: string) => {
    const { entries } = (
      await server.call("GET", `/api/v2/audit?action=${action}` as "/api/v2/audit", { token })
    ).json;
    return entries.filter((entry) => entry.resource_type === "group").map(({ detail }) => detail);
  };
  return { server, token, mia, bob, call, membersOf, audited };
}

test("a group is created, listed, changed and deleted as Coder's clients do it, and each change is audited", async () => {
  const { mia, bob, call, membersOf, audited } = await startWithPeople();
  const asCoder = { name: "sre", display_name: "", avatar_url: "", quota_allowance: 0 };
  const created = await call("POST", path, asCoder);
  expect(created.status).toBe(201);
  const { id } = group.parse(created.json) as { id: string };
  const patch = {
    add_users: [mia.userId, bob.userId],
    remove_users: [],
    name: "",
    display_name: "Reliability",
  };
  const changed = await call("PATCH", `/api/v2/groups/${id}`, patch);
  expect(group.parse(changed.json)).toMatchObject({
    name: "sre",
    display_name: "Reliability",
    total_member_count: 2,
    source: "user",
    organization_name: "default",
  });
  for (const list of [
    "/api/v2/groups?organization=default",
    path,
    "/api/v2/groups?has_member=mia&group_ids=" + id,
  ])
    expect(groups.parse((await call("GET", list)).json)).toMatchObject([{ id, name: "sre" }]);
  expect((await call("GET", "/api/v2/groups?has_member=ada")).json).toEqual([]);
  expect(group.parse((await call("GET", `${path}/SRE`)).json)).toMatchObject({ id });
  await call("PATCH", `/api/v2/groups/${id}`, { name: "ops", add_users: null, remove_users: ["mia"] });
  expect(await membersOf("ops")).toEqual(["bob"]);
  const gone = await call("DELETE", `/api/v2/groups/${id}`);
  expect(coderShape("Response").parse(gone.json)).toMatchObject({ message: "The group has been deleted." });
  expect((await call("GET", `/api/v2/groups/${id}`)).status).toBe(404);
  expect(await audited("create")).toEqual([{ name: "sre" }]);
  expect(await audited("write")).toEqual([
    { name: { from: "sre", to: "ops" }, removed: ["mia"] },
    { name: "sre", display_name: { from: "", to: "Reliability" }, added: ["mia", "bob"] },
  ]);
  expect(await audited("delete")).toEqual([{ name: "ops", members: 1 }]);
});

test("a change that changes nothing leaves no entry; who is a member stays one", async () => {
  const { call, membersOf, audited } = await startWithPeople();
  await call("POST", path, { name: "sre" });
  for (let count = 0; count < 2; count += 1)
    expect((await call("PATCH", "/api/v2/groups/sre", { add_users: ["mia", "MIA"] })).status).toBe(200);
  expect((await call("PATCH", "/api/v2/groups/sre", { remove_users: ["bob"], name: "sre" })).status).toBe(
    200,
  );
  expect(await membersOf("sre")).toEqual(["mia"]);
  expect(await audited("write")).toEqual([{ name: "sre", added: ["mia"] }]);
});

test("what is wrong is named with what would be right", async () => {
  const { call } = await startWithPeople();
  await call("POST", path, { name: "platform" });
  const said = async (method: string, path: string, json?: unknown) => {
    const { status, json: body } = await call(method, path, json);
    const { message, validations } = body as { message: string; validations?: { field: string }[] };
    return `${status} ${message} [${(validations ?? []).map(({ field }) => field).join()}]`;
  };
  expect(await said("POST", path, { name: "a group" })).toBe(
    "400 name: use only letters, digits and single hyphens [name]",
  );
  expect(await said("POST", path, { name: "everyone" })).toBe(
    `400 name: "everyone" is a reserved word; choose another [name]`,
  );
  expect(await said("POST", path, { name: "x".repeat(256) })).toBe(
    "400 name: must have 1 to 255 characters [name]",
  );
  expect(await said("POST", path, { name: "x", quota_allowance: 3 })).toBe(
    "400 quota_allowance: must be 0: Belfry has no quotas [quota_allowance]",
  );
  expect(await said("POST", path, { name: "x", display_name: "a\nb", avatar_url: "javascript:1" })).toBe(
    "400 Invalid fields. [display_name,avatar_url]",
  );
  expect(await said("POST", path, { name: "Platform" })).toBe(
    `409 Group name "Platform" is already taken. [name]`,
  );
  expect(await said("PATCH", "/api/v2/groups/platform", { add_users: ["mia", "nobody"] })).toBe(
    "400 add_users: unknown user nobody [add_users]",
  );
  expect(await said("PATCH", "/api/v2/groups/platform", { remove_users: ["prebuilds"] })).toBe(
    "400 remove_users: unknown user prebuilds [remove_users]",
  );
  expect(await said("GET", "/api/v2/groups/platfrom")).toBe(
    `404 Group "platfrom" not found. Did you mean "platform"? []`,
  );
  expect(await said("GET", "/api/v2/groups?organization=other")).toBe(
    `400 organization: unknown organization "other" [organization]`,
  );
});

test("members are read by pages, and found by words", async () => {
  const { server, token, call } = await startWithPeople();
  await call("POST", path, { name: "sre" });
  await call("PATCH", "/api/v2/groups/sre", { add_users: ["mia", "bob", "ada"] });
  const read = async (query: string) => {
    const { users, count } = (
      await server.call("GET", `/api/v2/groups/sre/members?${query}` as "/api/v2/groups/sre/members", {
        token,
      })
    ).json;
    return { count, names: users.map(({ username }) => username) };
  };
  const all = await read("");
  expect([all.count, all.names.toSorted()]).toEqual([3, ["ada", "bob", "mia"]]);
  expect(await read("limit=1&offset=1")).toEqual({ count: 3, names: [all.names[1]] });
  expect(await read("q=example.com%20BO")).toEqual({ count: 1, names: ["bob"] });
});

test("a deleted user leaves their groups; a deleted group's name is free again", async () => {
  const { server, call, membersOf } = await startWithPeople();
  await call("POST", path, { name: "sre" });
  await call("PATCH", "/api/v2/groups/sre", { add_users: ["mia", "bob"] });
  expect((await call("DELETE", "/api/v2/users/mia")).status).toBe(200);
  expect(await membersOf("sre")).toEqual(["bob"]);
  expect((await call("GET", "/api/v2/groups/sre")).json).toMatchObject({ total_member_count: 1 });
  await call("DELETE", "/api/v2/groups/sre");
  expect((await call("POST", path, { name: "sre" })).status).toBe(201);
  expect(await membersOf("sre")).toEqual([]);
  expect(await server.sql("SELECT * FROM user_group_members")).toEqual([]);
});

test("two changes at once both hold, and who loses the role meanwhile changes nothing", async () => {
  const { wrapClient, beforeNextWrite } = holdWrites();
  const { server, call, membersOf } = await startWithPeople({ wrapClient });
  const uma = await addUser(server, "uma", ["user-admin"]);
  await call("POST", path, { name: "sre" });
  beforeNextWrite(async () => void (await call("PATCH", "/api/v2/groups/sre", { add_users: ["bob"] })));
  const both = await call(
    "PATCH",
    "/api/v2/groups/sre",
    { add_users: ["mia"], display_name: "SRE" },
    uma.token,
  );
  expect(both.json).toMatchObject({ display_name: "SRE", total_member_count: 2 });
  beforeNextWrite(async () => void (await call("DELETE", "/api/v2/groups/sre")));
  expect((await call("PATCH", "/api/v2/groups/sre", { add_users: ["ada"] }, uma.token)).status).toBe(404);
  await call("POST", path, { name: "sre" });
  const noRole = async () => void (await call("PUT", "/api/v2/users/uma/roles", { roles: [] }));
  const again = async () => void (await call("PUT", "/api/v2/users/uma/roles", { roles: ["user-admin"] }));
  for (const [method, target, json] of [
    ["POST", path, { name: "mine" }],
    ["PATCH", "/api/v2/groups/sre", { add_users: ["uma"] }],
    ["DELETE", "/api/v2/groups/sre", undefined],
  ] as const) {
    beforeNextWrite(noRole);
    expect((await call(method, target, json, uma.token)).status).toBe(403);
    await again();
  }
  expect(await membersOf("sre")).toEqual([]);
  expect((await call("GET", "/api/v2/groups/mine")).status).toBe(404);
});
