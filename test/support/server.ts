// A real server in this process: its own database file, a port of its own, a clock that is set, logs that are kept.
// On stop it proves that no secret the test made is in the log.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { expect, onTestFinished } from "vitest";
import type { InStatement } from "@libsql/client";
import { query, type DatabaseClient } from "../../db/client.ts";
import { verifyPrepared } from "../../db/prepared.ts";
import { notificationAttempts, notificationMessages } from "../../db/schema.ts";
import type { SiteRole } from "../../db/schema.ts";
import { audit } from "../../src/accounts/audit.ts";
import { createSessionKey } from "../../src/accounts/keys.ts";
import { hashPassword } from "../../src/accounts/passwords.ts";
import { insertKey } from "../../src/accounts/store/keys.ts";
import { insertRoles, insertUser } from "../../src/accounts/store/users.ts";
import { kinds } from "../../src/notifications/kinds/kinds.ts";
import { startServer, type RunningServer, type ServerOptions } from "../../src/runtime/server.ts";
import { tick, type TickReport } from "../../src/tick.ts";
import { wrapClient, type AdapterName } from "./adapters.ts";
import { callServer, type Call } from "./call.ts";
import { difference, snapshot } from "./first-user.ts";
import { copyNewDatabase } from "./new-database.ts";

export { callServer, type Call, type CallAnswer, type CallOptions } from "./call.ts";

type Row = Record<string, unknown>;

/** The root of the keys of all test servers: several of them on one database must share it. */
export const secretKey = Buffer.alloc(32, 5).toString("base64");

export interface TestClock {
  now: () => number;
  advance: (milliseconds: number) => void;
}

export const firstMoment = Date.parse("2026-11-21T10:00:00.500Z");

export function createClock(start = firstMoment): TestClock {
  let time = start;
  return { now: () => time, advance: (milliseconds) => (time += milliseconds) };
}

export interface TestServerOptions extends Partial<ServerOptions> {
  environment?: Record<string, string>;
  adapter?: AdapterName;
  clock?: TestClock;
  /** A folder to keep the database in; otherwise one that is removed. */
  folder?: string;
}

export interface TestServer extends RunningServer {
  url: string;
  clock: TestClock;
  logs: string[];
  /** Remembers something that no log line may contain. */
  secret: <T extends string>(value: T) => T;
  call: Call;
  folder: string;
  /** The database without the adapter, if it and the server are as any other's: see `signInFirst`. */
  common: DatabaseClient | undefined;
  /** One periodic run, now. */
  runTick: () => Promise<TickReport>;
  /** Rows of a statement, for looking at what is stored. */
  sql: (statement: string) => Promise<Row[]>;
  /**
   * The messages there are, in order, except for those about new workspaces, which tests make in passing; the
   * attempts likewise.
   */
  messages: () => Promise<(typeof notificationMessages.$inferSelect)[]>;
  attempts: () => Promise<(typeof notificationAttempts.$inferSelect)[]>;
}

const verified = new Map<string, number>();

/** The first few statements of each text: to verify one, drizzle builds it anew. */
function isToVerify(text: string): boolean {
  const times = (verified.get(text) ?? 0) + 1;
  verified.set(text, times);
  return times <= 5;
}

/** The adapter that HTTP tests run with, from the vitest project; the other tests have the plain one. */
export function suiteAdapter(): AdapterName {
  const isOfHttp = expect.getState().testPath?.includes("/test/http/") === true;
  return isOfHttp ? ((process.env["BELFRY_TEST_ADAPTER"] ?? "plain") as AdapterName) : "plain";
}

