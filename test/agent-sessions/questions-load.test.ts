// Many devices answer one question at once, over two processes on one libSQL server, with every write sent twice; and what
// asking, answering and waiting cost there.
import { describe, expect, onTestFinished, test } from "vitest";
import { createAnswerToken } from "../../src/agent-sessions/questions/answer-link.ts";
import { createMeter } from "../support/meter.ts";
import { startTwoServers } from "../support/program.ts";
import { startAsking } from "../support/questions.ts";
import { callServer, createClock, secretKey, type TestServerOptions } from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";

async function start(options: TestServerOptions = {}) {
  const database = await startLibsqlServer();
  onTestFinished(() => database.stop());
  const environment = { BELFRY_DATABASE_URL: database.url };
  // The two processes go by the time of day.
  const asking = await startAsking({ clock: createClock(Date.now()), ...options, environment });
  return { ...asking, database };
}

const devices = 20;

/** What a prepared statement has of its text. */
interface Prepared {
  getQuery?: () => { sql: string };
}

describe.skipIf(noServer)("on a libSQL server", () => {
  test("of twenty devices that answer at once, one counts, and the others learn whose it was", async () => {
    const { server, mia, report, asked, withdraw, database } = await start();
    const servers = await startTwoServers(database.url, secretKey);
    const ask25 = (index: number, id: string) =>
      callServer(servers[index]!.url, "GET", `/api/v2/questions/${id}?wait=25` as "/api/v2/questions/id", {
        token: mia.token,
      });
    await report("working", {}, "unanswered");
    const at = (index: number) => servers[index % 2]!.url;
    const tokens: string[] = [];
    for (let device = 0; device < devices / 2; device += 1) {
      const json = { token_name: `device-${device}`, scope: "all" };
      const made = await server.call("POST", "/api/v2/users/me/keys/tokens", { token: mia.token, json });
      tokens.push(server.secret(made.json.key));
    }
    for (let round = 0; round < 3; round += 1) {
      const options = Array.from({ length: 8 }, (_, index) => `Option ${index}`);
      const id = await asked({ options, free_text: true, timeout_s: 600 });
      const expiresAt = server.clock.now() + 600_000;
      const link = `/questions/${id}?token=${createAnswerToken(server.deps(), { questionId: id, expiresAt })}`;
      const unanswered = await asked({}, { key: "unanswered" });
      const waiting = servers.map((_, index) => ask25(index, id));
      const timingOut = ask25(1, unanswered);
      // Half of them by the API and half by the link of a mail, each with an answer of its own.
      const answers = await Promise.all(
        Array.from({ length: devices }, (_, device) =>
          device % 4 < 2
            ? callServer(
                at(device),
                "POST",
                `/api/v2/questions/${id}/answer` as "/api/v2/questions/id/answer",
                {
                  token: tokens[device % tokens.length]!,
                  json: { text: `Device ${device}` },
                },
              )
            : callServer(at(device), "POST", link, {
                headers: { accept: "text/html" },
                body: new URLSearchParams({ text: `Device ${device}` }),
              }),
        ),
      );
      const won = answers.flatMap(({ status }, device) => (status === 200 || status === 303 ? [device] : []));
      expect(won).toHaveLength(1);
      const answer = `Device ${won[0]}`;
      for (const { status, text } of answers.filter((_, device) => device !== won[0])) {
        expect(status).toBe(409);
        expect(text).toContain("Already answered by mia.");
        expect(text).toContain(answer);
      }
      // It is the answer that ends their waits, at both processes, and not their time.
      const first = [Promise.all(waiting).then(() => "answered"), timingOut.then(() => "timed out")];
      expect(await Promise.race(first)).toBe("answered");
      for (const { json } of await Promise.all(waiting))
        expect(json).toMatchObject({ state: "answered", answer, by: "mia" });
      await withdraw(unanswered);
      expect((await timingOut).json.state).toBe("withdrawn");
    }
    expect(await server.sql("SELECT count(*) AS n FROM audit_entries WHERE action = 'answer'")).toEqual([
      { n: 3 },
    ]);
    expect(
      await server.sql(
        "SELECT count(*) AS n FROM situations WHERE key LIKE 'question/%' AND how = 'answered'",
      ),
    ).toEqual([{ n: 3 }]);
  });

  test("a process that is killed while devices answer: one answer counts, and whoever waits at the other has it", async () => {
    const { server, mia, asked, database } = await start();
    const [killed, other] = await startTwoServers(database.url, secretKey);
    const { token } = mia;
    const id = await asked({ options: null, timeout_s: 600 });
    const path = `/api/v2/questions/${id}` as "/api/v2/questions/id";
    const waiting = callServer(other.url, "GET", `${path}?wait=25` as typeof path, { token });
    const answers = Array.from({ length: devices }, (_, device) =>
      callServer(
        [killed, other][device % 2]!.url,
        "POST",
        `${path}/answer` as "/api/v2/questions/id/answer",
        { token, json: { text: `Device ${device}` } },
      ).then(
        ({ status }) => status,
        () => 0,
      ),
    );
    await killed.kill("SIGKILL");
    const statuses = await Promise.all(answers);
    // An answer that counted may be one whose response was lost.
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(1);
    const atOther = statuses.filter((_, device) => device % 2 === 1);
    expect(atOther.filter((status) => status !== 200 && status !== 409)).toEqual([]);
    const { json } = await waiting;
    expect(json).toMatchObject({ state: "answered", by: "mia" });
    expect(await server.sql("SELECT state, answer FROM agent_questions")).toEqual([
      { state: "answered", answer: json.answer },
    ]);
    expect(await server.sql("SELECT count(*) AS n FROM audit_entries WHERE action = 'answer'")).toEqual([
      { n: 1 },
    ]);
    expect(await server.sql("SELECT state FROM agent_sessions")).toEqual([{ state: "working" }]);
  });

  test("asking and answering take two round trips each, and read as much however many questions there were", async () => {
    const meter = createMeter();
    const { server, mia, ask, answer, report } = await start({
      adapter: "plain",
      onTrip: meter.onTrip,
      onAnswer: meter.onAnswer,
    });
    const cost = async (request: () => Promise<unknown>) => {
      await server.settled();
      meter.reset();
      await request();
      await server.settled();
      return { trips: meter.trips, rows: meter.rowsRead };
    };
    let id = "";
    const round = async () => {
      await report("working");
      const asking = await cost(async () => (id = (await ask()).json.id));
      return { asking, answering: await cost(() => answer(id)) };
    };
    const few = await round();
    await server.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
      INSERT INTO agent_questions (id, session_id, user_id, text, options, takes_text, created_at, times_out_at, state,
        answer, ended_by, ended_at, end_id)
      SELECT 'past-' || i, (SELECT id FROM agent_sessions), '${mia.userId}', 'x', '[]', 1, 1, 2, 'answered', 'x',
        '${mia.userId}', 1, 'past-' || i FROM n`);
    const many = await round();
    expect([few.asking.trips, few.answering.trips]).toEqual([2, 2]);
    expect([many.asking.trips, many.answering.trips]).toEqual([2, 2]);
    // A little more only because of the first round's own rows.
    expect(many.asking.rows - few.asking.rows).toBeLessThan(50);
    expect(many.answering.rows - few.answering.rows).toBeLessThan(50);
  });

  test("forty who wait cost one read an interval, and an answer here wakes its own at once", async () => {
    const polls: number[] = [];
    let beginning = 0;
    const { server, asked, question, answer, withdraw, report } = await start({
      adapter: "plain",
      onStatement: (statement) => {
        const sql = (statement as unknown as Prepared).getQuery?.().sql ?? "";
        if (sql.includes("json_each") && sql.includes("times_out_at >") && !sql.includes("UPDATE"))
          polls.push(performance.now() - beginning);
      },
    });
    const ids: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      await report("working", {}, `agent-${count}`);
      ids.push(await asked({}, { key: `agent-${count}` }));
    }
    beginning = performance.now();
    // The last to be asked about ends only by its wait: by then the poll has run as often as there were seconds.
    const waiting = Array.from({ length: 40 }, (_, index) => question(ids[index % 4]!, index < 4 ? 3 : 25));
    await Promise.all(waiting.slice(0, 4));
    const seconds = (performance.now() - beginning) / 1_000;
    expect(polls.length).toBeLessThanOrEqual(Math.ceil(seconds));
    // And not less often: a second is what an answer at another process takes.
    expect(polls.length).toBeGreaterThanOrEqual(2);
    const before = polls.length;
    for (const id of ids.slice(0, 2)) await answer(id);
    for (const id of ids.slice(2)) await withdraw(id);
    const states = (await Promise.all(waiting.slice(4))).map(({ json }) => json.state);
    expect(new Set(states)).toEqual(new Set(["answered", "withdrawn"]));
    expect(polls.length - before).toBeLessThanOrEqual(
      Math.ceil((performance.now() - beginning) / 1_000 - seconds),
    );
    await server.settled();
  });
});
