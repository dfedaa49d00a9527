// Pages that act on workspaces: by plain forms, only what the state and the role allow, and a failed build opens at its error.
import { expect, test } from "vitest";
import { cookieFor, get, placeOf, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { addUser, type CallAnswer } from "../support/server.ts";
import { activateVersion, addProvisioner, addTemplate, outcome } from "../support/workspaces.ts";

async function start() {
  const started = await startSignedIn();
  const { server, userId } = started;
  const { templateId } = await addTemplate(server, userId, "docker");
  const provisioner = await addProvisioner(server, userId, "builder-1");
  const mia = await addUser(server, "mia");
  const made = await server.call("POST", "/api/v2/users/me/workspaces", {
    token: mia.token,
    json: { name: "web", template_id: templateId },
  });
  expect(made.status).toBe(201);
  const end = async (action: string, body: unknown) => {
    const { json } = await provisioner.acquire();
    expect((await provisioner.job("POST", json.job_id, action, body)).status).toBeLessThan(300);
  };
  return {
    ...started,
    templateId,
    mia: cookieFor(mia.token),
    succeed: () => end("complete", outcome),
    fail: (error: string) => end("fail", { error }),
    log: async (lines: { level: string; output: string }[], error: string) => {
      const { json } = await provisioner.acquire();
      const logs = lines.map((line) => ({ source: "provisioner", stage: "Apply", ...line }));
      await provisioner.job("POST", json.job_id, "logs", logs);
      await provisioner.job("POST", json.job_id, "fail", { error });
    },
  };
}

/** The buttons of the workspace, by where they lead. */
const buttonsOf = (page: CallAnswer) =>
  [...page.text.matchAll(/(?:action|href)="\/@mia\/web(?:\/|\?ask=)([a-z]+)"/g)].map(([, action]) => action);

test("a workspace's page shows what its state allows, and each button is a form that works without scripts", async () => {
  const { server, mia, succeed, fail } = await start();
  const page = () => get(server, "/@mia/web", mia);
  const act = (action: string) => post(server, `/@mia/web/${action}`, {}, mia);
  expect(buttonsOf(await page())).toEqual(["cancel"]);
  await succeed();
  expect(buttonsOf(await page())).toEqual(["stop", "restart", "delete"]);
  expect(placeOf(await act("stop"))).toBe("/@mia/web?requested=2");
  const requested = wordsOf(await get(server, "/@mia/web?requested=2", mia));
  expect(requested).toContain("Requested build 2 (stop).");
  await fail("no route to host");
  expect(buttonsOf(await page())).toEqual(["retry", "start", "delete"]);
  expect(wordsOf(await page())).toContain("Retry stop");
  expect(placeOf(await act("retry"))).toBe("/@mia/web?requested=3");
  await succeed();
  expect(wordsOf(await page())).toContain("web stopped");
  expect(buttonsOf(await page())).toEqual(["start", "delete"]);
  await act("start");
  expect(placeOf(await act("cancel"))).toBe("/@mia/web");
  expect(wordsOf(await page())).toContain("web canceled");
});

test("what ends something asks first; a question whose time has passed is not asked", async () => {
  const { server, mia, succeed } = await start();
  const ask = async (action: string) => wordsOf(await get(server, `/@mia/web?ask=${action}`, mia));
  expect(await ask("delete")).not.toContain("Delete mia/web?");
  await succeed();
  expect(await ask("stop")).toContain("Stop mia/web? Running processes end.");
  expect(await ask("delete")).toContain("This can't be undone. Delete workspace Cancel");
  expect(await ask("start")).not.toContain("?");
  await post(server, "/@mia/web/delete", {}, mia);
  await succeed();
  const deleted = await get(server, "/@mia/web", mia);
  expect(wordsOf(deleted)).toContain("web deleted");
  expect(buttonsOf(deleted)).toEqual([]);
});

/** A newer version of the template, with these parameters. */
async function publish(started: Awaited<ReturnType<typeof start>>, name: string, parameters: object[]) {
  const { server, token, templateId } = started;
  const version = await server.call("POST", "/api/v2/organizations/default/templateversions", {
    token,
    json: { name, template_id: templateId, parameters },
  });
  expect(version.status).toBe(201);
  await activateVersion(server, token, templateId, version.json.id);
}

test("updating runs the active version, and asks first while the workspace runs", async () => {
  const started = await start();
  const { server, mia, succeed } = started;
  await succeed();
  await publish(started, "v2", []);
  const page = await get(server, "/@mia/web", mia);
  expect(buttonsOf(page)).toEqual(["stop", "restart", "update", "delete"]);
  expect(page.text).toContain('href="/@mia/web?ask=update"');
  const question = wordsOf(await get(server, "/@mia/web?ask=update", mia));
  expect(question).toContain("Update mia/web? Belfry applies the active version to the running workspace.");
  expect(placeOf(await post(server, "/@mia/web/update", {}, mia))).toBe("/@mia/web?requested=2");
  await succeed();
  expect(wordsOf(await get(server, "/@mia/web", mia))).not.toContain("not the active version");
  await post(server, "/@mia/web/stop", {}, mia);
  await succeed();
  await publish(started, "v3", []);
  expect((await get(server, "/@mia/web", mia)).text).toContain('action="/@mia/web/update"');
});

test("an update that needs values asks for all parameters of the version, and keeps what was filled in", async () => {
  const started = await start();
  const { server, token, mia, succeed } = started;
  await succeed();
  await post(server, "/@mia/web/stop", {}, mia);
  await succeed();
  await publish(started, "v2", [
    { name: "region", required: true, description: "Where it runs." },
    { name: "cpu", default_value: "2", validation_min: 1, validation_max: 8 },
    {
      name: "size",
      default_value: "s",
      options: [
        { name: "Small", value: "s" },
        { name: "Large", value: "l" },
      ],
    },
  ]);
  const pressed = await post(server, "/@mia/web/update", { to: "/workspaces?filter=web" }, mia);
  expect(placeOf(pressed)).toBe("/@mia/web?ask=update&to=%2Fworkspaces%3Ffilter%3Dweb");
  const form = await get(server, placeOf(pressed)!, mia);
  expect(wordsOf(form)).toContain("Update and start mia/web? Version v2 requires a value for region.");
  expect(wordsOf(form)).toContain("region Where it runs.");
  expect(wordsOf(form)).not.toContain("Enter a value");
  expect(form.text).toMatch(/<input id="parameter.cpu"[^>]*value="2"/);
  expect(form.text).toMatch(/<option value="s" selected>Small<\/option>/);
  const to = "/workspaces?filter=web";
  const wrong = { to, "parameter.region": "", "parameter.cpu": "9", "parameter.size": "l" };
  const refused = await post(server, "/@mia/web/update", wrong, mia);
  expect(refused.status).toBe(400);
  expect(wordsOf(refused)).toContain("Fix the fields marked below.");
  expect(wordsOf(refused)).toContain("Enter a value.");
  expect(wordsOf(refused)).toContain("Must be at most 8.");
  expect(refused.text).toMatch(/<option value="l" selected>Large<\/option>/);
  const right = { ...wrong, "parameter.region": "eu", "parameter.cpu": "8" };
  expect(placeOf(await post(server, "/@mia/web/update", right, mia))).toBe(to);
  const { json } = await server.call("GET", "/api/v2/users/mia/workspace/web", { token });
  const build = json.latest_build.id;
  const values = await server.call("GET", `/api/v2/workspacebuilds/${build}/parameters`, { token });
  expect(Object.fromEntries(values.json.map(({ name, value }) => [name, value]))).toEqual({
    region: "eu",
    cpu: "8",
    size: "l",
  });
});

test("a sensitive value is not shown, and sent back unchanged it stays", async () => {
  const started = await start();
  const { server, mia, succeed } = started;
  await succeed();
  await post(server, "/@mia/web/stop", {}, mia);
  await succeed();
  await publish(started, "v2", [{ name: "key", required: true, sensitive: true }]);
  await post(server, "/@mia/web/update", { "parameter.key": "s3cret" }, mia);
  await succeed();
  await post(server, "/@mia/web/stop", {}, mia);
  await succeed();
  const region = { name: "region", required: true };
  await publish(started, "v3", [{ name: "key", required: true, sensitive: true }, region]);
  const form = await get(server, "/@mia/web?ask=update", mia);
  expect(form.text).not.toContain("s3cret");
  expect(form.text).toMatch(/type="password" value="\*{8}"/);
  await post(server, "/@mia/web/update", { "parameter.key": "********", "parameter.region": "eu" }, mia);
  const stored = await server.sql("SELECT DISTINCT value FROM build_parameters WHERE name = 'key'");
  expect(stored).toEqual([{ value: "s3cret" }]);
});

test("a second press finds a build in progress and says so", async () => {
  const { server, mia, succeed } = await start();
  await succeed();
  await post(server, "/@mia/web/stop", {}, mia);
  const second = await post(server, "/@mia/web/stop", {}, mia);
  expect(second.status).toBe(409);
  expect(wordsOf(second)).toContain("Build 2 of the workspace (stop) is pending.");
});

test("the list has the same buttons, and comes back to itself", async () => {
  const { server, mia, succeed } = await start();
  await succeed();
  const path = "/workspaces?filter=status%3Arunning";
  const list = await get(server, path, mia);
  expect(buttonsOf(list)).toEqual(["stop", "restart", "delete"]);
  await post(server, "/@mia/web/stop", {}, mia);
  await succeed();
  const stopped = await get(server, "/workspaces?filter=web", mia);
  const [, to] = /name="to" value="([^"]+)"/.exec(stopped.text)!;
  expect(placeOf(await post(server, "/@mia/web/start", { to: to! }, mia))).toBe("/workspaces?filter=web");
  const elsewhere = await post(server, "/@mia/web/cancel", { to: "https://evil.example/" }, mia);
  expect(placeOf(elsewhere)).toBe("/@mia/web");
});

