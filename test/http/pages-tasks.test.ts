// The list of AI tasks: what waits comes first, each state is a filter, the agent's app is one press away, and stopping asks.
import { expect, test } from "vitest";
import { createMeter } from "../support/meter.ts";
import { cookieFor, get, placeOf, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { addUser, type CallAnswer, type TestServerOptions } from "../support/server.ts";
import { agentCalls } from "../support/task.ts";
import { addProvisioner, addTemplate, agentTokenOf } from "../support/workspaces.ts";

async function start(options: TestServerOptions = {}) {
  const started = await startSignedIn(options);
  const { server, userId } = started;
  const { templateId } = await addTemplate(server, userId, "agents", { hasAiTask: true });
  const provisioner = await addProvisioner(server, userId, "one");
  const mia = await addUser(server, "mia");
  const create = async (name: string, token = mia.token) => {
    const json = { name, template_id: templateId };
    const made = await server.call("POST", "/api/v2/users/me/workspaces", { token, json });
    expect(made.status).toBe(201);
    return made.json.id;
  };
  const finish = async (action: string, body: unknown) => {
    const { json } = await provisioner.acquire();
    await provisioner.job("POST", json.job_id, action, body);
  };
  const agents = (name: string) => [
    {
      name: "main",
      apps: [{ slug: "web", display_name: "Claude", url: `https://apps.example.com/${name}` }],
    },
  ];
  /** A task whose agent has reported this, or nothing. */
  const addTask = async (name: string, state?: "working" | "idle" | "complete" | "failure", message = "") => {
    const id = await create(name);
    await finish("complete", {
      resources: [{ type: "t", name: "n", agents: agents(name) }],
      ai_task: { prompt: `Do ${name}\nand more`, sidebar_app_slug: "web" },
    });
    if (state !== undefined)
      await agentCalls(server, await agentTokenOf(server, id)).status(state, message, { app_slug: "web" });
    return id;
  };
  return { ...started, mia: cookieFor(mia.token), create, finish, addTask };
}

const namesOf = (page: CallAnswer) =>
  [...page.text.matchAll(/<h2>\s*<a href="\/tasks\/mia\/([^"]+)"/g)].map(([, name]) => name);

test("tasks are listed by state, those that wait the longest first, with what the agent says", async () => {
  const { server, mia, create, finish, addTask } = await start();
  await addTask("done", "complete", "All tests pass");
  await addTask("second", "idle", "Which branch?");
  server.clock.advance(600_000);
  await addTask("at-work", "working");
  await addTask("silent");
  await create("broken");
  await finish("fail", { error: "no disk left\nmore" });
  await addTask("gave-up", "failure");
  await create("queued");
  const find = async (filter: string) =>
    namesOf(await get(server, `/tasks?filter=${encodeURIComponent(filter)}`, mia));
  expect(await find("")).toEqual(["second", "broken", "gave-up", "at-work", "silent", "queued", "done"]);
  expect(await find("state:waiting")).toEqual(["second"]);
  expect(await find("state:working")).toEqual(["at-work", "silent", "queued"]);
  expect(await find("state:complete")).toEqual(["done"]);
  expect(await find("state:failed")).toEqual(["broken", "gave-up"]);
  expect(await find("state:stopped")).toEqual([]);
  const page = await get(server, "/tasks", mia);
  const words = wordsOf(page);
  expect(words).toContain("7 tasks");
  expect(words).toContain("Do second waiting mia/second for 10 minutes Which branch? Open Claude");
  expect(words).toContain("no disk left");
  expect(page.text).toContain(
    'href="https://apps.example.com/second" rel="noopener noreferrer" class="button"',
  );
  const wrong = await get(server, "/tasks?filter=state%3Aasleep", mia);
  expect([wrong.status, wordsOf(wrong)]).toEqual([400, expect.stringContaining('unknown state "asleep"')]);
});

test("stopping a task asks on its page, and comes back to it", async () => {
  const { server, mia, addTask, finish } = await start();
  await addTask("fix", "idle", "Done?");
  expect((await get(server, "/tasks", mia)).text).toContain('href="/tasks/mia/fix?ask=stop"');
  const page = await get(server, "/tasks/mia/fix", mia);
  expect(page.text).toContain('href="https://apps.example.com/fix"');
  const asked = await get(server, "/tasks/mia/fix?ask=stop", mia);
  expect(wordsOf(asked)).toContain("Stop the task and its workspace mia/fix? Running processes end.");
  const [, to] = /name="to" value="([^"]+)"/.exec(asked.text)!;
  expect(placeOf(await post(server, "/@mia/fix/stop", { to: to! }, mia))).toBe("/tasks/mia/fix");
  await finish("complete", { resources: [] });
  const stopped = await get(server, "/tasks?filter=state%3Astopped", mia);
  expect(namesOf(stopped)).toEqual(["fix"]);
  expect(stopped.text).not.toContain("apps.example.com");
});

test("members see their own tasks, auditors all of them without buttons; the list is one round trip", async () => {
  const meter = createMeter();
  const { server, mia, cookie, addTask } = await start({ adapter: "plain", onTrip: meter.onTrip });
  await addTask("fix", "idle");
  const bob = cookieFor((await addUser(server, "bob")).token);
  const aud = cookieFor((await addUser(server, "aud", ["auditor"])).token);
  expect(wordsOf(await get(server, "/tasks", bob))).toContain("No tasks yet.");
  const seen = await get(server, "/tasks", aud);
  expect(namesOf(seen)).toEqual(["fix"]);
  expect(seen.text).not.toContain("ask=stop");
  expect(namesOf(await get(server, "/tasks?filter=owner%3Ame", cookie))).toEqual([]);
  meter.reset();
  await get(server, "/tasks", mia);
  expect(meter.trips).toBe(1);
});
