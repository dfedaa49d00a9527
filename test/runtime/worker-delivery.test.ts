// How the Worker delivers, in workerd: what a run of the cron costs, and what happens between two runs.
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createDatabase } from "../../db/client.ts";
import { openClient } from "../../src/runtime/database.ts";
import { bundleWorker, type Bundle } from "../support/bundle.ts";
import { insertDue } from "../support/due.ts";
import { startLink } from "../support/link.ts";
import { migrate } from "../support/migrate.ts";
import { startReceiver } from "../support/receiver.ts";
import { callServer, owner, type CallOptions } from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { startWorker } from "../support/worker.ts";

let bundle: Bundle;
beforeAll(async () => {
  bundle = await bundleWorker();
});
afterAll(() => rm(bundle.folder, { recursive: true, force: true }));

describe.skipIf(noServer)("with a libSQL server", () => {
  async function start(variables: Record<string, string> = {}, without?: "DELIVERY_ALARM") {
    const [libsql, receiver] = await Promise.all([startLibsqlServer(), startReceiver()]);
    onTestFinished(libsql.stop);
    const { setup_code: setupCode } = await migrate(libsql.url);
    const client = await openClient({ databaseUrl: libsql.url, databaseAuthToken: undefined });
    onTestFinished(() => client.close());
    const link = await startLink(libsql.url);
    const worker = await startWorker(
      bundle,
      {
        BELFRY_DATABASE_URL: link.url,
        BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
        ...variables,
      },
      without === undefined ? {} : { without },
    );
    const call = <M extends string, P extends string>(method: M, path: P, options?: CallOptions) =>
      callServer(worker.url, method, `/api/v2${path}`, options);
    const { user_id: userId } = (
      await call("POST", "/users/first", { json: { ...owner, setup_code: setupCode } })
    ).json;
    const { email, password } = owner;
    const login = await call("POST", "/users/login", { json: { email, password } });
    const token: string = login.json.session_token;
    const send = (title: string) =>
      call("POST", "/notifications/custom", { token, json: { content: { title, message: "x" } } });
    return {
      db: createDatabase(client),
      worker,
      call,
      receiver,
      link,
      token,
      send,
      userId: userId as string,
    };
  }

  test("a run with 500 messages due takes few round trips, and sends five at once", async () => {
    const { db, userId, worker, receiver, link } = await start();
    const holding = { now: 0, most: 0 };
    receiver.answer(async () => {
      holding.most = Math.max(holding.most, (holding.now += 1));
      await new Promise<void>((resolve) => setImmediate(resolve));
      holding.now -= 1;
      return { status: 204 };
    });
    await insertDue(db, userId, 500);
    const [before, started] = [link.requests(), performance.now()];
    await worker.scheduled();
    const slices = Math.ceil((performance.now() - started) / 250);
    expect(receiver.arrivals).toHaveLength(500);
    expect(new Set(receiver.arrivals.map(({ json }) => json.msg_id)).size).toBe(500);
    // Two of every run, five claims of 100, and the results: with the next claim, or every 250 ms.
    expect(link.requests() - before).toBeLessThanOrEqual(10 + slices);
    expect(holding.most).toBeLessThanOrEqual(5);
    expect(worker.logs).toEqual([]);
  });

  test("what a run leaves is sent without the next one", async () => {
    const { db, userId, worker, receiver } = await start();
    await insertDue(db, userId, 1_200);
    await worker.scheduled();
    const arrivals = await receiver.wait(1_200);
    expect(new Set(arrivals.map(({ json }) => json.msg_id)).size).toBe(1_200);
    expect(worker.logs).toEqual([]);
  });

  test("failed messages and short delays are sent in time, without a run", async () => {
    const { worker, call, receiver, token, send } = await start({
      BELFRY_NOTIFICATIONS_RETRY_INTERVAL: "300ms",
      BELFRY_AGENT_SESSIONS_CALM: "500ms",
    });
    receiver.answer({ status: 500 });
    await send("Build done");
    // The first two fail.
    await receiver.wait(2);
    receiver.answer({ status: 204 });
    const failed = (await receiver.wait(3)).map(({ json }) => json.msg_id);
    expect(new Set(failed).size).toBe(1);
    const json = { state: "waiting", title: "Needs you" };
    expect((await call("PUT", "/agent-sessions/one", { token, json })).status).toBe(200);
    const titles = async () =>
      (await call("GET", "/notifications/inbox", { token })).json.notifications.map(({ title }) => title);
    await expect.poll(titles).toContain("Agent waiting for you: Needs you");
    await expect.poll(() => receiver.arrivals.at(-1)!.json.title).toBe("Agent waiting for you: Needs you");
    expect(worker.logs.length).toBeGreaterThan(0);
  });

  test("without the alarm's object, the cron sends what failed", async () => {
    const { worker, receiver, send } = await start(
      { BELFRY_NOTIFICATIONS_RETRY_INTERVAL: "1ms" },
      "DELIVERY_ALARM",
    );
    receiver.answer({ status: 500 });
    await send("Build done");
    await receiver.wait(1);
    receiver.answer({ status: 204 });
    await expect
      .poll(async () => {
        await worker.scheduled();
        return receiver.arrivals.length;
      })
      .toBe(2);
  });
});
