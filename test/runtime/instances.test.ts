// Several instances on one libSQL server: two Node processes whose clocks are twenty minutes apart, and a Worker. They
// share the queue, the pools and the live inbox, and nothing is done twice.
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { loadMigrations } from "../../db/migrate.ts";
import { bundleWorker, type Bundle } from "../support/bundle.ts";
import { frameOf, openEvents } from "../support/events.ts";
import { openFrames } from "../support/frames.ts";
import { startLink } from "../support/link.ts";
import { migrate } from "../support/migrate.ts";
import { startCommand } from "../support/program.ts";
import { startReceiver, type Reply } from "../support/receiver.ts";
import { callServer, owner, secretKey, type CallOptions } from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { startWorker } from "../support/worker.ts";

const program = new URL("../../src/runtime/node.ts", import.meta.url).pathname;
const minutes = 60_000;

/** A process on a machine whose clock is off by so many milliseconds. */
async function startSkewed(offset: number, environment: Record<string, string>): Promise<string> {
  const skew = `const real = Date.now; Date.now = () => real() + ${offset};`;
  const command: [string, ...string[]] = [
    process.execPath,
    "--import",
    `data:text/javascript,${encodeURIComponent(skew)}`,
    program,
  ];
  const { url } = await startCommand(command, {
    BELFRY_SECRET_KEY: secretKey,
    BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
    BELFRY_NOTIFICATIONS_FETCH_INTERVAL: "1s",
    BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_INTERVAL: "1s",
    ...environment,
  });
  return url;
}

