// A database server that passes writes on to another one, and answers reads from its own copy.
import { expect, onTestFinished, test } from "vitest";
import { examine } from "../../src/cli/admin/examine.ts";
import { migrate } from "../support/migrate.ts";
import { freePort } from "../support/program.ts";
import { callServer, secretKey, startTestServer } from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";

test.skipIf(noServer)(
  "a replica is recognised by readiness and by the doctor, and the primary is none",
  async () => {
    const grpc = `127.0.0.1:${await freePort()}`;
    const primary = await startLibsqlServer(["--grpc-listen-addr", grpc]);
    onTestFinished(primary.stop);
    await migrate(primary.url);
    const replica = await startLibsqlServer(["--primary-grpc-url", `http://${grpc}`]);
    onTestFinished(replica.stop);
    const start = async (url: string) => {
      const server = await startTestServer({ environment: { BELFRY_DATABASE_URL: url } });
      return async () => {
        // A probe is written every five seconds at most.
        server.clock.advance(5_001);
        const { notes } = (await callServer(server.url, "GET", "/readyz")).json;
        return notes.some((note) => note.includes("leads to a replica"));
      };
    };
    const [askReplica, askPrimary] = [await start(replica.url), await start(primary.url)];
    await expect.poll(askReplica, { interval: 1 }).toBe(true);
    // Once seen, it stays so.
    expect(await askReplica()).toBe(true);
    for (let index = 0; index < 20; index += 1) expect(await askPrimary()).toBe(false);

    const complaints = async (url: string) => {
      const environment = { BELFRY_DATABASE_URL: url, BELFRY_SECRET_KEY: secretKey };
      const findings = await examine({ environment, now: Date.now });
      return findings.filter(({ message }) => message.includes("replica"));
    };
    expect(await complaints(primary.url)).toEqual([]);
    await expect.poll(() => complaints(replica.url)).toMatchObject([{ level: "fail", check: "database" }]);
  },
);
