// An agent asks, its user answers: the first answer counts, and every end of a question is one, for everybody who sees it.
import { expect, test } from "vitest";
import { addUser } from "../support/server.ts";
import { startAsking } from "../support/questions.ts";
import { startTask } from "../support/task.ts";

const minute = 60_000;

test("a question is asked, notified at once and answered; its item becomes read by that", async () => {
  const { mia, asked, question, answer, inbox, session } = await startAsking();
  const id = await asked();
  expect(await inbox()).toEqual({
    unread: 1,
    titles: ["Fix the login redirect asks: Which redirect should stay?"],
  });
  expect(await session()).toMatchObject({
    state: "waiting",
    question: { id, text: "Which redirect should stay?", options: ["The first", "The second"] },
  });
  expect((await question(id)).json).toMatchObject({
    session: "main",
    session_title: "Fix the login redirect",
    text: "Which redirect should stay?",
    options: ["The first", "The second"],
    free_text: false,
    default: null,
    state: "open",
    answer: null,
    by: null,
    at: null,
  });
  const given = await answer(id);
  expect([given.status, given.json.state, given.json.answer, given.json.by]).toEqual([
    200,
    "answered",
    "The first",
    "mia",
  ]);
  expect((await inbox()).unread).toBe(0);
  expect(await session()).toMatchObject({ state: "working", question: null });
  const again = await answer(id, { option: "The second" });
  expect(again.status).toBe(409);
  expect(again.json.message).toBe("Already answered by mia.");
  expect(again.json.detail).toBe(
    `The answer is "The first", given at ${given.json.at?.slice(0, 19).replace("T", " ")} UTC.`,
  );
  expect((await question(id)).json.answer).toBe("The first");
  expect(mia.token).not.toBe("");
});

test.each([
  ["waits", "waiting", 30_000],
  ["is stale", "working", 30 * minute],
] as const)(
  "a question stands for the notification that its session %s, which becomes read by it",
  async (_name, state, later) => {
    const { server, report, asked, answer, inbox, session } = await startAsking();
    const situations = () =>
      server.sql("SELECT substr(key, 1, instr(key, '/') - 1) AS type, how FROM situations ORDER BY type");
    await report(state);
    server.clock.advance(later);
    await server.runTick();
    await server.settled();
    expect(await inbox()).toMatchObject({ unread: 1, titles: [expect.stringContaining("Agent ")] });
    const id = await asked();
    await server.settled();
    expect(await inbox()).toMatchObject({ unread: 1, titles: [expect.any(String), expect.any(String)] });
    expect(await situations()).toEqual([
      { type: "agent", how: "over" },
      { type: "question", how: null },
    ]);
    await answer(id);
    await report("working");
    expect((await inbox()).unread).toBe(0);
    expect((await session()).state).toBe("working");
    expect(await situations()).toEqual([
      { type: "agent", how: "over" },
      { type: "question", how: "answered" },
    ]);
  },
);

test("whoever waits has the answer at once, and an answer from elsewhere within a second", async () => {
  let read = () => {};
  const asking = await startAsking({ onTrip: () => read() });
  const { server, report, asked, question, answer, withdraw } = asking;
  /** A wait that has read the question as open. */
  const begin = async (id: string) => {
    const isRead = new Promise<void>((resolve) => (read = resolve));
    const end = question(id, 25);
    await isRead;
    // The database answers in the order that it was asked.
    await question(id);
    return { end };
  };
  await report("working", {}, "unanswered");
  const id = await asked();
  const [waited] = await Promise.all([question(id, 25), answer(id)]);
  expect(waited.json).toMatchObject({ state: "answered", answer: "The first", by: "mia" });
  const other = await asked();
  const unanswered = await asked({}, { key: "unanswered" });
  await server.settled();
  const [{ end: timingOut }, { end: waiting }] = [await begin(unanswered), await begin(other)];
  await server.sql(`UPDATE agent_questions SET state = 'answered', answer = 'From elsewhere', end_id = 'x',
    ended_at = ${server.clock.now()} WHERE id = '${other}'`);
  // Not the time ends the wait.
  const first = [waiting.then(() => "answered"), timingOut.then(() => "timed out")];
  expect(await Promise.race(first)).toBe("answered");
  expect((await waiting).json.answer).toBe("From elsewhere");
  await withdraw(unanswered);
  expect((await timingOut).json.state).toBe("withdrawn");
});

test("a wait ends with its time, and with the server", async () => {
  let read = () => {};
  const { server, asked, question } = await startAsking({ onTrip: () => read() });
  const id = await asked();
  expect((await question(id, 1)).json.state).toBe("open");
  const isWaiting = new Promise<void>((resolve) => (read = resolve));
  const waiting = question(id, 25);
  await isWaiting;
  await server.stop();
  expect(((await waiting) as { json: { state: string } }).json.state).toBe("open");
});

