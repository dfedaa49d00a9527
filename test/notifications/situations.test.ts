// Situations against a model: events that open them, ends that resolve them, readers, time, and writes that are sent twice.
import fc from "fast-check";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { setDone, setRead } from "../../src/notifications/inbox/store/inbox.ts";
import { defineKind } from "../../src/notifications/kinds/define-kind.ts";
import { notify, resolveSituations, writeAndNotify } from "../../src/notifications/outbox/notify.ts";
import { reopenMs } from "../../src/notifications/situations/rules/situation.ts";
import { signInFirst, startTestServer, type TestServer } from "../support/server.ts";

interface Happening {
  key: string;
  isCalm: boolean;
  userId: string;
  identity: string;
}

const kind = defineKind("test-notification", {
  audience: (userId: string) => ({ users: [userId] }),
  event: ({ key, isCalm, userId, identity }: Happening) => ({
    labels: {},
    data: null,
    targets: [],
    createdBy: "test",
    identity,
    situation: { key, isCalm },
    recipients: { people: [{ id: userId, why: "own_account" as const }] },
  }),
});

const everybody = defineKind("test-notification", {
  audience: (userId: string) => ({ users: [userId] }),
  event: ({ key, isCalm, identity }: Happening, people) => ({
    labels: {},
    data: null,
    targets: [],
    createdBy: "test",
    identity,
    situation: { key, isCalm },
    recipients: { people: people.map(({ userId }) => ({ id: userId, why: "own_account" as const })) },
  }),
});

type Step = "occur" | "resolve" | "read" | "done" | "again" | number;
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Step>("occur", "resolve") },
    { weight: 2, arbitrary: fc.constantFrom<Step>("read", "done", "again") },
    { weight: 2, arbitrary: fc.constantFrom<Step>(0, 60_000, reopenMs - 1, reopenMs, 3_600_000) },
  ),
  { maxLength: 25 },
);

interface Item {
  readAt: number | null;
  isDone: boolean;
}
interface Episode {
  occurrences: number;
  openedAt: number;
  lastAt: number;
  resolvedAt: number | null;
  /** The newest, which stands for all. */
  item: Item;
}

/** What there should be: episodes, oldest first, and how often somebody was notified. */
function createModel(isCalm: boolean) {
  const episodes: Episode[] = [];
  let notified = 0;
  const unread = (): Item => ({ readAt: null, isDone: false });
  return {
    state: () => ({ episodes, notified }),
    occur(at: number) {
      const last = episodes.at(-1);
      const isOver = last === undefined || (last.resolvedAt !== null && at - last.resolvedAt >= reopenMs);
      if (isOver) {
        episodes.push({ occurrences: 1, openedAt: at, lastAt: at, resolvedAt: null, item: unread() });
        notified += 1;
        return;
      }
      last.occurrences += 1;
      last.lastAt = at;
      const isQuiet = isCalm && last.resolvedAt !== null;
      if (!isQuiet) notified += 1;
      if (!isQuiet || last.item.readAt === last.resolvedAt) last.item = unread();
      last.resolvedAt = null;
    },
    resolve(at: number) {
      const last = episodes.at(-1);
      if (last === undefined || last.resolvedAt !== null) return;
      last.resolvedAt = at;
      last.item.readAt ??= at;
    },
    read(at: number) {
      const item = episodes.at(-1)?.item;
      if (item !== undefined) item.readAt = at;
    },
    done(at: number) {
      const item = episodes.at(-1)?.item;
      if (item === undefined || item.isDone) return;
      item.isDone = true;
      item.readAt ??= at;
    },
  };
}

/** What there is of a key. */
async function stored(server: TestServer, key: string) {
  const rows =
    await server.sql(`SELECT s.opened_at, s.last_at, s.occurrences, s.resolved_at, n.read_at, n.done_at, n.id
    FROM situations s LEFT JOIN inbox_notifications n ON n.situation_id = s.id AND n.folded_at IS NULL
    WHERE s.key = '${key}' ORDER BY s.seq`);
  const sent = await server.sql(`SELECT count(*) AS n FROM notification_messages m
    JOIN notification_events e ON e.id = m.event_id JOIN situations s ON s.id = e.situation_id
    WHERE s.key = '${key}' AND m.status = 'sent'`);
  const episodes = rows.map((row) => ({
    occurrences: row["occurrences"],
    openedAt: row["opened_at"],
    lastAt: row["last_at"],
    resolvedAt: row["resolved_at"],
    item: { readAt: row["read_at"], isDone: row["done_at"] !== null },
  }));
  return { item: rows.at(-1)?.["id"], state: { episodes, notified: Number(sent[0]!["n"]) } };
}

