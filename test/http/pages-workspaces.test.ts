// The pages that links lead to: workspaces, builds with their log, tasks. What is shown to whom, in one round trip.
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createMeter } from "../support/meter.ts";
import { cookieFor, get, placeOf, startSignedIn, wordsOf } from "../support/pages.ts";
import { addUser, type CallAnswer, type TestServer } from "../support/server.ts";
import {
  addProvisioner,
  addTemplate,
  addVersion,
  outcome,
  type Provisioner,
  activateVersion,
  agentTokenOf,
} from "../support/workspaces.ts";
import { agentCalls } from "../support/task.ts";
import { addStatus } from "../support/stored.ts";

async function start(options: Parameters<typeof startSignedIn>[0] = {}) {
  const started = await startSignedIn(options);
  const { server, userId } = started;
  const template = await addTemplate(server, userId, "docker", { hasAiTask: true });
  const provisioner = await addProvisioner(server, userId, "builder-1");
  return { ...started, ...template, provisioner };
}

async function make(server: TestServer, token: string, templateId: string, name: string) {
  const json = { name, template_id: templateId };
  const created = await server.call("POST", "/api/v2/users/me/workspaces", { token, json });
  expect(created.status).toBe(201);
  return created.json;
}

/** Takes the job that waits; what is done with it is up to the test. */
async function take(provisioner: Provisioner) {
  const acquireId = randomUUID();
  const { json } = await provisioner.acquire({ acquireId });
  const id = json.job_id;
  return (action: string, body: unknown) => provisioner.job("POST", id, action, body, acquireId);
}

const line = (level: string, output: string, stage = "Planning") => ({
  level,
  source: "provisioner",
  stage,
  output,
});

const namesOf = (page: CallAnswer) =>
  [...page.text.matchAll(/<li class="row">\s*<h2>\s*<a href="([^"]+)"/g)].map(([, href]) => href);

test("the list is found by the filters that links use, encoded or not", async () => {
  const { server, token, cookie, templateId, userId, provisioner } = await start();
  const other = await addTemplate(server, userId, "vm");
  const grace = await addUser(server, "grace");
  await make(server, token, templateId, "web");
  await (
    await take(provisioner)
  )("fail", { error: "no disk left\nand more" });
  await make(server, token, other.templateId, "box");
  await make(server, grace.token, templateId, "hers");
  const find = async (query: string) => namesOf(await get(server, `/workspaces${query}`, cookie));
  expect(await find("")).toEqual(["/@ada/box", "/@grace/hers", "/@ada/web"]);
  expect(await find("?filter=owner%3Ame+template%3Adocker")).toEqual(["/@ada/web"]);
  expect(await find("?filter=owner:ada+status:failed+template:docker")).toEqual(["/@ada/web"]);
  expect(await find("?filter=owner%3Agrace")).toEqual(["/@grace/hers"]);
  expect(await find("?filter=template%3Avm")).toEqual(["/@ada/box"]);
  expect(await find("?filter=owner:prebuilds+status:failed")).toEqual([]);
  const failed = wordsOf(await get(server, "/workspaces?filter=status%3Afailed", cookie));
  expect(failed).toContain("1 workspace matching status:failed");
  expect(failed).toContain("ada/web failed docker");
  expect(failed).toContain("no disk left");
  expect(failed).not.toContain("and more");
  const hers = await get(server, "/workspaces", cookieFor(grace.token));
  expect(namesOf(hers)).toEqual(["/@grace/hers"]);
  expect(wordsOf(hers)).not.toContain("Mine");
});

test("an invalid filter is reported in place, and the input is kept and escaped", async () => {
  const { server, cookie } = await start();
  const page = await get(server, `/workspaces?filter=${encodeURIComponent('colour:"red"><script>')}`, cookie);
  expect(page.status).toBe(400);
  expect(wordsOf(page)).toContain('unknown filter "colour", use owner, template, name, status');
  expect(page.text).toContain('value="colour:&quot;red&quot;&gt;&lt;script&gt;"');
  const wrong = await get(server, "/workspaces?filter=status%3Ahappy", cookie);
  expect([wrong.status, wordsOf(wrong)]).toEqual([400, expect.stringContaining('unknown status "happy"')]);
});

test("a workspace is shown with its template, its version, its agents and their apps' latest status", async () => {
  const { server, token, cookie, templateId, versionId, userId, provisioner } = await start();
  const { id } = await make(server, token, templateId, "web");
  await (
    await take(provisioner)
  )("complete", outcome);
  for (const message of ["First words", "<b>Which branch?</b>"]) await addStatus(server, id, { message });
  await agentCalls(server, await agentTokenOf(server, id)).lifecycle("start_error");
  const page = await get(server, "/@ADA/web", cookie);
  expect(page.status).toBe(200);
  expect(page.text).toContain(`<a href="/templates/default/docker/versions/v-${versionId}"`);
  expect(page.text).toContain('<a href="http://w" rel="noopener noreferrer">web</a>');
  expect(page.text).toContain('<a href="/tasks/ada/web"');
  expect(page.text).toContain("&lt;b&gt;Which branch?&lt;/b&gt;");
  const words = wordsOf(page);
  expect(words).toContain("web running");
  expect(words).toContain("main agent start error");
  expect(words).not.toContain("First words");
  expect(words).toMatch(/Build 1 start succeeded v-\S+, by ada/);
  expect(words).not.toContain("not the active version");
  const newer = await addVersion(server, userId, templateId);
  await activateVersion(server, token, templateId, newer);
  expect(wordsOf(await get(server, "/@ada/web", cookie))).toContain("not the active version");
});

