// Drawn histories of asking, answering, timing out, withdrawing and reporting against a model: a session has one open
// question at most, and each question ends once, as its first ending says.
import fc from "fast-check";
import { expect, test } from "vitest";
import { startAsking, type Asking } from "../support/questions.ts";

type Step =
  | { act: "ask"; hasDefault: boolean }
  | { act: "answer" | "withdraw"; which: number }
  | { act: "wait"; minutes: number }
  | { act: "tick" }
  | { act: "report"; state: "working" | "waiting" | "done" | "failed" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ act: fc.constant("ask" as const), hasDefault: fc.boolean() }) },
    {
      weight: 4,
      arbitrary: fc.record({
        act: fc.constantFrom("answer" as const, "withdraw" as const),
        which: fc.nat(2),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ act: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 3 }) }),
    },
    { weight: 1, arbitrary: fc.record({ act: fc.constant("tick" as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        act: fc.constant("report" as const),
        state: fc.constantFrom("working" as const, "waiting" as const, "done" as const, "failed" as const),
      }),
    },
  ),
  { maxLength: 14 },
);

interface Expected {
  id: string;
  state: "open" | "answered" | "timed_out" | "withdrawn";
  answer: string | null;
  fallback: string | null;
  until: number;
}

const minute = 60_000;

function createModel(now: () => number) {
  const questions: Expected[] = [];
  let session = "working";
  const settle = () => {
    for (const one of questions)
      if (one.state === "open" && one.until <= now())
        Object.assign(one, { state: "timed_out", answer: one.fallback });
  };
  const open = () => (settle(), questions.find(({ state }) => state === "open"));
  const end = (state: Expected["state"], answer: string | null) =>
    Object.assign(open() ?? {}, { state, answer });
  return {
    questions,
    settle,
    open,
    session: () => session,
    continued: () => void (session = "working"),
    ask: (id: string, fallback: string | null) => {
      end("withdrawn", null);
      questions.push({ id, state: "open", answer: null, fallback, until: now() + 2 * minute });
      session = "waiting";
    },
    end,
    report: (state: string) => {
      settle();
      if (state !== "waiting" && state !== session) end("withdrawn", null);
      session = state;
    },
  };
}
type Model = ReturnType<typeof createModel>;

async function take(asking: Asking, model: Model, step: Step): Promise<void> {
  const { server, ask, answer, withdraw, report } = asking;
  if (step.act === "ask") {
    const fallback = step.hasDefault ? "The second" : null;
    const made = await ask({ timeout_s: 120, ...(fallback === null ? {} : { default: fallback }) });
    expect(made.status).toBe(201);
    model.ask(made.json.id, fallback);
  } else if (step.act === "answer" || step.act === "withdraw") {
    // The newest, or one before.
    const question = model.questions.at(-1 - step.which);
    if (question === undefined) return;
    model.settle();
    const { state } = question;
    const { status } = await (step.act === "answer" ? answer(question.id) : withdraw(question.id));
    expect([state, status]).toEqual([state, state === "open" ? 200 : state === "answered" ? 409 : 410]);
    if (state !== "open") return;
    model.end(step.act === "answer" ? "answered" : "withdrawn", step.act === "answer" ? "The first" : null);
    model.continued();
  } else if (step.act === "wait") server.clock.advance(step.minutes * minute);
  else if (step.act === "tick") {
    await server.runTick();
    model.settle();
  } else if (step.act === "report") {
    const { status } = await report(step.state);
    expect(status).toBe(200);
    model.report(step.state);
  }
}

test("any history leaves one open question at most, and one ending of each", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      // No session is quiet for so long that it becomes stale, and none is changed too often.
      const asking = await startAsking();
      const model = createModel(asking.server.clock.now);
      for (const step of history) {
        await take(asking, model, step);
        // What the tick does to sessions is seen in the next report: the model follows what is there.
        const state = (await asking.session()).state;
        if (step.act === "tick" && state === "working" && model.open() === undefined) model.continued();
        model.settle();
        const rows = await asking.server.sql(
          "SELECT count(*) AS n FROM agent_questions WHERE state = 'open'",
        );
        expect(Number(rows[0]!["n"])).toBeLessThanOrEqual(1);
        for (const { id, state: expected, answer } of model.questions)
          expect((await asking.question(id)).json).toMatchObject({ id, state: expected, answer });
      }
      await asking.server.runTick();
      const open = await asking.server
        .sql(`SELECT (SELECT count(*) FROM agent_questions WHERE state = 'open') AS questions,
        (SELECT count(*) FROM situations WHERE key LIKE 'question/%' AND resolved_at IS NULL) AS situations,
        (SELECT count(*) FROM agent_questions WHERE (state = 'open') <> (end_id IS NULL)) AS half,
        (SELECT count(*) FROM agent_questions q JOIN situations s ON s.key = 'question/' || q.id
          WHERE q.state <> 'open' AND s.how IS NOT q.state) AS otherwise`);
      const expected = model.open() === undefined ? 0 : 1;
      expect(open).toEqual([{ questions: expected, situations: expected, half: 0, otherwise: 0 }]);
      await asking.server.stop();
    }),
    { numRuns: 25 },
  );
}, 300_000);