test("after its time the default counts, before and after the tick has written it", async () => {
  const { server, asked, question, answer, inbox, session } = await startAsking();
  const id = await asked({ default: "The second", timeout_s: 60 });
  const at = server.clock.now() + minute;
  server.clock.advance(minute);
  const timedOut = { state: "timed_out", answer: "The second", by: null, at: new Date(at).toISOString() };
  expect((await question(id, 5)).json).toMatchObject(timedOut);
  const late = await answer(id);
  expect([late.status, late.json.message]).toEqual([410, "The question has timed out."]);
  expect((await inbox()).unread).toBe(1);
  await server.runTick();
  expect((await question(id)).json).toMatchObject(timedOut);
  expect((await inbox()).unread).toBe(0);
  expect(await session()).toMatchObject({ state: "working", question: null });
  expect((await answer(id)).status).toBe(410);
});

test("after its time a question without a default has no answer, and its session waits on", async () => {
  const { server, asked, question, session } = await startAsking();
  const id = await asked({ timeout_s: 60 });
  server.clock.advance(minute);
  await server.runTick();
  expect((await question(id)).json).toMatchObject({ state: "timed_out", answer: null });
  expect(await session()).toMatchObject({ state: "waiting", question: null });
});

test("a new question withdraws the former, and so does going on", async () => {
  const { asked, question, answer, report, inbox } = await startAsking();
  const first = await asked();
  const second = await asked({ text: "Or this?" });
  expect((await question(first)).json.state).toBe("withdrawn");
  expect((await answer(first)).status).toBe(410);
  expect((await inbox()).unread).toBe(1);
  for (const state of ["working", "done", "failed"]) {
    const id = state === "working" ? second : await asked();
    const waiting = question(id, 25);
    await report(state);
    expect((await waiting).json.state).toBe("withdrawn");
  }
  const kept = await asked();
  await report("waiting");
  expect((await question(kept)).json.state).toBe("open");
});

test("an agent withdraws its question; nobody answers it then", async () => {
  const { asked, question, answer, withdraw, session, inbox } = await startAsking();
  const id = await asked();
  const waiting = question(id, 25);
  expect((await withdraw(id)).json).toMatchObject({ state: "withdrawn", answer: null });
  expect((await waiting).json.state).toBe("withdrawn");
  expect(await session()).toMatchObject({ state: "working", question: null });
  expect((await inbox()).unread).toBe(0);
  expect((await answer(id)).json.message).toBe("The question was withdrawn.");
  expect((await withdraw(id)).status).toBe(410);
  const answered = await asked();
  await answer(answered);
  expect((await withdraw(answered)).status).toBe(409);
});

test("a text of one's own answers where that is allowed", async () => {
  const { asked, answer, question } = await startAsking();
  const open = await asked({ options: null });
  expect((await answer(open, { text: "  Neither  " })).json.answer).toBe("Neither");
  const both = await asked({ free_text: true, default: "Whatever you think" });
  expect((await answer(both, { text: "The third" })).json.answer).toBe("The third");
  expect((await question(both)).json.free_text).toBe(true);
});

test.each([
  [{ text: "" }, "text: must not be empty"],
  [{ text: " \n" }, "text: must not be empty"],
  [{ text: "ö".repeat(1_001) }, "text: 2002 bytes, at most 2000 allowed"],
  [{ options: ["one"] }, "options: 1 given, 2 to 8 required"],
  [{ options: [..."123456789"] }, "options: 9 given, 2 to 8 required"],
  [{ options: ["same", " same "] }, 'options.1: duplicate option "same"'],
  [{ options: ["a", ""] }, "options.1: must not be empty"],
  [{ options: ["a", "b\nc"] }, "options.1: must be one line of text"],
  [{ options: ["a", "x".repeat(81)] }, "options.1: 81 bytes, at most 80 allowed"],
  [{ default: "The third" }, 'default: must be one of "The first", "The second"'],
  [{ options: null, default: " " }, "default: must not be empty"],
  [{ options: null, free_text: false }, "free_text: must be true or omitted for a question without options"],
  [{ timeout_s: 59 }, "timeout_s: must be 60 to 604800 seconds (1 minute to 7 days)"],
  [{ timeout_s: 604_801 }, "timeout_s: must be 60 to 604800 seconds (1 minute to 7 days)"],
  [{ timeout_s: 90.5 }, "timeout_s: must be 60 to 604800 seconds (1 minute to 7 days)"],
  [{ colour: "red" }, "colour: unknown field"],
])("asking %j is refused: %s", async (json, message) => {
  const { ask, session } = await startAsking();
  const answer = await ask(json);
  expect([answer.status, answer.json.message]).toEqual([400, message]);
  expect(await session()).toMatchObject({ state: "working", question: null });
});

test.each([
  [{}, 400, "option: missing: choose an answer"],
  [{ option: "The third" }, 400, 'option: "The third" is not an option, use "The first", "The second"'],
  [{ text: "My own" }, 400, 'text: not accepted here, choose an option: "The first", "The second"'],
  [{ option: "The first", text: "x" }, 400, "text: must be omitted if an option is given"],
  [{ choice: 1 }, 400, "choice: unknown field"],
])("answering %j is refused with %i: %s", async (json, status, message) => {
  const { asked, answer, question } = await startAsking();
  const id = await asked();
  const given = await answer(id, json);
  expect([given.status, given.json.message]).toEqual([status, message]);
  expect((await question(id)).json.state).toBe("open");
});