test("an app's URL that can't be linked is shown as text", async () => {
  const { server, token, cookie, templateId, provisioner } = await start();
  await make(server, token, templateId, "web");
  const apps = [{ slug: "evil", display_name: "Evil", url: "javascript:alert(1)" }];
  await (
    await take(provisioner)
  )("complete", { resources: [{ type: "t", name: "n", agents: [{ name: "main", apps }] }] });
  const page = await get(server, "/@ada/web", cookie);
  expect(wordsOf(page)).toContain("Evil");
  expect(page.text).not.toContain("javascript:");
});

test("a build is shown with why it failed, its stages, and its warnings and errors in sight", async () => {
  const { server, token, cookie, templateId, provisioner } = await start();
  await make(server, token, templateId, "web");
  const job = await take(provisioner);
  await job("logs", [
    line("info", "<script>"),
    line("debug", "quiet"),
    line("warn", "image # forces replacement"),
    line("error", "no disk left", "Starting workspace"),
  ]);
  server.clock.advance(34_000);
  await job("fail", { error: "no disk left\n  on main.tf line 1" });
  const page = await get(server, "/@ada/web/builds/1", cookie);
  expect(page.status).toBe(200);
  const words = wordsOf(page);
  expect(words).toContain("Build 1 of web failed");
  expect(words).toContain("Duration 34 s");
  expect(words).toContain("Provisioner builder-1");
  expect(words).toContain("1 error 1 warning");
  expect(words).toMatch(/Planning 10:00:00 &lt;script&gt; 10:00:00 quiet 10:00:00 warning image # forces/);
  expect(words).toMatch(/Starting workspace 10:00:00 error no disk left/);
  expect(page.text).toContain("no disk left\n  on main.tf line 1");
  const [, target] = /<a href="#(l-\d+)"[^>]*>1 warning/.exec(page.text)!;
  expect(page.text).toMatch(new RegExp(`<li id="${target}"\\s+data-level="warn"`));
  expect(page.text).not.toContain("refresh");
});

test("the page of a running build refreshes, and returns lines after a given one", async () => {
  const { server, token, cookie, templateId, provisioner } = await start();
  await make(server, token, templateId, "web");
  const path = "/@ada/web/builds/1";
  expect(wordsOf(await get(server, path, cookie))).toContain("Waiting for a provisioner.");
  const job = await take(provisioner);
  await job("logs", [line("info", "one"), line("info", "two")]);
  const page = await get(server, path, cookie);
  expect(page.text).toContain('<noscript><meta http-equiv="refresh" content="2" /></noscript>');
  expect(page.text).toContain('data-refresh="2"');
  const ids = (of: CallAnswer) => [...of.text.matchAll(/<li id="l-(\d+)"/g)].map(([, id]) => id!);
  const [first, second] = ids(page);
  expect(ids(await get(server, `${path}?from=${second}`, cookie))).toEqual([second]);
  for (const strange of ["x", "-1", "1e9", ""])
    expect(ids(await get(server, `${path}?from=${strange}`, cookie))).toEqual([first, second]);
  await job("complete", { resources: [] });
  const end = await get(server, path, cookie);
  expect(end.text).not.toContain("refresh");
  expect(wordsOf(end)).toContain("Build 1 of web succeeded");
});

test("of a long log the end is shown, with links to the whole and to an earlier error", async () => {
  const { server, token, cookie, templateId, provisioner } = await start();
  await make(server, token, templateId, "web");
  const job = await take(provisioner);
  await job("logs", [line("error", "early trouble"), ...Array(999).fill(line("info", "x"))]);
  await job("logs", Array(1_000).fill(line("info", "y")));
  await job("logs", [line("info", "the last")]);
  const page = await get(server, "/@ada/web/builds/1", cookie);
  expect(page.text.match(/<li id="l-/g)).toHaveLength(2_000);
  expect(page.text).toContain("the last");
  expect(page.text).not.toContain("early trouble");
  const [, whole] = /<a href="([^"#]+)#first-error"\s+id="first-error">1 error/.exec(page.text)!;
  expect(wordsOf(page)).toContain("Earlier lines are hidden. Show the full log");
  const all = await get(server, whole!, cookie);
  expect(all.text.match(/<li id="l-/g)).toHaveLength(2_001);
  expect(all.text).toMatch(/<span id="first-error"><strong>error<\/strong> early trouble/);
});

test("a task is shown with its prompt and its status updates, most recent first", async () => {
  const { server, token, cookie, templateId, provisioner } = await start();
  const { id } = await make(server, token, templateId, "web");
  const waiting = await get(server, "/tasks/ada/web", cookie);
  expect(wordsOf(waiting)).toContain("No status updates.");
  expect(waiting.text).toContain('data-refresh="5"');
  const ai_task = { prompt: "Fix the parser.\n<b>Then</b> rest.", sidebar_app_slug: "web" };
  await (
    await take(provisioner)
  )("complete", { ...outcome, ai_task });
  for (const [number, state] of (["working", "idle"] as const).entries())
    await addStatus(server, id, { state, message: `Words ${number}`, uri: "https://example.com/pr/1" });
  const page = await get(server, "/tasks/ada/web", cookie);
  expect(page.text).toContain("Fix the parser.\n&lt;b&gt;Then&lt;/b&gt; rest.");
  const words = wordsOf(page);
  expect(words).toContain("Fix the parser. waiting");
  expect(page.text).toContain('data-refresh="5"');
  expect(words.indexOf("Words 1")).toBeLessThan(words.indexOf("Words 0"));
  expect(page.text).toContain('<a href="https://example.com/pr/1"');
  const stop = { token, json: { transition: "stop" } };
  expect((await server.call("POST", `/api/v2/workspaces/${id}/builds`, stop)).status).toBe(201);
  await (
    await take(provisioner)
  )("complete", { resources: [] });
  const stopped = wordsOf(await get(server, "/tasks/ada/web", cookie));
  expect(stopped).toContain("Fix the parser. stopped");
  expect((await get(server, "/tasks/ada/web", cookie)).text).not.toContain("refresh");
  expect(stopped).toContain("Words 1");
});

test("invisible, unknown and renamed workspaces get the same answer", async () => {
  const { server, token, cookie, userId, templateId } = await start();
  const grace = await addUser(server, "grace");
  await make(server, token, templateId, "web");
  const plain = await addTemplate(server, userId, "plain");
  await make(server, token, plain.templateId, "no-task");
  const refusals = async (paths: string[], who: string, words: string) => {
    for (const path of paths) {
      const page = await get(server, path, who);
      expect([path, page.status, wordsOf(page)]).toEqual([path, 404, expect.stringContaining(words)]);
      expect(page.text).not.toContain("docker");
    }
  };
  const hers = cookieFor(grace.token);
  await refusals(
    ["/@ada/web", "/@ada/nothing", "/@nobody/web"],
    hers,
    "Workspace not found, or you don't have access",
  );
  await refusals(
    ["/@ada/web/builds/1", "/@ada/web/builds/2"],
    hers,
    "Build not found, or you don't have access",
  );
  await refusals(["/@ada/web/builds/2", "/@ada/web/builds/999999999"], cookie, "Build not found");
  await refusals(["/@ada/web/builds/0", "/@ada/web/builds/x"], cookie, "There is no page at");
  await refusals(["/tasks/ada/web", "/tasks/nobody/x"], hers, "Task not found, or you don't have access");
  await refusals(["/tasks/ada/no-task"], cookie, "Task not found");
  const auditor = await addUser(server, "linus", ["auditor"]);
  expect((await get(server, "/@ada/web", cookieFor(auditor.token))).status).toBe(200);
  expect(placeOf(await get(server, "/@ada/web"))).toBe("/login?next=%2F%40ada%2Fweb");
});

test("a deleted workspace is still shown to its owner, until another has its name", async () => {
  const { server, token, cookie, templateId, provisioner } = await start();
  const { id } = await make(server, token, templateId, "web");
  await (
    await take(provisioner)
  )("complete", outcome);
  await server.call("POST", `/api/v2/workspaces/${id}/builds`, { token, json: { transition: "delete" } });
  await (
    await take(provisioner)
  )("complete", { resources: [] });
  expect(wordsOf(await get(server, "/@ada/web", cookie))).toContain("web deleted");
  expect((await get(server, "/@ada/web/builds/2", cookie)).status).toBe(200);
  expect(namesOf(await get(server, "/workspaces", cookie))).toEqual([]);
  await make(server, token, templateId, "web");
  expect(wordsOf(await get(server, "/@ada/web", cookie))).toContain("web pending");
});

test("every page is one round trip", async () => {
  const meter = createMeter();
  const { server, token, cookie, templateId } = await start({ adapter: "plain", onTrip: meter.onTrip });
  await make(server, token, templateId, "web");
  for (const path of ["/workspaces", "/@ada/web", "/@ada/web/builds/1", "/tasks/ada/web"]) {
    meter.reset();
    expect((await get(server, path, cookie)).status).toBe(200);
    expect([path, meter.trips]).toEqual([path, 1]);
  }
});