describe.skipIf(noServer)("two processes and a Worker", () => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await bundleWorker();
  });
  afterAll(() => rm(bundle.folder, { recursive: true, force: true }));

  async function start() {
    const [libsql, receiver] = await Promise.all([startLibsqlServer(), startReceiver()]);
    onTestFinished(libsql.stop);
    const environment = {
      BELFRY_DATABASE_URL: libsql.url,
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    };
    // Two operators at once: each migration is done by one of them.
    const migrated = await Promise.all([migrate(libsql.url), migrate(libsql.url)]);
    const applied = migrated.flatMap(({ migrations }) => migrations);
    expect(applied.toSorted()).toEqual(loadMigrations().map(({ name }) => name));
    // Each by a way of its own, on which its passes are seen: they begin with the database's clock.
    const links = await Promise.all([1, 2, 3].map(() => startLink(libsql.url)));
    const [first, second, third] = links.map(({ url }) => ({ ...environment, BELFRY_DATABASE_URL: url }));
    const [ahead, behind] = await Promise.all([
      startSkewed(10 * minutes, first!),
      startSkewed(-10 * minutes, second!),
    ]);
    const worker = await startWorker(bundle, third!);
    const trigger = setInterval(() => void worker.scheduled().catch(() => {}), 1_000);
    onTestFinished(() => clearInterval(trigger));
    const urls = [ahead, behind, worker.url];
    const call = <M extends string, P extends string>(
      instance: number,
      method: M,
      path: P,
      options?: CallOptions,
    ) => callServer(urls[instance % urls.length]!, method, `/api/v2${path}`, options);
    await call(0, "POST", "/users/first", { json: owner });
    // Signed in at one, known to all.
    const { email, password } = owner;
    const login = await call(1, "POST", "/users/login", { json: { email, password } });
    const token = login.json.session_token;
    const send = (instance: number, title: string) =>
      call(instance, "POST", "/notifications/custom", { token, json: { content: { title, message: "x" } } });
    /** Resolves when each instance has begun so many more passes. */
    const passes = (count: number) =>
      Promise.all(
        links.map(
          (link) =>
            new Promise<void>((resolve) => {
              let seen = 0;
              link.onRequest((body) => {
                if (body.includes("unixepoch('subsec')") && (seen += 1) === count) resolve();
              });
            }),
        ),
      );
    return { urls, call, token, send, receiver, passes };
  }

  test("share the queue: each message is sent once, a lease is a lease for all, readers hear of every one's", async () => {
    const { urls, token, send, receiver, passes } = await start();
    const readers = await Promise.all(
      urls.flatMap((url) => [
        openEvents(`${url}/api/v2/notifications/inbox/events`, token).then(async (stream) => {
          await stream.ready;
          return async () => frameOf(await stream.next()).notification.title;
        }),
        openFrames(`${url}/api/v2/notifications/inbox/watch`, token).then(
          (socket) => async () => (await socket.next()).notification.title,
        ),
      ]),
    );
    // A slow receiver: whoever has the lease keeps it, though by another's clock it ran out long ago.
    let release = (_reply: Reply) => {};
    const held = new Promise<Reply>((resolve) => (release = resolve));
    receiver.answer(() => held);
    const titles = Array.from({ length: 30 }, (_, index) => `Message ${index}`);
    expect(
      (await Promise.all(titles.map((title, index) => send(index, title)))).map(({ status }) => status),
    ).toEqual(titles.map(() => 204));
    for (const next of readers) {
      const received: string[] = [];
      while (received.length < titles.length) received.push(await next());
      expect(received.toSorted()).toEqual(titles.toSorted());
    }
    await receiver.wait(3);
    await passes(2);
    release({ status: 204 });
    receiver.answer({ status: 204 });
    await expect
      .poll(() => new Set(receiver.arrivals.map(({ json }) => json.title)).size, { timeout: 30_000 })
      .toBe(titles.length);
    expect(receiver.arrivals).toHaveLength(titles.length);
  });

  test("open inboxes follow what is read and done at another instance", async () => {
    const { urls, token, call, send } = await start();
    const readers = await Promise.all(
      urls.map(async (url) => {
        const stream = await openEvents(`${url}/api/v2/notifications/inbox/events`, token);
        await stream.ready;
        return stream;
      }),
    );
    await send(0, "for all");
    const ids = await Promise.all(
      readers.map(async (stream) => frameOf(await stream.next()).notification.id),
    );
    const marks = [
      ["read-status", { is_read: true }, { is_read: true, is_done: false }],
      ["done-status", { is_done: true }, { is_read: true, is_done: true }],
      ["done-status", { is_done: false }, { is_read: true, is_done: false }],
    ] as const;
    for (const [at, [path, json, state]] of marks.entries()) {
      await call(at, "PUT", `/notifications/inbox/${ids[0]}/${path}`, { token, json });
      for (const reader of readers) {
        const { event, data } = await reader.next();
        expect(event).toBe("change");
        expect(JSON.parse(data)).toMatchObject({ changed: [{ id: ids[0], ...state }], unread_count: 0 });
      }
    }
  });

  test("share the pools: one pass fills them, none twice", async () => {
    const { call, token, passes } = await start();
    const done = async <M extends string, P extends string>(method: M, path: P, json?: unknown) => {
      const answer = await call(0, method, path, { token, ...(json === undefined ? {} : { json }) });
      expect(answer.status, answer.text).toBeLessThan(300);
      return answer.json;
    };
    const organization = "/organizations/default";
    const { key } = await done("POST", `${organization}/provisionerkeys`, { name: "rack-1" });
    const version = await done("POST", `${organization}/templateversions`, {
      presets: [{ name: "small", parameters: [], prebuilds: { instances: 4 } }],
    });
    await done("POST", `${organization}/templates`, { name: "docker", template_version_id: version.id });
    const headers = { "coder-provisioner-daemon-key": key };
    const jobs = new Set<string>();
    const acquire = async (instance: number) => {
      const json = { name: "rack-1", acquire_id: randomUUID() };
      const answer = await call(instance, "POST", "/provisionerdaemons/jobs/acquire?wait=0", {
        headers,
        json,
      });
      if (answer.status === 200) jobs.add(answer.json.workspace.id);
      return answer.status;
    };
    for (let instance = 0; jobs.size < 4; instance += 1) {
      if ((await acquire(instance)) === 204) await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // More passes of each make nothing more, and each, asked to, finds nothing to do.
    await passes(2);
    for (const instance of [0, 1, 2]) {
      const pass = await call(instance, "POST", "/prebuilds/reconcile?dry_run=true", { token });
      expect(pass.json.actions).toEqual([]);
      expect(await acquire(instance)).toBe(204);
    }
    const [pool] = await done("GET", "/prebuilds/presets");
    expect(pool).toMatchObject({ desired: 4, starting: 4 });
  });
});
