// A whole evening with ten agents on a set clock: the list of notifications is exactly that of the table, and every agent that
// still waits is under Needs you.
import { expect, test } from "vitest";
import { startSessions } from "../support/agent-sessions.ts";

const hour = (text: string) => {
  const [hours, minutes, seconds = "0"] = text.split(":");
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
};

/** When, which agent, what it reports; `>` is its parent. The clock says when the last report was sent. */
const reports = `
  18:00:00 ann    working
  18:00:00 ben    working
  18:00:05 ben-1  working  >ben
  18:00:06 ben-2  working  >ben
  18:01:00 ben-1  done     >ben
  18:01:10 ben-2  failed   >ben
  18:02:00 ann    waiting
  18:02:20 ann    working
  18:03:00 cleo   working
  18:05:00 ann    waiting
  18:05:00 dora   working
  18:06:00 ann    waiting
  18:07:00 ann    working
  18:10:00 ben    done
  18:10:10 emil   done
  18:10:20 emil   working
  18:12:00 dora   failed
  18:12:25 dora   done
  18:15:00 emil   working
  18:20:00 fay    waiting
  18:20:10 fay    working
  18:20:20 fay    waiting
  18:20:40 fay    working
  18:22:00 gus    working
  18:25:00 gus    waiting
  18:30:00 ann    working
  18:40:00 emil   working
  18:45:00 hal    working
  18:45:01 ida    working
  18:45:02 jan    working
  18:50:00 ann    done
  18:50:00 fay    working
  19:00:00 hal    waiting
  19:00:30 ida    waiting
  19:00:59 ida    done
  19:05:00 emil   waiting
  19:10:00 cleo   working
  19:10:40 cleo   done
  19:11:00 jan    waiting
  19:11:31 jan    working
  19:12:00 jan    waiting
  19:20:00 gus    done
  19:30:00 fay    done`;

/** When, and what. */
const notifications = `
  18:05:30 Agent waiting for you: ann
  18:10:30 Agent done: ben
  18:12:55 Agent done: dora
  18:25:30 Agent waiting for you: gus
  18:33:00 Agent stale: cleo
  19:00:30 Agent waiting for you: hal
  18:50:30 Agent done: ann
  19:01:29 Agent done: ida
  19:05:30 Agent waiting for you: emil
  19:11:10 Agent done: cleo
  19:11:30 Agent waiting for you: jan
  19:12:30 Agent waiting for you: jan
  19:20:30 Agent done: gus
  19:20:00 Agent stale: fay
  19:30:30 Agent done: fay`;

const rows = (table: string) =>
  table
    .trim()
    .split("\n")
    .map((line) => line.trim());

test("an evening with ten agents", async () => {
  const { server, report, mia } = await startSessions();
  const begun = server.clock.now() - hour("18:00:00");
  const runUntil = async (time: number) => {
    // From one moment at which something is due to the next: when it comes is part of the table.
    while (server.clock.now() < begun + time) {
      const [due] = await server.sql(`SELECT min(at) AS at FROM (
        SELECT due_at AS at FROM notification_messages WHERE due_at IS NOT NULL
        UNION ALL SELECT seen_at + 1800000 FROM agent_sessions WHERE state = 'working')`);
      const next = Math.min(begun + time, Number(due!["at"] ?? Infinity));
      server.clock.advance(Math.max(0, next - server.clock.now()));
      await server.runTick();
      await server.settled();
    }
  };
  for (const row of rows(reports)) {
    const [at, key, state, parent] = row.split(/ +/);
    await runUntil(hour(at!));
    const more = parent === undefined ? {} : { parent: parent.slice(1) };
    expect((await report(key!, state!, { title: key, ...more })).status).toBe(200);
  }
  await runUntil(hour("19:45:00"));
  const came = await server.sql("SELECT title, created_at FROM inbox_notifications ORDER BY created_at, seq");
  const list = came.map(({ title, created_at: at }) => {
    const time = new Date(Number(at) - begun).toISOString().slice(11, 19);
    return `${time} ${String(title)}`;
  });
  expect(list.toSorted()).toEqual(rows(notifications).toSorted());
  const { json } = await server.call("GET", "/api/v2/users/me/waiting", { token: mia.token });
  expect(json.waiting.map(({ name }) => name)).toEqual(["hal", "emil", "jan"]);
  const open = await server.sql(
    "SELECT count(*) AS open FROM inbox_notifications WHERE read_at IS NULL AND title LIKE '%waiting%'",
  );
  expect(open).toEqual([{ open: 3 }]);
});
