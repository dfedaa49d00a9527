// Many people and few prebuilt workspaces, over two processes on one libSQL server, with every write sent twice; and
// what a claim costs when pools are large.
import { createHash, randomUUID } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { insertRows } from "../../db/rows.ts";
import { apiKeys, prebuildsUser, users } from "../../db/schema.ts";
import { keyIdForSecret, keyPurposes } from "../../src/accounts/rules/api-key.ts";
import { randomText } from "../../src/kernel/crypto.ts";
import { createMeter } from "../support/meter.ts";
import { addPrebuilds, stillPools } from "../support/prebuilds.ts";
import { startTwoServers } from "../support/program.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import {
  callServer,
  secretKey,
  signInFirst,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from "../support/server.ts";
import { addTemplate } from "../support/workspaces.ts";

async function start(options: TestServerOptions = {}) {
  const database = await startLibsqlServer();
  onTestFinished(() => database.stop());
  const environment = { BELFRY_DATABASE_URL: database.url };
  const server = await startTestServer({ ...options, environment });
  const { token, userId } = await signInFirst(server);
  await stillPools(server);
  const preset = { id: randomUUID(), name: "small", parameters: [], instances: 20 };
  const made = await addTemplate(server, userId, "docker", { presets: [preset] });
  return { server, database, token, userId, pool: { ...made, presetId: preset.id } };
}

/** People who are signed in, as rows: it is their claims that this is about. */
async function addPeople(server: TestServer, count: number): Promise<{ userId: string; token: string }[]> {
  const at = server.clock.now();
  const people = Array.from({ length: count }, (_, index) => {
    const secret = randomText(22);
    const keyId = keyIdForSecret(server.deps().keysFor(keyPurposes.api)[0], secret);
    return { userId: randomUUID(), username: `person-${index}`, keyId, secret };
  });
  await server.db.write(
    [
      ...insertRows(
        users,
        people.map(({ userId, username }) => ({
          id: userId,
          username,
          email: `${username}@example.com`,
          name: "",
          status: "active" as const,
          isSystem: false,
          createdAt: at,
          updatedAt: at,
        })),
      ),
      ...insertRows(
        apiKeys,
        people.map(({ userId, keyId, secret }) => ({
          id: keyId,
          userId,
          secretHash: createHash("sha256").update(secret).digest("hex"),
          kind: "session" as const,
          name: "",
          scope: "all" as const,
          lifetimeSeconds: 86_400,
          lastUsedAt: at,
          createdAt: at,
          updatedAt: at,
          // The two processes go by the time of day, this one by a clock that is set.
          expiresAt: at + 10 * 365 * 86_400_000,
        })),
      ),
    ],
    {},
  );
  return people.map(({ userId, keyId, secret }) => ({ userId, token: `${keyId}-${secret}` }));
}

const body = (name: string, { templateId, presetId }: { templateId: string; presetId: string }) => ({
  name,
  template_id: templateId,
  template_version_preset_id: presetId,
});

describe.skipIf(noServer)("on a libSQL server", () => {
  test("of fifty people who come at once, twenty get a ready workspace each and thirty a new one", async () => {
    const { server, database, pool } = await start();
    const servers = await startTwoServers(database.url, secretKey);
    const people = await addPeople(server, 50);
    const ready = await addPrebuilds(server, pool, 20);

    const started = performance.now();
    const answers = await Promise.all(
      people.map(({ token }, index) =>
        callServer(servers[index % 2]!.url, "POST", "/api/v2/users/me/workspaces", {
          token,
          json: body("web", pool),
        }),
      ),
    );
    const seconds = (performance.now() - started) / 1_000;

    console.log(`fifty claims took ${seconds.toFixed(1)} s`);
    expect(answers.map(({ status }) => status)).toEqual(people.map(() => 201));
    const claimed = answers.filter(({ json }) => json.latest_build.reason === "prebuild_claim");
    expect(claimed.map(({ json }) => json.id).toSorted()).toEqual(ready.toSorted());
    expect(answers.filter(({ json }) => json.latest_build.reason === "initiator")).toHaveLength(30);
    const owners = await server.sql(`SELECT owner_id, count(*) AS count FROM workspaces
      WHERE owner_id <> '${prebuildsUser.id}' GROUP BY owner_id`);
    expect(new Map(owners.map((row) => [row["owner_id"], row["count"]]))).toEqual(
      new Map(people.map(({ userId }) => [userId, 1])),
    );
    const builds = await server.sql(`SELECT stage, count(*) AS count FROM workspace_builds
      WHERE stage <> 'create' GROUP BY stage ORDER BY stage`);
    expect(builds).toEqual([
      { stage: "claim", count: 20 },
      { stage: "none", count: 30 },
    ]);
  });

  test("a claim reads no more rows when other pools are large and people have many workspaces", async () => {
    const meter = createMeter();
    const { server, token, userId, pool } = await start({
      adapter: "plain",
      onTrip: meter.onTrip,
      onAnswer: meter.onAnswer,
    });
    const rowsOfClaim = async (name: string, filling: number) => {
      await addPrebuilds(server, pool, filling);
      await server.settled();
      meter.reset();
      const made = await server.call("POST", "/api/v2/users/me/workspaces", {
        token,
        json: body(name, pool),
      });
      const read = meter.rowsRead;
      expect(made.json.latest_build.reason).toBe("prebuild_claim");
      await server.settled();
      return read;
    };
    const little = await rowsOfClaim("one", 5);
    const preset = { id: randomUUID(), name: "big", parameters: [], instances: 1 };
    const other = await addTemplate(server, userId, "other", { presets: [preset] });
    await addPrebuilds(server, { ...other, presetId: preset.id }, 2_000);
    await addPrebuilds(server, pool, 2_000, { workspace: { ownerId: userId } });
    const much = await rowsOfClaim("two", 1);
    console.log(`rows read by a claim: ${little}, with much else ${much}`);
    expect(much).toBeLessThan(little * 1.2);
  });
});