test("roles: an auditor only looks, template admins stop and delete, owners do everything", async () => {
  const { server, cookie, succeed } = await start();
  await succeed();
  const buttonsFor = async (name: string, role: string) => {
    const { token } = await addUser(server, name, [role]);
    return buttonsOf(await get(server, "/@mia/web", cookieFor(token)));
  };
  expect(await buttonsFor("aud", "auditor")).toEqual([]);
  expect(await buttonsFor("tess", "template-admin")).toEqual(["stop", "delete"]);
  await post(server, "/@mia/web/stop", {}, cookie);
  await succeed();
  expect(await buttonsFor("tom", "template-admin")).toEqual(["delete"]);
  expect(buttonsOf(await get(server, "/@mia/web", cookie))).toEqual(["start", "delete"]);
  const bob = await addUser(server, "bob");
  expect((await post(server, "/@mia/web/start", {}, cookieFor(bob.token))).status).toBe(404);
  const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  expect((await post(server, "/@mia/web/start", {}, cookie, foreign)).status).toBe(403);
});

test("a failed build opens at its first error, and offers a retry while it is the latest", async () => {
  const { server, mia, log, fail } = await start();
  const lines = [
    { level: "info", output: "creating" },
    { level: "error", output: "quota exceeded" },
    { level: "error", output: "giving up" },
  ];
  await log(lines, "apply failed\nquota exceeded");
  const page = await get(server, "/@mia/web", mia);
  expect(page.text).toContain('href="/@mia/web/builds/1#first-error"');
  const build = await get(server, "/@mia/web/builds/1", mia);
  expect(build.text.match(/id="first-error"/g)).toHaveLength(1);
  expect(build.text).toMatch(/<span id="first-error"><strong>error<\/strong> quota exceeded/);
  expect(buttonsOf(build)).toContain("retry");
  await post(server, "/@mia/web/retry", {}, mia);
  await fail("no log at all");
  expect(buttonsOf(await get(server, "/@mia/web/builds/1", mia))).not.toContain("retry");
  const silent = await get(server, "/@mia/web/builds/2", mia);
  expect(silent.text).toMatch(/class="problem"[^>]* id="first-error"/);
});
