// Administration on the machine: a backup from under load and its way back, a locked-out owner, a lost key, and an
// upgrade beneath a running server. Programs of their own, real files.
import { execFile } from "node:child_process";
import {
  chmod,
  chown,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { createClient } from "@libsql/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { createDatabase } from "../../db/client.ts";
import { loadMigrations, migrate } from "../../db/migrate.ts";
import { backUp } from "../../src/runtime/backup.ts";
import { BackupError } from "../../src/runtime/backup-error.ts";
import { openClient } from "../../src/runtime/database.ts";
import { prepareDatabase } from "../../src/runtime/prepare.ts";
import { restore } from "../../src/runtime/restore.ts";
import { runCommand } from "../support/command.ts";
import { cleanEnvironment, run, startProgram, temporaryFolder } from "../support/program.ts";
import { callServer, owner, startTestServer } from "../support/server.ts";

const newest = loadMigrations().at(-1)!.number;
const now = Date.parse("2026-11-21T10:00:00Z");
const clock = { now: () => now, newId: () => crypto.randomUUID() };

/** A database as the first start leaves it. */
const at = (databaseUrl: string) => ({ databaseUrl, databaseAuthToken: undefined });

async function newDatabase(): Promise<{ folder: string; file: string; url: string }> {
  const folder = await temporaryFolder();
  const file = join(folder, "belfry.db");
  const url = `file:${file}`;
  const client = await openClient({ databaseUrl: url, databaseAuthToken: undefined });
  onTestFinished(() => client.close());
  await prepareDatabase(client, createDatabase(client), url, clock);
  return { folder, file, url };
}

async function rowsOf(file: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = createClient({ url: `file:${file}` });
  try {
    return (await client.execute(statement)).rows.map((row) => ({ ...row }));
  } finally {
    client.close();
  }
}

const titlesIn = async (file: string) =>
  new Set((await rowsOf(file, "SELECT title FROM inbox_notifications")).map(({ title }) => String(title)));

/** Root gives files to anybody; who isn't root can only keep them. */
const someone = process.getuid?.() === 0 ? 12_345 : process.getuid!();

describe("backup and restore", () => {
  test("what root restores belongs to the server's user, with the mode that it had", async () => {
    const { folder, url } = await newDatabase();
    const copy = join(folder, "copy.db");
    await backUp(at(url), copy);
    const { uid: asBefore } = await stat(copy);
    const file = join(folder, "service.db");
    await copyFile(copy, file);
    await chown(file, someone, someone);
    await chmod(file, 0o640);
    const { aside } = await restore(file, copy, now);
    const shown = async (path: string) => {
      const { uid, mode } = await stat(path);
      return [uid, mode & 0o777];
    };
    expect(await shown(file)).toEqual([someone, 0o640]);
    expect(await shown(aside!)).toEqual([someone, 0o640]);
    expect((await stat(copy)).uid).toBe(asBefore);
    // Where there was none, it is the folder's owner who needs it.
    const fresh = await temporaryFolder();
    await chown(fresh, someone, someone);
    await restore(join(fresh, "belfry.db"), copy, now);
    expect(await shown(join(fresh, "belfry.db"))).toEqual([someone, 0o600]);
  });

  test("the service's variables are read from its file", async () => {
    const { folder, file } = await newDatabase();
    const env = join(folder, "belfry.env");
    await writeFile(env, `# The service's.\nBELFRY_DATABASE_URL="file:${file}"\n`);
    const other = { BELFRY_DATABASE_URL: `file:${folder}/other.db` };
    const copy = join(folder, "copy.db");
    const done = await run(["admin", "backup", "--env-file", env, copy], { environment: other });
    expect([done.code, done.stderr]).toEqual([
      0,
      expect.stringContaining(`Backed up the database to ${copy}`),
    ]);
    await writeFile(env, "BELFRY_DATABASE_URL=x\nnothing\n");
    const wrong = await run(["admin", "doctor", "--env-file", env], { environment: other });
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      `belfry: --env-file: line 2 of ${env} is not NAME=value.\n`,
    ]);
    const missing = await runCommand(["admin", "doctor", "--env-file", `${env}.not`]);
    expect(missing.stderr).toMatch(/^belfry: --env-file: .* can't be read: ENOENT/);
  });

  test("the nightly backup of the docs deletes old ones only once there is a new one", async () => {
    const { folder, file } = await newDatabase();
    const page = await readFile(
      new URL("../../public/docs/administration/upgrading.md", import.meta.url),
      "utf8",
    );
    const [, line] = /^17 3 \* \* \* belfry (.*)$/m.exec(page)!;
    const backups = join(folder, "backups");
    await mkdir(backups);
    const env = join(folder, "belfry.env");
    await writeFile(env, `BELFRY_DATABASE_URL=file:${file}\n`);
    // What cron makes of it; the program under its name.
    const program = join(folder, "belfry");
    const launcher = new URL("../../src/launch.js", import.meta.url).pathname;
    await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${launcher}" "$@"\n`, { mode: 0o755 });
    const command = line!
      .replaceAll("\\%", "%")
      .replace("/var/backups/belfry", backups)
      .replace("/etc/belfry.env", env);
    const night = () =>
      promisify(execFile)("/bin/sh", ["-c", command], {
        env: { ...cleanEnvironment({}), PATH: `${folder}:${process.env["PATH"]}` },
      }).then(
        () => 0,
        ({ code }: { code: number }) => code,
      );
    const old = join(backups, "belfry-2026-01-01-0317.db");
    await writeFile(old, "the last good one");
    await utimes(old, 1, 1);
    await rename(file, `${file}.away`);
    expect(await night()).toBe(1);
    expect(await readdir(backups)).toEqual(["belfry-2026-01-01-0317.db"]);
    await rename(`${file}.away`, file);
    expect(await night()).toBe(0);
    const [left, ...others] = await readdir(backups);
    expect([left, others]).toEqual([expect.stringMatching(/^belfry-\d{4}-\d\d-\d\d-\d{4}\.db$/), []]);
    expect(left).not.toBe("belfry-2026-01-01-0317.db");
  });

  test("under load: the copy is of one moment, and the way back is refused until the server has stopped", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "belfry.db");
    const environment = { BELFRY_DATABASE_URL: `file:${file}`, BELFRY_HTTP_ADDRESS: "127.0.0.1:0" };
    const server = await startProgram(environment);
    await callServer(server.url, "POST", "/api/v2/users/first", { json: owner });
    const login = await callServer(server.url, "POST", "/api/v2/users/login", { json: owner });
    const token = login.json.session_token;

    const taken = new Set<string>();
    let goOn = true;
    const senders = Array.from({ length: 4 }, async (_, sender) => {
      for (let at = 0; goOn; at += 1) {
        const title = `${sender}-${at}`;
        const content = { title, message: "x".repeat(500) };
        const { status } = await callServer(server.url, "POST", "/api/v2/notifications/custom", {
          token,
          json: { content },
        });
        if (status !== 204) throw new Error(`${title}: ${status}`);
        taken.add(title);
      }
    });
    while (taken.size < 100) await new Promise((resolve) => setImmediate(resolve));
    const before = [...taken];
    const copy = join(folder, "copy.db");
    const made = await run(["admin", "backup", copy], { environment });
    expect(made).toMatchObject({ code: 0, stdout: "" });
    expect(made.stderr).toContain(`Backed up the database to ${copy}`);
    expect(made.stderr).toContain(`does not contain the key ${join(folder, "belfry.key")}`);
    expect((await stat(copy)).mode & 0o777).toBe(0o600);

    const refused = await run(["admin", "restore", copy], { environment });
    expect(refused).toMatchObject({
      code: 1,
      stderr: `belfry: A server has ${file} open.\nStop it first, then restore, then start it again.\n`,
    });
    goOn = false;
    await Promise.all(senders);
    // As a crash leaves it: with its log beside it.
    await server.kill("SIGKILL");

    // Everything that was taken before the backup began, in the order in which it came, without a hole.
    const inCopy = await titlesIn(copy);
    expect(before.filter((title) => !inCopy.has(title))).toEqual([]);
    const order = [...taken].map((title) => inCopy.has(title));
    for (const sender of ["0-", "1-", "2-", "3-"]) {
      const ofSender = [...taken].flatMap((title, at) => (title.startsWith(sender) ? [order[at]!] : []));
      expect(ofSender).toEqual(ofSender.toSorted((a, b) => Number(b) - Number(a)));
    }
    expect(await rowsOf(copy, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);

    const restored = await run(["admin", "restore", copy, "--output", "json"], { environment });
    expect(restored.code).toBe(0);
    const { aside, ...rest } = JSON.parse(restored.stdout) as { aside: string };
    expect(rest).toEqual({ file, migration: newest, waiting_messages: 0, key_is_missing: false });
    // What was there is all there.
    const inOld = await titlesIn(aside);
    expect([...taken].filter((title) => !inOld.has(title))).toEqual([]);
    expect((await stat(aside)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((name) => /partial|restoring/.test(name))).toEqual([]);

    const again = await startProgram(environment);
    const inbox = await callServer(again.url, "GET", "/api/v2/notifications/inbox", { token });
    expect(inbox.json.unread_count).toBe(inCopy.size);
    expect(await titlesIn(file)).toEqual(inCopy);
  });

  test("a backup overwrites no file, needs a database, and leaves no partial copy", async () => {
    const { folder, url } = await newDatabase();
    await writeFile(join(folder, "mine.db"), "mine");
    await expect(backUp(at(url), join(folder, "mine.db"))).rejects.toThrow(/mine\.db already exists/);
    expect(await readFile(join(folder, "mine.db"), "utf8")).toBe("mine");
    await writeFile(join(folder, "other.db.partial"), "another one's");
    await expect(backUp(at(url), join(folder, "other.db"))).rejects.toThrow(/interrupted or running backup/);
    await expect(backUp(at(url), join(folder, "no/such/folder.db"))).rejects.toThrow(/can't be written/);
    await expect(backUp(at("http://127.0.0.1:1"), join(folder, "x.db"))).rejects.toThrow();
    await expect(backUp(at(`file:${join(folder, "none.db")}`), join(folder, "x.db"))).rejects.toThrow(
      /There is no database at/,
    );
    const good = await backUp(at(url), join(folder, "good.db"));
    expect(good).toMatchObject({ migration: newest, bytes: (await stat(good.file)).size });
    expect((await readdir(folder)).filter((name) => name.includes("good"))).toEqual(["good.db"]);
  });

  test("a file that is not a backup of this or an earlier release is refused, and nothing changes", async () => {
    const { folder, file } = await newDatabase();
    const { url: otherUrl } = await newDatabase();
    const copy = join(folder, "copy.db");
    await backUp(at(otherUrl), copy);
    const named = (name: string) => join(folder, name);
    await writeFile(named("words.txt"), "not a database at all, but long enough for a header");
    await writeFile(named("empty.db"), "");
    await writeFile(named("torn.db"), (await readFile(copy)).subarray(0, 20_000));
    const stranger = createClient({ url: `file:${named("stranger.db")}` });
    await stranger.execute("CREATE TABLE recipes (name)");
    stranger.close();
    await copyFile(copy, named("later.db"));
    const later = createClient({ url: `file:${named("later.db")}` });
    await later.execute(`INSERT INTO migrations VALUES (${newest + 1}, 'later', 0)`);
    later.close();
    await copyFile(copy, named("live.db"));
    await writeFile(named("live.db-wal"), "frames");
    const before = await readFile(file);
    for (const [name, words] of [
      ["none.db", "File "],
      ["words.txt", "is not a database"],
      ["empty.db", "is not a database"],
      ["torn.db", "is damaged"],
      ["stranger.db", "is not a Belfry database"],
      ["later.db", `has migration ${newest + 1}; this release knows ${newest}`],
      ["live.db", "an incomplete copy of one"],
      ["belfry.db", "is the database itself"],
    ] as const) {
      const error = await restore(file, named(name), now).catch((reason: unknown) => reason);
      expect(error, name).toBeInstanceOf(BackupError);
      expect((error as Error).message, name).toContain(words);
    }
    expect(await readFile(file)).toEqual(before);
    expect((await readdir(folder)).filter((name) => /restoring|replaced/.test(name))).toEqual([]);
  });

  test("a damaged database is replaced too, and kept with its log", async () => {
    const { folder } = await newDatabase();
    const { url: goodUrl } = await newDatabase();
    const copy = join(folder, "copy.db");
    await backUp(at(goodUrl), copy);
    const broken = join(folder, "broken.db");
    await writeFile(broken, "this was a database once");
    await writeFile(`${broken}-wal`, "and this its log");
    const { aside, waiting } = await restore(broken, copy, now);
    expect(waiting).toBe(0);
    expect(aside).toBe(`${broken}.replaced-2026-11-21T10-00-00-000Z`);
    expect(await readFile(aside!, "utf8")).toBe("this was a database once");
    expect(await readFile(`${aside}-wal`, "utf8")).toBe("and this its log");
    expect(await rowsOf(broken, "SELECT count(*) AS count FROM organizations")).toEqual([{ count: 1 }]);
  });

  test("a new machine has nothing to keep", async () => {
    const { folder, url } = await newDatabase();
    const copy = join(folder, "copy.db");
    await backUp(at(url), copy);
    const file = join(folder, "new/place/belfry.db");
    expect(await restore(file, copy, now)).toEqual({
      file,
      aside: undefined,
      migration: newest,
      waiting: 0,
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});

describe("reset-password", () => {
  test("lets a locked-out owner in again while the server runs, ends what was open, and is audited", async () => {
    const server = await startTestServer({ passwordCost: 16 });
    const environment = { BELFRY_DATABASE_URL: `file:${join(server.folder, "belfry.db")}` };
    await server.call("POST", "/api/v2/users/first", { json: owner });
    const login = (password: string) =>
      server.call("POST", "/api/v2/users/login", { json: { email: owner.email, password } });
    const session = (await login(owner.password)).json.session_token;

    const generated = await runCommand(["admin", "reset-password", "ADA@example.com", "--generate"], {
      environment,
    });
    expect(generated).toMatchObject({ code: 0 });
    expect(generated.stderr).toContain("Changed the password of ada; all sessions and tokens have ended.");
    expect((await server.call("GET", "/api/v2/users/me", { token: session })).status).toBe(401);
    expect((await login(owner.password)).status).toBe(401);
    const signedIn = await login(generated.stdout.trim());
    expect(signedIn.status).toBe(201);

    const [weak, unknown] = await Promise.all([
      runCommand(["admin", "reset-password", owner.email], { environment, input: "short\n" }),
      runCommand(["admin", "reset-password", "eve@example.com"], { environment }),
    ]);
    expect(weak).toMatchObject({ code: 1, stdout: "" });
    expect(weak.stderr).toContain("Too short");
    expect(unknown).toMatchObject({
      code: 1,
      stderr:
        "belfry: No user has the email address eve@example.com.\nThe owners are ada@example.com (ada).\n",
    });
    const given = await runCommand(["admin", "reset-password", owner.email], {
      environment,
      input: "another-good-one-17\n",
    });
    expect(given.code).toBe(0);
    const token = (await login("another-good-one-17")).json.session_token;
    const { entries } = (await server.call("GET", "/api/v2/audit?action=write", { token })).json;
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({
      user: null,
      resource_type: "user",
      detail: { password: "reset", where: "on the machine" },
    });
    // The server delivers what the command wrote.
    await server.runTick();
    const { notifications } = (await server.call("GET", "/api/v2/notifications/inbox", { token })).json;
    expect(notifications).toHaveLength(2);
    expect(notifications[0]!.content).toContain("on the server, with belfry admin reset-password");
  });

  test("and every other command says where it looked when there is no database", async () => {
    const file = join(await temporaryFolder(), "data/belfry.db");
    const [none, wrong] = await Promise.all([
      runCommand(["admin", "reset-password", "a@example.com"], {
        environment: { BELFRY_DATABASE_URL: `file:${file}` },
      }),
      runCommand(["admin", "backup", "x.db"], { environment: { BELFRY_DATABASE_URL: "x" } }),
    ]);
    expect(none.code).toBe(1);
    expect(none.stderr).toContain(`There is no database at ${file}.`);
    expect(wrong.stderr).toMatch(/^belfry: Invalid configuration\.\n {2}BELFRY_DATABASE_URL: must be/);
  });
});

describe("an upgrade", () => {
  const step = {
    number: newest + 1,
    name: "9999_more",
    statements: ["ALTER TABLE settings ADD COLUMN note TEXT", "CREATE TABLE more (a)"],
  };

  test("beneath a running server leaves it working; its next start says what to do", async () => {
    const folder = await temporaryFolder();
    const server = await startTestServer({ folder });
    await server.call("POST", "/api/v2/users/first", { json: owner });
    // What the next release does when it starts beside this one: it expands.
    const client = await openClient({
      databaseUrl: `file:${join(folder, "belfry.db")}`,
      databaseAuthToken: undefined,
    });
    onTestFinished(() => client.close());
    await migrate(client, server.clock.now(), [...loadMigrations(), step]);
    await server.runTick();
    const login = await server.call("POST", "/api/v2/users/login", { json: owner });
    const sent = await server.call("POST", "/api/v2/notifications/custom", {
      token: login.json.session_token,
      json: { content: { title: "still here", message: "x" } },
    });
    expect([login.status, sent.status]).toEqual([201, 204]);
    expect((await server.call("GET", "/readyz")).json).toMatchObject({ ready: true, problems: [] });
    await server.stop();
    await expect(startTestServer({ folder })).rejects.toThrow(/later release.*belfry\.db\.before-/);
  });
});
