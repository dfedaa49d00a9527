// belfry agent ask, wait and withdraw, and belfry answer: a script asks, a person answers.
import { expect, test } from "vitest";
import { runCommand, startLong } from "../support/command.ts";
import { startAsking } from "../support/questions.ts";
import { createClock, startTestServer } from "../support/server.ts";

const now = Date.now();

async function start() {
  const asking = await startAsking({ clock: createClock(now) });
  const { server, mia } = asking;
  const environment = { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: mia.token, PWD: "/home/mia/web" };
  return {
    ...asking,
    environment,
    run: (...words: string[]) => runCommand(words, { environment }),
    open: async () => (await server.call("GET", "/api/v2/questions", { token: mia.token })).json.questions,
  };
}

const yesOrNo = ["--option", "yes", "--option", "no"];

test("a script asks in a session of its folder, and gets the answer", async () => {
  const { environment, run, open } = await start();
  const asking = startLong(["agent", "ask", "Deploy?", ...yesOrNo, "--wait"], { environment });
  await expect.poll(open).toHaveLength(1);
  const [question] = await open();
  expect(question).toMatchObject({ text: "Deploy?", options: ["yes", "no"], free_text: false });
  expect(question!.session).toMatch(/^cli\/.*:\/home\/mia\/web$/);
  const list = await run("answer");
  expect(list.stdout).toContain(question!.id);
  expect(list.stdout).toContain('"yes", "no"');
  const shown = await run("answer", question!.id);
  expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining("Deploy?")]);
  const answered = await run("answer", question!.id, "YES");
  expect([answered.code, answered.stderr]).toEqual([0, "Answered: yes\n"]);
  expect(await asking.ended).toEqual({ code: 0, stdout: "yes\n", stderr: "" });
  const late = await run("answer", question!.id, "no");
  expect([late.code, late.stderr]).toEqual([1, expect.stringContaining("Already answered by mia.")]);
  expect((await run("answer")).stderr).toBe("No open questions.\n");
});

test("without --wait the ID is printed, and waited for later", async () => {
  const { run, answer, withdraw, asked } = await start();
  const made = await run("agent", "ask", "Which name?", "--key", "main", "--free-text");
  expect(made.code).toBe(0);
  const id = made.stdout.trim();
  await answer(id, { text: "web" });
  expect(await run("agent", "wait", id)).toMatchObject({ code: 0, stdout: "web\n" });
  const other = await asked();
  expect(await run("agent", "withdraw", other)).toMatchObject({
    code: 0,
    stderr: "Withdrawn: Which redirect should stay?\n",
  });
  expect(await run("agent", "wait", other)).toMatchObject({
    code: 1,
    stderr: "The question was withdrawn.\n",
  });
  expect((await withdraw(other)).status).toBe(410);
});

test("a time-out is 124, with the default if there is one", async () => {
  const { server, run } = await start();
  const ask = async (...more: string[]) =>
    (
      await run("agent", "ask", "Deploy?", ...yesOrNo, "--timeout", "1m", "--key", "main", ...more)
    ).stdout.trim();
  const plain = await ask();
  server.clock.advance(60_000);
  expect(await run("agent", "wait", plain)).toMatchObject({ code: 124, stdout: "" });
  const withDefault = await ask("--default", "no");
  server.clock.advance(60_000);
  expect(await run("agent", "wait", withDefault)).toMatchObject({ code: 124, stdout: "no\n" });
});

test("Ctrl-C leaves the question open and says how to go on", async () => {
  const { environment, open } = await start();
  const asking = startLong(["agent", "ask", "Deploy?", ...yesOrNo, "--wait"], { environment });
  await expect.poll(open).toHaveLength(1);
  asking.signal("SIGINT");
  const [question] = await open();
  const { code, stderr } = await asking.ended;
  expect(code).toBe(130);
  expect(stderr).toContain(`belfry agent wait ${question!.id}`);
  expect(stderr).toContain(`belfry agent withdraw ${question!.id}`);
  expect(await open()).toHaveLength(1);
});

test("waiting survives a restart of the server", async () => {
  const { server, environment, mia, open } = await start();
  const asking = startLong(["agent", "ask", "Deploy?", ...yesOrNo, "--wait"], { environment });
  await expect.poll(open).toHaveLength(1);
  const [question] = await open();
  const port = new URL(server.url).port;
  await server.stop();
  await asking.says("Retrying.");
  const again = await startTestServer({
    clock: createClock(now),
    folder: server.folder,
    environment: { BELFRY_HTTP_ADDRESS: `127.0.0.1:${port}` },
  });
  await again.call("POST", `/api/v2/questions/${question!.id}/answer`, {
    token: mia.token,
    json: { option: "no" },
  });
  expect(await asking.ended).toMatchObject({ code: 0, stdout: "no\n" });
});

test.each([
  [["agent", "ask"], 2, "QUESTION"],
  [["agent", "ask", "Deploy?", "--timeout", "soon"], 2, '--timeout: "soon" is not a duration'],
  [["agent", "ask", "Deploy?", "--option", "yes", "--key", "main"], 1, "--option: 1 given, 2 to 8 required"],
  [["agent", "wait", "0199a0b1-5c3f-7222-8333-444444444444"], 1, "Question not found"],
  [["answer", "nonsense"], 1, '"nonsense" is not a UUID'],
])("%j ends with %i: %s", async (words, code, message) => {
  const { run } = await start();
  const ended = await run(...words);
  expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(message)]);
});
