// The connection to the database is cut off at any batch of what happens to a question, before or after it is done, while
// somebody waits for the answer. Done again, it is as if nothing had been: the question ends once, and everybody knows how.
import { expect, test } from "vitest";
import { createCutter, type Cut } from "../support/adapters.ts";
import { startAsking, type Asking } from "../support/questions.ts";

/** Each has a session of its own. */
interface Round {
  key: string;
  id: string;
}

interface Act {
  run: (asking: Asking, round: Round) => Promise<unknown>;
  /** How the question ends, and what its session is then. */
  ends: [state: string, answer: string | null, session: string];
}

const acts: Record<string, Act> = {
  "it is answered": {
    run: ({ answer }, { id }) => answer(id),
    ends: ["answered", "The first", "working"],
  },
  "it is withdrawn": { run: ({ withdraw }, { id }) => withdraw(id), ends: ["withdrawn", null, "working"] },
  "its agent goes on": {
    run: ({ report }, { key }) => report("working", {}, key),
    ends: ["withdrawn", null, "working"],
  },
  "its agent has failed": {
    run: ({ report }, { key }) => report("failed", {}, key),
    ends: ["withdrawn", null, "failed"],
  },
  "another is asked": {
    run: ({ ask }, { key }) => ask({ text: "Or this?" }, { key, headers: { "idempotency-key": key } }),
    ends: ["withdrawn", null, "waiting"],
  },
  "its time is over": {
    run: async ({ server }) => {
      server.clock.advance(60_000);
      await server.runTick();
    },
    ends: ["timed_out", "The second", "working"],
  },
};

/** Everything that is stored of the round's session. */
const storedOf = ({ server }: Asking, { key, id }: Round) =>
  server.sql(`SELECT s.state AS session, q.state, q.answer,
      (SELECT how FROM situations WHERE key = 'question/' || q.id) AS how,
      (SELECT count(*) FROM agent_questions o WHERE o.session_id = s.id) AS questions,
      (SELECT count(*) FROM agent_questions o WHERE o.session_id = s.id AND o.state = 'open') AS open,
      (SELECT count(*) FROM agent_questions o WHERE o.session_id = s.id AND (o.state = 'open') <> (o.end_id IS NULL)) AS half,
      (SELECT count(*) FROM audit_entries WHERE resource_id = q.id AND action = 'answer') AS audited,
      (SELECT count(*) FROM inbox_notifications i WHERE i.targets ->> '$[0]' = s.id AND i.read_at IS NULL) AS unread
    FROM agent_sessions s JOIN agent_questions q ON q.session_id = s.id
    WHERE s.key = '${key}' AND q.id = '${id}'`);

test.each(Object.keys(acts))("a cut at any batch while %s", async (name) => {
  const { run, ends } = acts[name]!;
  const [state, answer, session] = ends;
  let onRead = () => {};
  const cutter = createCutter();
  const asking = await startAsking({ wrapClient: cutter.wrapClient, onTrip: () => onRead() });
  const { server, report, asked, question } = asking;
  const isAnother = name === "another is asked";
  const places: Cut[] = [1, 2, 3].flatMap((at) => [false, true].map((done) => ({ at, done })));
  for (const [round, place] of places.entries()) {
    const key = `${name.replaceAll(" ", "-")}-${round}`;
    await report("working", {}, key);
    const id = await asked({ default: "The second", timeout_s: 60 }, { key });
    await server.settled();
    const isWaiting = new Promise<void>((resolve) => (onRead = resolve));
    const waiting = question(id, 25);
    await isWaiting;
    cutter.cut(place);
    await Promise.resolve(run(asking, { key, id })).catch(() => {});
    cutter.mend();
    await run(asking, { key, id });
    await server.settled();
    const waited = await waiting;
    // It may be the waiter's own read that was cut off: an agent asks again then.
    const { json } = waited.status === 200 ? waited : await question(id, 25);
    expect({ place, ...json }).toMatchObject({ place, id, state, answer });
    expect([place, await storedOf(asking, { key, id })]).toEqual([
      place,
      [
        {
          session,
          state,
          answer,
          how: state,
          questions: isAnother ? 2 : 1,
          open: isAnother ? 1 : 0,
          half: 0,
          audited: state === "answered" ? 1 : 0,
          unread: isAnother ? 1 : 0,
        },
      ],
    ]);
  }
});
