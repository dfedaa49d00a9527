// Moving from an embedded file to a server: everything arrives, and a run that was cut off may be repeated.
import { createClient } from "@libsql/client";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openClient } from "../../src/runtime/database.ts";
import { upload } from "../../src/runtime/upload.ts";
import { runCommand } from "../support/command.ts";
import { startLink } from "../support/link.ts";
import { temporaryFolder } from "../support/program.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { addUser, callServer, secretKey, signInFirst, startTestServer } from "../support/server.ts";

const now = Date.parse("2026-11-21T10:00:00Z");

async function newServer() {
  const libsql = await startLibsqlServer();
  onTestFinished(libsql.stop);
  return { ...libsql, address: { databaseUrl: libsql.url, databaseAuthToken: undefined } };
}

/** A deployment on a file, with people, messages and a template whose file has some megabytes; and its backup. */
async function usedDatabase() {
  const folder = await temporaryFolder();
  const server = await startTestServer({ folder, adapter: "plain" });
  const { token } = await signInFirst(server);
  await addUser(server, "grace", ["template-admin"]);
  for (let at = 0; at < 30; at += 1) {
    const content = { title: `Build ${at}`, message: "ünïcode 🔔".repeat(20) };
    await server.call("POST", "/api/v2/notifications/custom", { token, json: { content } });
  }
  // The oldest rows are gone; those after them keep their numbers.
  await server.sql("DELETE FROM inbox_notifications WHERE seq <= 5");
  await server.sql(`INSERT INTO files (id, hash, size, created_by, created_at)
    SELECT 'f1', 'abc', 3000000, id, 1 FROM users WHERE username = 'ada'`);
  await server.sql(`INSERT INTO file_chunks (file_id, position, content)
    SELECT 'f1', value, randomblob(1000000) FROM json_each('[0, 1, 2]')`);
  // A table without rowids; more than a page of it.
  await server.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1300)
    INSERT INTO source_message_ids (source_id, message_id) SELECT unhex(iif(i % 2, '0a', '0b')), randomblob(16) FROM n`);
  await server.settled();
  await server.stop();
  const file = join(folder, "belfry.db");
  const backup = join(folder, "copy.db");
  const environment = { BELFRY_DATABASE_URL: `file:${file}`, BELFRY_SECRET_KEY: secretKey };
  expect((await runCommand(["admin", "backup", backup], { environment })).code).toBe(0);
  return { backup, token, folder };
}

/** What every table holds, as text: types, values and order. */
async function contents(url: string): Promise<Record<string, unknown>> {
  const client = url.startsWith("file:")
    ? createClient({ url })
    : await openClient({ databaseUrl: url, databaseAuthToken: undefined }, { requestTimeoutMs: 60_000 });
  try {
    const { rows } = await client.execute(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'migrations' ORDER BY name",
    );
    const tables = [...rows.map((row) => String(row["name"])), "sqlite_sequence"];
    const found: Record<string, unknown> = {};
    for (const table of tables) {
      const columns = (await client.execute(`SELECT name FROM pragma_table_info('${table}')`)).rows;
      const values = columns
        .map(({ name }) => `typeof("${name}") || ':' || hex("${name}")`)
        .join(" || '|' || ");
      const list = await client.execute(
        `SELECT text FROM (SELECT ${values} AS text FROM "${table}") ORDER BY text`,
      );
      found[table] = list.rows.map((row) => row["text"]);
    }
    const triggers = await client.execute(
      "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    );
    return { ...found, triggers: triggers.rows.map(({ name, sql }) => [name, sql]) };
  } finally {
    client.close();
  }
}

describe.skipIf(noServer)("from a file to a server", () => {
  test("every row arrives as it was, and the deployment goes on there", async () => {
    const { backup, token } = await usedDatabase();
    const libsql = await newServer();
    const environment = { BELFRY_DATABASE_URL: libsql.url, BELFRY_SECRET_KEY: secretKey };
    const moved = await runCommand(["admin", "restore", backup, "--output", "json"], { environment });
    expect(moved.stderr).toBe("");
    expect(JSON.parse(moved.stdout)).toMatchObject({ waiting_messages: 0, rows: expect.any(Number) });
    expect(await contents(libsql.url)).toEqual(await contents(`file:${backup}`));

    const server = await startTestServer({ environment, adapter: "plain" });
    const inbox = await callServer(server.url, "GET", "/api/v2/notifications/inbox", { token });
    expect(inbox.json.unread_count).toBe(25);
    const { rows } = await server.db.read({
      rows: (await import("../../src/notifications/inbox/store/inbox.ts")).newestSeq(),
    });
    expect(rows[0]!.seq).toBe(30);
    const content = { title: "First one here", message: "after the move" };
    await server.call("POST", "/api/v2/notifications/custom", { token, json: { content } });
    const last = await server.sql("SELECT max(seq) AS seq FROM inbox_notifications");
    expect(last).toEqual([{ seq: 31 }]);

    const again = await runCommand(["admin", "restore", backup], { environment });
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("is in use: it has 2 users.") });
  });

  test("one that was cut off starts again", async () => {
    const { backup } = await usedDatabase();
    const libsql = await newServer();
    await upload(libsql.address, backup, now);
    // As a kill in the middle leaves it.
    const client = await openClient(libsql.address);
    await client.batch(
      [
        "CREATE TABLE restore_unfinished (begun_at INTEGER)",
        "DELETE FROM file_chunks",
        "DELETE FROM api_keys",
      ],
      "write",
    );
    client.close();
    const { rows } = await upload(libsql.address, backup, now);
    expect(rows).toBeGreaterThan(60);
    expect(await contents(libsql.url)).toEqual(await contents(`file:${backup}`));
  });

  test("and back: a backup of the server is a file like any other, and one state, whatever is written meanwhile", async () => {
    const { backup, token, folder } = await usedDatabase();
    const libsql = await newServer();
    await upload(libsql.address, backup, now);
    const environment = { BELFRY_DATABASE_URL: libsql.url, BELFRY_SECRET_KEY: secretKey };
    const back = async (name: string) => {
      const file = join(folder, name);
      const done = await runCommand(["admin", "backup", file, "--output", "json"], { environment });
      expect(done.stderr).toBe("");
      expect(JSON.parse(done.stdout)).toMatchObject({ file, bytes: expect.any(Number), key_file: null });
      return file;
    };
    expect(await contents(`file:${await back("back.db")}`)).toEqual(await contents(libsql.url));

    const server = await startTestServer({ environment, adapter: "plain" });
    let [isOver, sent] = [false, 0];
    const sending = (async () => {
      for (; !isOver; sent += 1) {
        const json = { content: { title: `Meanwhile ${sent}`, message: "x" } };
        await server.call("POST", "/api/v2/notifications/custom", { token, json });
      }
    })();
    const file = await back("meanwhile.db");
    isOver = true;
    await sending;
    expect(sent).toBeGreaterThan(0);
    const copy = createClient({ url: `file:${file}` });
    onTestFinished(() => copy.close());
    const rowsOf = async (sql: string) => (await copy.execute(sql)).rows.map((row) => ({ ...row }));
    expect(await rowsOf("PRAGMA foreign_key_check")).toEqual([]);
    // Event, message and inbox are written together: a copy has all three or none.
    expect(
      await rowsOf(`SELECT count(*) AS half FROM notification_messages AS m WHERE method = 'inbox' AND status = 'sent'
        AND created_at > (SELECT max(created_at) FROM files)
        AND m.id NOT IN (SELECT id FROM inbox_notifications) AND m.seq > 30`),
    ).toEqual([{ half: 0 }]);

    const onFile = await runCommand(["admin", "restore", file, "--output", "json"], {
      environment: {
        BELFRY_DATABASE_URL: `file:${join(folder, "new/belfry.db")}`,
        BELFRY_SECRET_KEY: secretKey,
      },
    });
    expect(onFile.code).toBe(0);
    const restored = await startTestServer({ folder: join(folder, "new"), adapter: "plain" });
    expect((await restored.call("GET", "/api/v2/users/me", { token })).status).toBe(200);
  });

  test("a backup begins again if the server ends its read, and lacks nothing then", async () => {
    const { backup, folder } = await usedDatabase();
    const libsql = await newServer();
    await upload(libsql.address, backup, now);
    const link = await startLink(libsql.url);
    let [requests, ended] = [0, 0];
    const encodings = new Set<string | undefined>();
    link.onRequest((body, headers) => {
      link.mend();
      encodings.add(headers["accept-encoding"]?.toString());
      requests += 1;
      if (requests !== 40 && requests !== 41) return;
      ended += 1;
      const error = { message: "The stream has expired due to inactivity", code: "STREAM_EXPIRED" };
      const results = (JSON.parse(body) as { requests: unknown[] }).requests.map(() => ({
        type: "error",
        error,
      }));
      link.refuse({ baton: null, base_url: null, results });
    });
    const file = join(folder, "again.db");
    const environment = { BELFRY_DATABASE_URL: link.url, BELFRY_SECRET_KEY: secretKey };
    const done = await runCommand(["admin", "backup", file], { environment });
    expect([done.code, ended]).toEqual([0, 2]);
    expect(requests).toBeGreaterThan(100);
    expect([...encodings]).toEqual(["identity"]);
    expect(await contents(`file:${file}`)).toEqual(await contents(libsql.url));
  });

  test("a server that isn't ready to be copied is refused", async () => {
    const { backup, folder } = await usedDatabase();
    const libsql = await newServer();
    await upload(libsql.address, backup, now);
    const client = await openClient(libsql.address);
    onTestFinished(() => client.close());
    const environment = { BELFRY_DATABASE_URL: libsql.url, BELFRY_SECRET_KEY: secretKey };
    const refused = async () =>
      (await runCommand(["admin", "backup", join(folder, "no.db")], { environment })).stderr;
    await client.execute("INSERT INTO migrations (number, name, applied_at) VALUES (9999, 'later', 1)");
    expect(await refused()).toContain("is at migration 9999");
    await client.execute("CREATE TABLE restore_unfinished (begun_at INTEGER)");
    expect(await refused()).toContain("was interrupted");
  });
});
