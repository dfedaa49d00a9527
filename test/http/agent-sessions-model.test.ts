// Drawn histories of sessions against a model of a few lines: who is in which state, what has been notified of, what waits.
import fc from "fast-check";
import { expect, test } from "vitest";
import { startSessions } from "../support/agent-sessions.ts";

const calmMs = 30_000;
const quietMs = 30 * 60_000;
const keys = ["a", "b", "c"] as const;
type Key = (typeof keys)[number];
const states = ["working", "waiting", "done", "failed"] as const;
type State = (typeof states)[number] | "stale";

const words: Partial<Record<State, string>> = {
  waiting: "Agent waiting for you",
  done: "Agent done",
  failed: "Agent failed",
  stale: "Agent stale",
};

type Step =
  | { kind: "report"; key: Key; state: (typeof states)[number]; isChild: boolean }
  | { kind: "pass"; ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("report" as const),
      key: fc.constantFrom(...keys),
      state: fc.constantFrom(...states),
      // Seldom: once a session is a sub-agent's, it remains one.
      isChild: fc.nat(20).map((drawn) => drawn === 0),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      ms: fc.constantFrom(1, calmMs - 1, calmMs, quietMs - 1, quietMs),
    }),
  },
);

interface Session {
  state: State;
  isChild: boolean;
  seenAt: number;
  dueAt: number | undefined;
  notified: string[];
}

/** What each session is after a history, and what its user was notified of. */
class Model {
  now = 0;
  sessions = new Map<Key, Session>();

  apply(one: Step): void {
    if (one.kind === "pass") this.#pass(one.ms);
    else this.#report(one);
  }

  #report({ key, state, isChild }: Step & { kind: "report" }): void {
    const before = this.sessions.get(key);
    const session = before ?? { state, isChild, seenAt: 0, dueAt: undefined, notified: [] };
    const isChanged = before === undefined || before.state !== state;
    this.sessions.set(key, session);
    session.isChild ||= isChild;
    session.seenAt = this.now;
    session.state = state;
    if (session.isChild) session.dueAt = undefined;
    else if (isChanged) session.dueAt = state === "working" ? undefined : this.now + calmMs;
  }

  #pass(ms: number): void {
    this.now += ms;
    for (const [key, session] of this.sessions) {
      const say = () => session.notified.push(`${words[session.state]}: ${key}`);
      if (session.dueAt !== undefined && session.dueAt <= this.now) {
        session.dueAt = undefined;
        say();
      }
      if (session.state === "working" && this.now - session.seenAt >= quietMs) {
        session.state = "stale";
        if (!session.isChild) say();
      }
    }
  }
}

test("drawn histories end as the model says", async () => {
  const { server, report, pass, mia } = await startSessions();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (history) => {
      const prefix = `r${(run += 1)}-`;
      const model = new Model();
      for (const one of history) {
        model.apply(one);
        if (one.kind === "pass") await pass(one.ms);
        else {
          const parent = one.isChild ? { parent: "main" } : {};
          const answer = await report(`${prefix}${one.key}`, one.state, { title: one.key, ...parent });
          expect(answer.status).toBe(200);
        }
      }
      const stored = await server.sql(`SELECT s.id, s.key, s.state,
          (SELECT json_group_array(i.title) FROM inbox_notifications i WHERE i.targets ->> '$[0]' = s.id) AS notified,
          (SELECT count(*) FROM situations t WHERE t.key = 'agent/' || s.id AND t.resolved_at IS NULL) AS open
        FROM agent_sessions s WHERE s.key LIKE '${prefix}%' ORDER BY s.key`);
      const found = stored.map(({ key, state, notified, open }) => ({
        key: String(key).slice(prefix.length),
        state,
        notified: (JSON.parse(String(notified)) as string[]).toSorted(),
        open,
      }));
      const expected = [...model.sessions]
        .map(([key, { state, isChild, notified }]) => ({
          key,
          state,
          notified: notified.toSorted(),
          open: !isChild && (state === "waiting" || state === "stale") ? 1 : 0,
        }))
        .toSorted((a, b) => a.key.localeCompare(b.key));
      expect(found).toEqual(expected);
      const { json } = await server.call("GET", "/api/v2/users/me/waiting?limit=200", { token: mia.token });
      const waiting = [...model.sessions].filter(([, one]) => one.state === "waiting" && !one.isChild);
      const ids = stored.map(({ id }) => id);
      const listed = json.waiting.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
      expect(listed.toSorted()).toEqual(waiting.map(([key]) => key).toSorted());
      // What is live later only costs.
      await server.sql(`DELETE FROM agent_sessions WHERE key LIKE '${prefix}%'`);
    }),
    { numRuns: 40 },
  );
});
