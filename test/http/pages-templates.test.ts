// The pages of templates: the list, one with its versions and presets, and one version. In one round trip each.
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createMeter } from "../support/meter.ts";
import { cookieFor, get, startSignedIn, wordsOf } from "../support/pages.ts";
import { addUser } from "../support/server.ts";
import { addTemplate, addVersion, activateVersion } from "../support/workspaces.ts";

async function start(options: Parameters<typeof startSignedIn>[0] = {}) {
  const started = await startSignedIn(options);
  const { server, token, userId } = started;
  const preset = {
    id: randomUUID(),
    name: "Small <here>",
    parameters: [
      { name: "region", value: "eu-west" },
      { name: "password", value: "hunter2" },
    ],
  };
  const template = await addTemplate(server, userId, "docker", {
    name: "first",
    message: "Hello & welcome",
    parameters: [
      { name: "region", required: true, defaultValue: "us-east" },
      { name: "password", defaultValue: "hunter1", sensitive: true },
      { name: "size", required: true },
    ],
    presets: [preset],
  });
  await server.sql(`UPDATE presets SET desired_instances = 3, ttl_seconds = 7200, scheduling_timezone = 'Europe/Berlin',
    prebuild_status = 'hard_limited'`);
  await server.sql(`INSERT OR IGNORE INTO preset_schedules VALUES ('${preset.id}', 0, '* 8-18 * * 1-5', 5)`);
  const change = async (id: string, json: object) => {
    const { status } = await server.call("PATCH", `/api/v2/templates/${id}`, { token, json });
    expect(status).toBe(200);
  };
  return { ...started, ...template, change };
}

test("the list has every template by name, with the message of deprecated ones", async () => {
  const { server, userId, cookie, change, templateId } = await start();
  const ancient = await addTemplate(server, userId, "ancient");
  await change(ancient.templateId, { deprecation_message: "Use docker." });
  await change(templateId, { description: "Runs <anywhere>" });
  const page = await get(server, "/templates", cookie);
  expect([...page.text.matchAll(/<a href="(\/templates\/[^"]+)"/g)].map(([, href]) => href)).toEqual([
    "/templates/default/ancient",
    "/templates/default/docker",
  ]);
  expect(wordsOf(page)).toMatch(/2 templates ancient deprecated .* docker .* first Runs &lt;anywhere&gt;/);
  const grace = await addUser(server, "grace");
  expect((await get(server, "/templates", cookieFor(grace.token))).status).toBe(200);
});

test("a template is shown with its versions, newest first, and the presets of the active one", async () => {
  const { server, token, userId, cookie, change, templateId } = await start();
  const second = await addVersion(server, userId, templateId, { name: "second" });
  const page = await get(server, "/templates/default/DOCKER", cookie);
  const words = wordsOf(page);
  expect(words).toMatch(
    /Versions second No message, by ada .* first active Hello &amp; welcome|Versions second/,
  );
  expect(page.text.indexOf("/versions/second")).toBeGreaterThan(0);
  expect(words).toContain("Small &lt;here&gt; stopped region=eu-west password=********");
  expect(words).toContain("3 prebuilt workspaces, replaced after 2 hours.");
  expect(words).toContain("5 during * 8-18 * * 1-5 (Europe/Berlin)");
  expect(page.text).not.toContain("hunter");
  await activateVersion(server, token, templateId, second);
  await change(templateId, { deprecation_message: 'Use "vm".' });
  const later = wordsOf(await get(server, "/templates/default/docker", cookie));
  expect(later).toContain("second active No message");
  expect(later).toContain('Use "vm".');
  expect(later).not.toContain("Small");
});

test("a version is shown with its parameters, without sensitive values", async () => {
  const { server, cookie } = await start();
  const page = await get(server, "/templates/default/docker/versions/First", cookie);
  const words = wordsOf(page);
  expect(words).toContain("docker first active Hello & welcome");
  expect(words).toContain("region default us-east");
  expect(words).toContain("password sensitive default ********");
  expect(words).toContain("size required");
  expect(words).toContain("Small &lt;here&gt;");
  expect(page.text).not.toContain("hunter");
});

test("unknown and deleted templates and versions get the same answer", async () => {
  const { server, token, cookie, templateId } = await start();
  const refused = async (path: string, words: string) => {
    const page = await get(server, path, cookie);
    expect([path, page.status, wordsOf(page)]).toEqual([path, 404, expect.stringContaining(words)]);
  };
  await refused("/templates/default/nothing", "Template not found, or you don't have access");
  await refused("/templates/nowhere/docker", "Template not found, or you don't have access");
  await refused("/templates/default/docker/versions/nothing", "Template version not found");
  expect((await server.call("DELETE", `/api/v2/templates/${templateId}`, { token })).status).toBe(200);
  await refused("/templates/default/docker", "Template not found");
  await refused("/templates/default/docker/versions/first", "Template version not found");
  expect(wordsOf(await get(server, "/templates", cookie))).toContain("No templates yet.");
});

test("every page is one round trip", async () => {
  const meter = createMeter();
  const { server, cookie } = await start({ adapter: "plain", onTrip: meter.onTrip });
  for (const path of ["", "/default/docker", "/default/docker/versions/first"]) {
    meter.reset();
    expect((await get(server, `/templates${path}`, cookie)).status).toBe(200);
    expect([path, meter.trips]).toEqual([path, 1]);
  }
});