test("only who the agent belongs to sees and answers its question", async () => {
  const { server, ownerToken, mia, asked, question, answer, withdraw } = await startAsking();
  const id = await asked();
  const bob = await addUser(server, "bob");
  for (const token of [bob.token, ownerToken]) {
    expect((await question(id, undefined, token)).status).toBe(404);
    expect((await answer(id, { option: "The first" }, token)).status).toBe(404);
    expect((await withdraw(id, token)).status).toBe(404);
    expect((await server.call("GET", "/api/v2/questions", { token })).json).toEqual({
      questions: [],
      count: 0,
    });
  }
  const own = await server.call("GET", "/api/v2/questions", { token: mia.token });
  expect(own.json.questions.map((one) => one.id)).toEqual([id]);
  expect((await answer("0199a0b1-5c3f-7222-8333-444444444444")).status).toBe(404);
  expect((await answer("nonsense")).status).toBe(400);
});

test("a notify token asks and waits, but doesn't answer; a read token does neither", async () => {
  const { server, mia, ask, asked, question, answer } = await startAsking();
  const make = async (scope: string) => {
    const { json } = await server.call("POST", "/api/v2/users/me/keys/tokens", {
      token: mia.token,
      json: { token_name: scope, scope },
    });
    return server.secret((json as { key: string }).key);
  };
  const [notify, read] = [await make("notify"), await make("read")];
  const id = await asked({}, { as: notify });
  expect((await question(id, 0, notify)).json.state).toBe("open");
  expect((await answer(id, { option: "The first" }, notify)).status).toBe(403);
  expect((await ask({}, { as: read })).status).toBe(403);
  expect((await question(id, 0, read)).status).toBe(200);
  expect((await answer(id, { option: "The first" }, read)).status).toBe(403);
});

test("the agent of a workspace asks its owner, by its own token", async () => {
  const { server, member, agentToken } = await startTask();
  const path = "/api/v2/agent-sessions/one";
  await server.call("PUT", path, { token: agentToken, json: { state: "working", title: "One" } });
  const made = await server.call("POST", `${path}/questions`, {
    token: agentToken,
    json: { text: "Now?", options: ["Yes", "No"] },
  });
  const { id } = made.json as { id: string };
  const waiting = server.call("GET", `/api/v2/questions/${id}?wait=25`, { token: agentToken });
  const refused = await server.call("POST", `/api/v2/questions/${id}/answer`, {
    token: agentToken,
    json: { option: "Yes" },
  });
  expect(refused.status).toBe(401);
  await server.call("POST", `/api/v2/questions/${id}/answer`, {
    token: member.token,
    json: { option: "Yes" },
  });
  expect((await waiting).json).toMatchObject({ answer: "Yes", by: "mia" });
});

test("sub-agents can't ask, and a session that was never reported neither", async () => {
  const { ask, report } = await startAsking();
  await report("working", { parent: "main" }, "child");
  const refused = await ask({}, { key: "child" });
  expect([refused.status, refused.json.message]).toEqual([409, "A sub-agent can't ask its user."]);
  const unknown = await ask({}, { key: "unknown" });
  expect([unknown.status, unknown.json.message]).toEqual([404, "You have no session with this key."]);
});

test("a question that is sent again under its key is one", async () => {
  const { server, ask, question } = await startAsking();
  const headers = { "idempotency-key": "the-same" };
  const [one, two] = await Promise.all([ask({}, { headers }), ask({}, { headers })]);
  expect([one.status, two.status, two.json.id]).toEqual([201, 201, one.json.id]);
  const again = await ask({}, { headers });
  expect([again.json.id, again.headers.get("idempotency-replayed")]).toEqual([one.json.id, "true"]);
  expect((await question(one.json.id)).json.state).toBe("open");
  expect((await ask({ text: "Another?" }, { headers })).status).toBe(422);
  expect(await server.sql("SELECT count(*) AS n FROM agent_questions")).toEqual([{ n: 1 }]);
});

test("a session that floods its user is slowed down", async () => {
  const { ask } = await startAsking();
  const statuses: number[] = [];
  for (let count = 0; count < 61; count += 1) statuses.push((await ask({ text: `${count}?` })).status);
  expect(statuses.filter((status) => status === 201).length).toBeLessThanOrEqual(60);
  expect(statuses.at(-1)).toBe(429);
});

test("an answer is in the audit log, without its text", async () => {
  const { server, ownerToken, asked, answer } = await startAsking();
  const id = await asked({ options: null });
  await answer(id, { text: "my private words" });
  const { json } = await server.call("GET", "/api/v2/audit?action=answer", { token: ownerToken });
  const { entries } = json;
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatchObject({ resource_type: "agent_question", resource_id: id });
  expect(JSON.stringify(entries)).not.toContain("my private words");
});
