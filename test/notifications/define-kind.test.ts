// The reads of kinds: what is read for an event before it is prepared.
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { defineKind } from "../../src/notifications/kinds/define-kind.ts";
import { startTestServer } from "../support/server.ts";

test("the reads of two kinds are combined, and each kind gets its own people", async () => {
  const { deps, sql: rows } = await startTestServer();
  await rows(`INSERT INTO users (id, username, email, name, status, is_system, created_at, updated_at)
    VALUES ('u1', 'ada', 'ada@example.com', '', 'active', 0, 1, 1), ('u2', 'bob', 'bob@example.com', '', 'active', 0, 1, 1)`);
  const ofEach = {
    audience: (...names: string[]) => ({
      userIdsSql: sql`SELECT id FROM users WHERE username IN ${names}`,
    }),
    event: () => ({
      labels: {},
      data: null,
      targets: [],
      createdBy: "test",
      recipients: { people: [{ id: "u1", why: "own_account" as const }] },
    }),
  };
  const first = defineKind("test-notification", { ...ofEach, slot: "first" });
  const second = defineKind("test-notification", { ...ofEach, slot: "second" });
  const answers = await deps().db.read({ ...first.reads("ada"), ...second.reads("ada", "bob") });
  expect(Object.keys(answers).toSorted()).toEqual([
    "first.recipients",
    "first.template",
    "second.recipients",
    "second.template",
  ]);
  expect(answers["second.recipients"].map(({ username }) => username)).toEqual(["ada", "bob"]);
  for (const kind of [first, second]) {
    const { rows } = kind.prepare(deps(), answers, undefined);
    expect(rows.messages.map(({ userId, reasons }) => [userId, JSON.parse(reasons)])).toEqual([
      ["u1", ["own_account", "inbox"]],
    ]);
  }
});
