// One process with two organizations, each with a database and a host name of its own.
import { sql } from "drizzle-orm";
import { expect } from "vitest";
import { query } from "../../db/client.ts";
import type { Config } from "../../src/config/config.ts";
import { tick } from "../../src/tick.ts";
import { callServer } from "./call.ts";
import { inboxTitles } from "./inbox.ts";
import { owner, startTestServer, type TestServerOptions } from "./server.ts";

/** One socket has both. */
const hosts = ["127.0.0.1", "localhost"] as const;
export const organizationIds = [
  "0c8f0d6e-5b1f-4d38-9d0c-1f6a3f1b0a01",
  "7be1c7a4-63c2-4b0e-8d5e-2a9b6c0d4e02",
] as const;

type At = 0 | 1;
type Row = Record<string, unknown>;

/** `urls`: of the databases. */
export async function startOrganizations(urls: readonly [string, string], options: TestServerOptions = {}) {
  const organizationAt = (config: Config, at: At) => ({
    id: organizationIds[at],
    config: { ...config, databaseUrl: urls[at], accessUrl: `http://${hosts[at]}:0` },
  });
  const server = await startTestServer({
    adapter: "plain",
    ...options,
    environment: { BELFRY_DATABASE_URL: urls[0], ...options.environment },
    organizations: (config) => ({
      all: [organizationAt(config, 0), organizationAt(config, 1)],
      of: (host) => organizationIds[hosts.findIndex((name) => host?.startsWith(`${name}:`))],
    }),
  });
  return { server, first: await enter(server, 0), second: await enter(server, 1) };
}

export type Member = Awaited<ReturnType<typeof enter>>;

/** Its owner, who has signed in. */
async function enter(server: Awaited<ReturnType<typeof startTestServer>>, at: At) {
  const { db, deps, settled, config } = server.organizations[at]!;
  const url = config().accessUrl;
  const sqlOf = async (text: string) => (await db.read({ rows: query.all<Row>(sql.raw(text)) })).rows;
  const user = { ...owner, username: ["ada", "grace"][at]!, email: `${["ada", "grace"][at]}@example.com` };
  server.secret(user.password);
  const first = await callServer(url, "POST", "/api/v2/users/first", { json: user });
  expect(first).toMatchObject({ status: 201, json: { organization_id: organizationIds[at] } });
  const login = await callServer(url, "POST", "/api/v2/users/login", { json: user });
  const token = server.secret(login.json.session_token);
  const call = <M extends string, P extends string>(method: M, path: P, json?: unknown) =>
    callServer(url, method, path, { token, ...(json === undefined ? {} : { json }) });
  return {
    id: organizationIds[at],
    /** For what tests put into its database. */
    server: { ...server, db, deps, settled, sql: sqlOf },
    url,
    token,
    userId: first.json.user_id,
    call,
    settled,
    send: (title: string) =>
      call("POST", "/api/v2/notifications/custom", { content: { title, message: "x" } }),
    titles: () => inboxTitles({ call: (method, path) => call(method, path) }, token),
    runTick: () => tick(deps()),
    sql: sqlOf,
  };
}

/** The organizations of the rows of each table that has one for each notification. */
export const ownersOf = async (read: (text: string) => Promise<Row[]>) =>
  Object.fromEntries(
    await Promise.all(
      ["notification_events", "notification_messages", "inbox_notifications"].map(async (table) => [
        table,
        (await read(`SELECT DISTINCT organization_id AS id FROM ${table}`)).map(({ id }) => id),
      ]),
    ),
  ) as Record<string, unknown[]>;
