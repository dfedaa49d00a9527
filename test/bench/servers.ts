// The servers that Belfry is compared with, each in a process of its own behind the same hono app: the floor, pg-boss and
// graphile-worker. The floor does the least that a durable notification needs, in a database that Belfry has migrated.
// Run as: servers.ts KIND, with the variables of `contenders.ts`.
import { createHash, randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import Database from "libsql";
import { Pool } from "undici";
import * as z from "zod";

interface Content {
  title: string;
  message: string;
}

interface Backend {
  /** The user that a key belongs to. */
  authenticate: (key: string) => string | undefined;
  enqueue: (userId: string, content: Content) => Promise<string | null>;
  listInbox?: (userId: string) => unknown;
  /** Starts workers that POST each job to `endpoint`. */
  startWorkers?: (endpoint: string) => Promise<unknown>;
}

const body = z.object({
  content: z.object({ title: z.string().min(1).max(120), message: z.string().min(1).max(2_000) }),
});

function createApp({ authenticate, enqueue, listInbox, startWorkers }: Backend): Hono {
  const app = new Hono();
  app.post("/api/v2/notifications/custom", async (c) => {
    const userId = authenticate(c.req.header("coder-session-token") ?? "");
    if (userId === undefined) return c.json({ message: "Unauthorized" }, 401);
    const parsed = body.safeParse(await c.req.json());
    if (!parsed.success) return c.json({ message: "Invalid fields" }, 400);
    return c.json({ id: await enqueue(userId, parsed.data.content) });
  });
  app.put("/api/v2/notifications/settings", async (c) => {
    const { notifier_paused: isPaused } = await c.req.json<{ notifier_paused: boolean }>();
    if (!isPaused) await startWorkers?.(process.env["BENCH_ENDPOINT"]!);
    return c.body(null, 204);
  });
  app.get("/api/v2/notifications/inbox", (c) => {
    const userId = authenticate(c.req.header("coder-session-token") ?? "");
    return userId === undefined ? c.json({ message: "Unauthorized" }, 401) : c.json(listInbox?.(userId));
  });
  return app;
}

const hash = (text: string) => createHash("sha256").update(text).digest("hex");

/** One prepared lookup of the key, and one write with an fsync for all requests that arrive together. */
function createFloor(): Backend {
  const db = new Database(process.env["BENCH_DATABASE"]!);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  const key = db.prepare(
    "SELECT user_id, secret_hash FROM api_keys WHERE id = ? AND expires_at > unixepoch() * 1000",
  );
  const template = db
    .prepare("SELECT id, active_version FROM notification_templates WHERE kind = 'custom'")
    .get([]) as { id: string; active_version: number };
  const from = "FROM json_each(?)";
  const event = db.prepare(`INSERT INTO notification_events
    (id, template_id, template_version, labels, targets, created_by, created_at)
    SELECT value->>0, '${template.id}', ${template.active_version},
      json_object('custom_title', value->>3, 'custom_message', value->>4), '[]', value->>2, value->>5 ${from}`);
  const message = db.prepare(`INSERT INTO notification_messages
    (id, event_id, user_id, method, status, reasons, attempt_count, created_at, updated_at)
    SELECT value->>1, value->>0, value->>2, 'inbox', 'sent', '["to_self","inbox"]', 0, value->>5, value->>5 ${from}`);
  const inbox = db.prepare(`INSERT INTO inbox_notifications
    (id, user_id, template_id, targets, title, content, icon, actions, created_at)
    SELECT value->>1, value->>2, '${template.id}', '[]', value->>3, value->>4, '', '[]', value->>5 ${from}`);
  const write = db.transaction((rows: string) => {
    for (const statement of [event, message, inbox]) statement.run([rows]);
  });
  const list = db.prepare("SELECT * FROM inbox_notifications WHERE user_id = ? ORDER BY seq DESC LIMIT 25");

  let waiting: { row: unknown[]; resolve: () => void; reject: (error: unknown) => void }[] = [];
  function flush(): void {
    const group = waiting;
    waiting = [];
    try {
      write.immediate(JSON.stringify(group.map(({ row }) => row)));
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  return {
    authenticate: (text) => {
      const [id = "", secret = ""] = text.split("-");
      const found = key.get([id]) as { user_id: string; secret_hash: string } | undefined;
      return found?.secret_hash === hash(secret) ? found.user_id : undefined;
    },
    enqueue: async (userId, { title, message: text }) => {
      const eventId = randomUUID();
      await new Promise<void>((resolve, reject) => {
        const row = [eventId, randomUUID(), userId, title, text, Date.now()];
        if (waiting.push({ row, resolve, reject }) === 1) setImmediate(flush);
      });
      return eventId;
    },
    listInbox: (userId) => list.all([userId]),
  };
}

/** These check the key in memory, which costs them no query. */
const keyHash = hash(process.env["BENCH_TOKEN"] ?? "");
const authenticate = (text: string) => (hash(text) === keyHash ? "bench" : undefined);
const connectionString = process.env["BENCH_POSTGRES"]!;
const loadPeer = (name: string): unknown =>
  createRequire(join(process.env["BENCH_PEERS"] ?? ".", "package.json"))(name);

/** Each run begins with an empty schema of its own. */
async function emptySchema(schema: string): Promise<string> {
  interface Client {
    connect: () => Promise<void>;
    query: (text: string) => Promise<unknown>;
    end: () => Promise<void>;
  }
  const { Client } = loadPeer("pg") as { Client: new (url: string) => Client };
  const client = new Client(connectionString);
  await client.connect();
  await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await client.end();
  return schema;
}

/** Requests at a time, as Belfry's. */
const workerConcurrency = 50;
/** Jobs that a peer fetches, and ends, with one statement: faster than fewer, and than more. */
const peerBatch = 200;

function createPoster(endpoint: string): (job: unknown) => Promise<void> {
  const { origin, pathname: path } = new URL(endpoint);
  const pool = new Pool(origin, { connections: workerConcurrency });
  const headers = { "content-type": "application/json" };
  return async (job) => {
    const response = await pool.request({ method: "POST", path, headers, body: JSON.stringify(job) });
    await response.body.dump();
    if (response.statusCode >= 300) throw new Error(`The receiver answered ${response.statusCode}`);
  };
}

async function createPgBoss(): Promise<Backend> {
  interface Boss {
    start: () => Promise<unknown>;
    createQueue: (name: string) => Promise<void>;
    send: (name: string, data: object) => Promise<string | null>;
    fetch: (name: string, options: object) => Promise<{ id: string; data: unknown }[]>;
    complete: (name: string, ids: string[]) => Promise<void>;
  }
  const PgBoss = loadPeer("pg-boss") as new (options: object) => Boss;
  const schema = await emptySchema("belfry_bench_pg_boss");
  const boss = new PgBoss({ connectionString, schema, supervise: false, schedule: false });
  await boss.start();
  await boss.createQueue("notifications");
  return {
    authenticate,
    enqueue: (userId, content) => boss.send("notifications", { userId, ...content }),
    startWorkers: (endpoint) => {
      const post = createPoster(endpoint);
      // Its own workers wait for half a second between batches: these don't wait.
      const work = async () => {
        for (;;) {
          const jobs = await boss.fetch("notifications", { batchSize: peerBatch });
          if (jobs.length === 0) return;
          await Promise.all(jobs.map(({ data }) => post(data)));
          await boss.complete(
            "notifications",
            jobs.map(({ id }) => id),
          );
        }
      };
      void Promise.all([work(), work(), work()]);
      return Promise.resolve();
    },
  };
}

async function createGraphileWorker(): Promise<Backend> {
  interface Utilities {
    migrate: () => Promise<void>;
    addJob: (task: string, payload: object) => Promise<{ id: string }>;
  }
  const { makeWorkerUtils, run } = loadPeer("graphile-worker") as {
    makeWorkerUtils: (options: object) => Promise<Utilities>;
    run: (options: object) => Promise<unknown>;
  };
  const schema = await emptySchema("belfry_bench_graphile_worker");
  const utilities = await makeWorkerUtils({ connectionString, schema });
  await utilities.migrate();
  return {
    authenticate,
    enqueue: async (userId, content) => (await utilities.addJob("notify", { userId, ...content })).id,
    startWorkers: (endpoint) =>
      run({
        connectionString,
        schema,
        concurrency: workerConcurrency,
        maxPoolSize: 10,
        noHandleSignals: true,
        taskList: { notify: createPoster(endpoint) },
        preset: {
          worker: { localQueue: { size: peerBatch }, completeJobBatchDelay: 0, failJobBatchDelay: 0 },
        },
      }),
  };
}

const backends = { floor: createFloor, "pg-boss": createPgBoss, "graphile-worker": createGraphileWorker };
const backend = await backends[process.argv[2] as keyof typeof backends]();
serve({ fetch: createApp(backend).fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
  console.log(JSON.stringify({ address: `http://127.0.0.1:${port}` })),
);
process.on("SIGTERM", () => process.exit(0));
