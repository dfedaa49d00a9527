// What happens between the look of a request about templates and its write: the guards check what holds at the write.
import { expect, test } from "vitest";
import { writeTar } from "../../src/kernel/rules/tar.ts";
import { holdWrites } from "../support/meanwhile.ts";
import { addUser, signIn, signInFirst, startTestServer } from "../support/server.ts";
import { countRows } from "../support/stored.ts";
import { auditEntries } from "../support/audit.ts";

const organization = "/api/v2/organizations/default";

async function start() {
  const { wrapClient, beforeNextWrite } = holdWrites();
  const server = await startTestServer({ wrapClient });
  const { token } = await signInFirst(server);
  const admin = await addUser(server, "tess", ["template-admin"]);
  const call = async <M extends string, P extends string>(as: string, method: M, path: P, json?: unknown) => {
    const answer = await server.call(method, path, { token: as, ...(json === undefined ? {} : { json }) });
    await server.settled();
    return answer;
  };
  /** The owner does this right before the next write of anybody else. */
  const meanwhile = (method: string, path: string, json?: unknown) => {
    beforeNextWrite(async () => {
      const answer = await server.call(method, path, { token, ...(json === undefined ? {} : { json }) });
      if (answer.status >= 300) throw new Error(`meanwhile: ${answer.status} ${answer.text}`);
    });
  };
  const version = async (json: unknown = {}) =>
    (await call(token, "POST", `${organization}/templateversions`, json)).json;
  const first = await version();
  const template = (
    await call(token, "POST", `${organization}/templates`, { name: "docker", template_version_id: first.id })
  ).json;
  return { server, token, admin, call, meanwhile, version, template, first };
}

test("a user who loses the role or the session before the write changes nothing", async () => {
  const { server, token, admin, call, meanwhile, version, template } = await start();
  const free = await version();
  const second = await version({ template_id: template.id });
  const path = `/api/v2/templates/${template.id}`;
  const tar = writeTar([{ path: "late", content: Buffer.from("late"), executable: false }]);
  const by = (method: string, to: string, json?: unknown) => (as: string) => call(as, method, to, json);
  const changes: Record<string, (as: string) => Promise<{ status: number }>> = {
    "make a version": by("POST", `${organization}/templateversions`, { presets: [{ name: "late" }] }),
    "make a template": by("POST", `${organization}/templates`, {
      name: "late",
      template_version_id: free.id,
    }),
    "change it": by("PATCH", path, { description: "late" }),
    "activate a version": by("PATCH", `${path}/versions`, { id: second.id }),
    "delete it": by("DELETE", path),
    "make a key": by("POST", `${organization}/provisionerkeys`, { name: "late" }),
    "store a file": (as) =>
      server.call("POST", "/api/v2/files", {
        token: as,
        body: tar,
        headers: { "content-type": "application/x-tar" },
      }),
  };
  const entries = async () =>
    (await auditEntries(server, token)).filter(({ resource_type }) => resource_type.startsWith("template"));
  const audited = await entries();
  for (const [name, change] of Object.entries(changes)) {
    meanwhile("PUT", "/api/v2/users/tess/roles", { roles: [] });
    expect([name, (await change(admin.token)).status]).toEqual([name, 403]);
    await call(token, "PUT", "/api/v2/users/tess/roles", { roles: ["template-admin"] });
    meanwhile("PUT", "/api/v2/users/tess/status/suspend");
    expect([name, (await change(admin.token)).status]).toEqual([name, 401]);
    await call(token, "PUT", "/api/v2/users/tess/status/activate");
    admin.token = await signIn(server, admin);
  }
  expect((await call(token, "GET", path)).json).toEqual(template);
  for (const table of ["presets", "provisioner_keys", "files"])
    expect([table, await countRows(server, table)]).toEqual([table, 0]);
  expect(await countRows(server, "template_versions")).toBe(3);
  expect(await entries()).toEqual(audited);
});

test("a template that is deleted before the write gets no version and no change", async () => {
  const changes = (id: string, version: string): [method: string, path: string, json: unknown][] => [
    ["POST", `${organization}/templateversions`, { template_id: id, parameters: [{ name: "late" }] }],
    ["PATCH", `/api/v2/templates/${id}`, { description: "late" }],
    ["PATCH", `/api/v2/templates/${id}/versions`, { id: version }],
  ];
  for (const index of [0, 1, 2]) {
    const { server, admin, call, meanwhile, version, template } = await start();
    const second = await version({ template_id: template.id });
    const [method, path, json] = changes(template.id, second.id)[index]!;
    meanwhile("DELETE", `/api/v2/templates/${template.id}`);
    expect([path, (await call(admin.token, method, path, json)).status]).toEqual([path, 404]);
    expect(await server.sql("SELECT description, active_version_id FROM templates")).toEqual([
      { description: "", active_version_id: template.active_version_id },
    ]);
    expect(await countRows(server, "template_parameters")).toBe(0);
  }
});

test("a version that another template takes before the write creates no second one", async () => {
  const { token, admin, call, meanwhile, version } = await start();
  const free = await version();
  meanwhile("POST", `${organization}/templates`, { name: "quick", template_version_id: free.id });
  const late = await call(admin.token, "POST", `${organization}/templates`, {
    name: "late",
    template_version_id: free.id,
  });
  expect(late.status).toBe(409);
  const { json } = await call(token, "GET", "/api/v2/templates");
  expect(json.map(({ name }) => name)).toEqual(["docker", "quick"]);
});
