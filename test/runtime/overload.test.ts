// More requests than the database can take: some are refused at once, and those that are taken are done.
import { expect, onTestFinished, test } from "vitest";
import { openClient } from "../../src/runtime/database.ts";
import { startLink } from "../support/link.ts";
import { callServer, signInFirst, startTestServer } from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";

test.skipIf(noServer)(
  "requests beyond what is done are refused early, and the others lose nothing",
  async () => {
    const libsql = await startLibsqlServer();
    onTestFinished(libsql.stop);
    const link = await startLink(libsql.url);
    const server = await startTestServer({ environment: { BELFRY_DATABASE_URL: link.url } });
    const { token } = await signInFirst(server);
    link.slow(100);
    const path = "/api/v2/notifications/custom";
    let count = 0;
    const send = () => {
      const json = { content: { title: `Build ${(count += 1)}`, message: "x" } };
      return callServer(server.url, "POST", path, { token, json });
    };
    // Eight connections, a tenth of a second each: more than the eighty a second that these can do.
    const all: ReturnType<typeof send>[] = [];
    let [answered, overtaken] = [0, -1];
    while (overtaken < 0) {
      for (let index = 0; index < 4; index += 1) {
        const number = all.length;
        all.push(send());
        void all[number]!.then(({ status }) => {
          // Those that were sent before it are still waiting.
          if (status === 503 && overtaken < 0) overtaken = number - answered;
          answered += 1;
        });
      }
      await new Promise<void>((resolve) => link.onRequest(() => resolve()));
    }
    expect(overtaken).toBeGreaterThan(20);
    const health = await callServer(server.url, "GET", "/healthz");
    expect(health.status).toBe(200);
    link.slow(0);
    const answers = await Promise.all(all);
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused[0]!.headers.get("retry-after")).toBe("1");
    expect(refused[0]!.json).toEqual({
      message: "Too many requests at the moment.",
      detail: expect.any(String),
    });
    const taken = answers.filter(({ status }) => status === 204).length;
    expect(taken + refused.length).toBe(answers.length);
    const inbox = await callServer(server.url, "GET", "/api/v2/notifications/inbox", { token });
    expect(inbox.json.unread_count).toBe(taken);
    expect((await send()).status).toBe(204);
  },
);

test.skipIf(noServer)("a write doesn't wait for the reads that were asked before it", async () => {
  const libsql = await startLibsqlServer();
  onTestFinished(libsql.stop);
  const link = await startLink(libsql.url);
  const client = await openClient({ databaseUrl: link.url, databaseAuthToken: undefined });
  onTestFinished(() => client.close());
  link.slow(20);
  let done = 0;
  const reads = Array.from({ length: 100 }, async () => {
    await client.batch(["SELECT 1"], "read");
    done += 1;
  });
  await client.batch(["CREATE TABLE one (id INTEGER)"], "write");
  expect(done).toBeLessThan(50);
  await Promise.all(reads);
});