test("any sequence of occurrences, ends and readers leaves what the model says", async () => {
  const server = await startTestServer();
  const { userId } = await signInFirst(server);
  const deps = server.deps();
  const answers = await deps.db.read(kind.reads(userId));
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (sequence, isCalm) => {
      const key = `test/${(runs += 1)}`;
      const model = createModel(isCalm);
      const occurred: (() => Promise<unknown>)[] = [];
      for (const [at, step] of sequence.entries()) {
        const now = server.clock.now();
        if (typeof step === "number") server.clock.advance(step);
        else if (step === "again") for (const write of occurred) await write();
        else {
          const { item } = await stored(server, key);
          const change =
            step === "occur"
              ? notify(kind.prepare(deps, answers, { key, isCalm, userId, identity: `${key} ${at}` }))
              : step === "resolve"
                ? resolveSituations({ keys: [key], at: now, how: "recovered", when: sql`true` })
                : (step === "read" ? setRead : setDone)(userId, String(item), now);
          const write = () => writeAndNotify(deps, [change], {});
          await write();
          await write();
          if (step === "occur") occurred.push(write);
          model[step](now);
        }
        expect((await stored(server, key)).state).toEqual(model.state());
      }
    }),
    { numRuns: 60 },
  );
});

test("a thousand flaps notify once in 15 minutes at most, and as often as they are apart", async () => {
  const server = await startTestServer({ adapter: "plain" });
  const { userId } = await signInFirst(server);
  const deps = server.deps();
  const answers = await deps.db.read(kind.reads(userId));
  const key = "test/flaps";
  let apart = 0;
  for (let flap = 0; flap < 1_000; flap += 1) {
    const event = kind.prepare(deps, answers, { key, isCalm: true, userId, identity: `${flap}` });
    await writeAndNotify(deps, [notify(event)], {});
    server.clock.advance((flap % 3) * 60_000);
    const ending = { keys: [key], at: server.clock.now(), how: "recovered", when: sql`true` } as const;
    await writeAndNotify(deps, [resolveSituations(ending)], {});
    const gap = (flap * 7_919) % 1_000_000;
    server.clock.advance(gap);
    if (gap >= reopenMs && flap < 999) apart += 1;
  }
  const sent = await server.sql(
    "SELECT created_at FROM notification_messages WHERE status = 'sent' ORDER BY seq",
  );
  const times = sent.map((row) => Number(row["created_at"]));
  expect(times.length).toBe(apart + 1);
  expect(times.length).toBeLessThan(200);
  for (const [index, at] of times.entries())
    if (index > 0) expect(at - times[index - 1]!).toBeGreaterThanOrEqual(reopenMs);
  const [total] = await server.sql("SELECT sum(occurrences) AS n, count(*) AS episodes FROM situations");
  expect(total).toEqual({ n: 1_000, episodes: apart + 1 });
});

test("an event to 500 people is as many statements as one to a single person", async () => {
  const batches: number[] = [];
  const server = await startTestServer({
    adapter: "plain",
    onTrip: ({ mode, statements }) => mode === "write" && batches.push(statements),
  });
  const { userId } = await signInFirst(server);
  const deps = server.deps();
  const answers = await deps.db.read(kind.reads(userId));
  const [one] = answers["test-notification.recipients"];
  await server.sql(`INSERT INTO users (id, username, email, name, status, is_system, created_at, updated_at)
    WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 500)
    SELECT 'u' || value, 'u' || value, 'u' || value || '@example.com', '', 'active', 0, 1, 1 FROM n`);
  const many = Array.from({ length: 500 }, (_, at) => ({
    ...one!,
    userId: `u${at + 1}`,
    username: `u${at + 1}`,
  }));
  const measure = async (people: typeof many, key: string, at: number) => {
    batches.length = 0;
    const input = { key, isCalm: true, userId, identity: `${at}` };
    const prepared = everybody.prepare(deps, answers, input, people);
    await writeAndNotify(deps, [notify(prepared)], {});
    return batches[0];
  };
  for (const at of [0, 1])
    expect(await measure(many, "test/many", at)).toBe(await measure([one!], "test/one", at));
  const items =
    await server.sql(`SELECT count(*) AS n, sum(folded_at IS NULL) AS shown FROM inbox_notifications
    WHERE situation_id = (SELECT id FROM situations WHERE key = 'test/many')`);
  expect(items).toEqual([{ n: 1_000, shown: 500 }]);
});