/** Starts a server that stops when the test ends. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const {
    environment = {},
    adapter = suiteAdapter(),
    clock = createClock(),
    folder: kept,
    ...rest
  } = options;
  const folder = kept ?? (await mkdtemp(join(tmpdir(), "belfry-")));
  const isOwn = kept === undefined && environment["BELFRY_DATABASE_URL"] === undefined;
  if (isOwn) await copyNewDatabase(join(folder, "belfry.db"), firstMoment);
  const isCommon = isOwn && Object.keys(rest).length === 0 && clock.now() === firstMoment;
  let common: DatabaseClient | undefined;
  const logs: string[] = [];
  const secrets = new Set<string>();
  const server = await startServer(
    {
      BELFRY_DATABASE_URL: `file:${join(folder, "belfry.db")}`,
      BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
      BELFRY_SECRET_KEY: secretKey,
      BELFRY_LOG_LEVEL: "debug",
      BELFRY_LOG_FORMAT: "json",
      // Tests send more than a person does, in a minute that never ends.
      BELFRY_API_RATE_LIMIT: "0",
      ...environment,
    },
    {
      // A line for each batch would stand among those that tests look for; a test of them asks for the level.
      write: (line) => {
        if (environment["BELFRY_LOG_LEVEL"] !== undefined || !line.includes('"msg":"a database batch"'))
          logs.push(line);
      },
      terminal: false,
      now: clock.now,
      ticking: false,
      passwordCost: 16,
      listeningSockets: 1,
      onStatement: (statement) => verifyPrepared(statement, isToVerify),
      wrapClient: (client) => {
        // Nobody looks at these files after a crash: tests of durability start processes of their own.
        if (isOwn) void client.execute("PRAGMA synchronous = OFF");
        if (isCommon && Object.keys(environment).every(isIndifferent)) common = client;
        return wrapClient(client, adapter);
      },
      ...rest,
    },
  );
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= server.stop());
  onTestFinished(async () => {
    await stop();
    if (kept === undefined) await rm(folder, { recursive: true, force: true });
    for (const secret of secrets) {
      const line = logs.find((entry) => entry.includes(secret));
      if (line !== undefined) throw new Error(`A secret is in the log: ${line}`);
    }
  });
  const secret = <T extends string>(value: T): T => {
    secrets.add(value);
    return value;
  };
  return {
    ...server,
    stop,
    url: server.address,
    clock,
    logs,
    secret,
    folder,
    common,
    runTick: () => tick(server.deps()),
    sql: async (statement) => (await server.db.write([], { rows: query.all<Row>(sql.raw(statement)) })).rows,
    messages: async () =>
      (
        await server.db.read({
          rows: query
            .select()
            .from(notificationMessages)
            .where(
              sql`event_id NOT IN (SELECT id FROM notification_events WHERE template_id = ${kinds["workspace-created"].id})`,
            )
            .orderBy(notificationMessages.seq),
        })
      ).rows,
    attempts: async () =>
      (
        await server.db.read({
          rows: query
            .select()
            .from(notificationAttempts)
            .orderBy(notificationAttempts.startedAt, notificationAttempts.number),
        })
      ).rows,
    call: (method, path, call) => callServer(server.address, method, path, call),
  };
}

export const owner = {
  email: "ada@example.com",
  username: "ada",
  name: "Ada Lovelace",
  password: "correct-horse-battery-42",
};

/** Variables that sign-up and sign-in don't depend on. */
const isIndifferent = (name: string) => /^BELFRY_(NOTIFICATIONS|EMAIL|WORKSPACE|LOG)_/.test(name);

interface FirstUser {
  token: string;
  userId: string;
}
let recorded: Promise<FirstUser & { statements: InStatement[] }> | undefined;

/** Makes the first user, an owner, and signs them in. */
export async function signInFirst(server: TestServer, user = owner): Promise<FirstUser> {
  server.secret(user.password);
  if (server.common === undefined || user !== owner || server.clock.now() !== firstMoment)
    return signUp(server, user);
  const { statements, token, userId } = await (recorded ??= recordFirstUser());
  await server.common.batch(statements, "write");
  return { token: server.secret(token), userId };
}

async function recordFirstUser(): Promise<FirstUser & { statements: InStatement[] }> {
  const server = await startTestServer({ adapter: "plain" });
  const client = server.common!;
  const before = await snapshot(client);
  const user = await signUp(server, owner);
  await server.settled();
  return { ...user, statements: await difference(client, before, await snapshot(client)) };
}

async function signUp(server: TestServer, user: typeof owner): Promise<FirstUser> {
  const made = await server.call("POST", "/api/v2/users/first", { json: user });
  if (made.status !== 201) throw new Error(`first user: ${made.status} ${made.text}`);
  return { token: await signIn(server, user), userId: made.json.user_id };
}

export async function signIn(server: TestServer, user: { email: string; password: string }): Promise<string> {
  const { email, password } = user;
  const answer = await server.call("POST", "/api/v2/users/login", { json: { email, password } });
  if (answer.status !== 201) throw new Error(`sign-in: ${answer.status} ${answer.text}`);
  return server.secret(answer.json.session_token);
}

/** Puts another user, with roles, who is signed in, into the database, which notifies nobody. */
export async function addUser(
  server: TestServer,
  username: string,
  roles: readonly string[] = [],
): Promise<{ token: string; userId: string; email: string; password: string }> {
  const email = `${username}@example.com`;
  const password = server.secret(`a-good-password-of-${username}-9`);
  const deps = server.deps();
  const [userId, now] = [deps.newId(), deps.now()];
  const user = {
    id: userId,
    email,
    username,
    name: "",
    status: "active" as const,
    passwordHash: await hashPassword(deps, password),
    isSystem: false,
    createdAt: now,
    updatedAt: now,
  };
  const key = createSessionKey(deps, userId, undefined);
  const signedIn = {
    actorId: userId,
    action: "login",
    resourceType: "api_key",
    resourceId: key.row.id,
  } as const;
  await server.db.write(
    [
      insertUser({ ...user, lastSeenAt: now }, sql`true`),
      insertRoles(userId, roles as SiteRole[], sql`true`),
      insertKey(key.row),
      audit(deps, signedIn),
    ],
    {},
  );
  return { token: server.secret(key.text), userId, email, password };
}
