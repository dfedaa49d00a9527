// Hot statements find rows by the ids of people, events and messages. None looks at organizations, so that each organization's
// rows can be in a database of their own: what the database would open for each statement is looked at.
import { expect, test } from "vitest";
import type { InStatement, Row } from "@libsql/client";
import type { DatabaseClient } from "../../db/client.ts";
import { frameOf, openEvents } from "../support/events.ts";
import { startReceiver } from "../support/receiver.ts";
import { signInFirst, startTestServer } from "../support/server.ts";

type Plain = Exclude<InStatement, string>;

test("no hot statement reads the organizations, or compares rows by them", async () => {
  const receiver = await startReceiver();
  const ran = new Map<string, Plain>();
  let opened!: DatabaseClient;
  const server = await startTestServer({
    environment: {
      BELFRY_NOTIFICATIONS_METHOD: "webhook",
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    },
    wrapClient: (client) => {
      opened = client;
      return Object.assign(Object.create(client) as DatabaseClient, {
        batch: (statements: Plain[], mode: "read" | "write") => {
          for (const statement of statements) ran.set(statement.sql, statement);
          return client.batch(statements, mode);
        },
      });
    },
  });
  const { token } = await signInFirst(server);
  const call = <M extends string, P extends string>(method: M, path: P, json?: unknown) =>
    server.call(method, `/api/v2/notifications${path}`, { token, ...(json === undefined ? {} : { json }) });
  const send = (title: string) => call("POST", "/custom", { content: { title, message: "x" } });
  // The first reconciliation reads the pools with the names of their organizations, and isn't hot.
  await server.runTick();
  ran.clear();

  const live = await openEvents(`${server.url}/api/v2/notifications/inbox/events`, token);
  await live.ready;
  expect([(await send("first")).status, (await send("first")).status]).toEqual([204, 409]);
  expect(frameOf(await live.next()).notification.title).toBe("first");
  await receiver.wait(1);
  const { notifications } = (await call("GET", "/inbox")).json;
  await call("PUT", `/inbox/${notifications[0]!.id}/read-status`, { is_read: true });
  await call("PUT", "/inbox/mark-all-as-read");
  await call("GET", "/settings");
  await call("GET", "/messages");
  await server.runTick();
  await server.settled();

  const tables = await tablesOf(opened);
  const seen = new Set<string>();
  for (const statement of ran.values()) {
    const { rows } = await opened.execute({ ...statement, sql: `EXPLAIN ${statement.sql}` });
    const names = rows.filter(opensTable).map(({ p2 }) => tables.get(Number(p2)) ?? "");
    for (const name of names) seen.add(name);
    expect(names, statement.sql).not.toContain("organizations");
    expect(statement.sql).not.toMatch(
      /organization_id"?\)? *(=|<|>|IN\b|IS\b)|[=<>] *[\w."]*organization_id/,
    );
  }
  // It sees what it looks for.
  expect([...seen]).toEqual(
    expect.arrayContaining([
      "api_keys",
      "users",
      "notification_events",
      "notification_messages",
      "notification_attempts",
      "inbox_notifications",
    ]),
  );
  const { rows } = await opened.execute(
    "EXPLAIN SELECT 1 FROM templates t JOIN organizations o ON o.id = t.organization_id",
  );
  expect(rows.filter(opensTable).map(({ p2 }) => tables.get(Number(p2)))).toContain("organizations");
});

const opensTable = ({ opcode }: Row) => ["OpenRead", "OpenWrite", "ReopenIdx"].includes(String(opcode));

/** The table of each root page, also of its indexes'. */
async function tablesOf(client: DatabaseClient): Promise<Map<number, string>> {
  const { rows } = await client.execute("SELECT rootpage, tbl_name FROM sqlite_schema WHERE rootpage > 0");
  return new Map(rows.map(({ rootpage, tbl_name: name }) => [Number(rootpage), String(name)]));
}
