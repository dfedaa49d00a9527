// Many people and few prebuilt workspaces, over two processes on one libSQL server, with every write sent twice.
import { randomUUID } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { addPrebuilds, stillPools } from "./support/prebuilds.ts";
import { startProgram } from "./support/program.ts";
import { noServer, startLibsqlServer } from "./support/sqld.ts";
import { addUser, callServer, secretKey, signInFirst, startTestServer } from "./support/server.ts";
import { addTemplate } from "./support/workspaces.ts";

const serveTwice = new URL("support/serve-twice.ts", import.meta.url).pathname;

async function start() {
  const database = await startLibsqlServer();
  onTestFinished(() => database.stop());
  const environment = { BELFRY_DATABASE_URL: database.url };
  const server = await startTestServer({ environment });
  const { token, userId } = await signInFirst(server);
  await stillPools(server);
  const preset = { id: randomUUID(), name: "small", parameters: [], instances: 20 };
  const made = await addTemplate(server, userId, "docker", { presets: [preset] });
  return { server, environment, token, pool: { ...made, presetId: preset.id } };
}

const body = (name: string, { templateId, presetId }: { templateId: string; presetId: string }) => ({
  name,
  template_id: templateId,
  template_version_preset_id: presetId,
});

describe.skipIf(noServer)("on a libSQL server", () => {
  test("of fifty people who come at once, twenty get a ready workspace each and thirty a new one", async () => {
    const { server, environment, token, pool } = await start();
    const settings = {
      ...environment,
      BELFRY_SECRET_KEY: secretKey,
      BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
    };
    const servers = await Promise.all([
      startProgram(settings, serveTwice),
      startProgram(settings, serveTwice),
    ]);
    const people = [];
    for (let index = 0; index < 50; index += 1) people.push(await addUser(server, token, `person-${index}`));
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

    expect(answers.map(({ status }) => status)).toEqual(people.map(() => 201));
    const claimed = answers.filter(({ json }) => json.latest_build.reason === "prebuild_claim");
    expect(claimed.map(({ json }) => json.id).toSorted()).toEqual(ready.toSorted());
    expect(answers.filter(({ json }) => json.latest_build.reason === "initiator")).toHaveLength(30);
    const owners = await server.sql(
      "SELECT owner_id, count(*) AS count FROM workspaces WHERE deleted_at IS NULL GROUP BY owner_id",
    );
    expect(new Map(owners.map((row) => [row["owner_id"], row["count"]]))).toEqual(
      new Map(people.map(({ userId }) => [userId, 1])),
    );
    const stages = await server.sql(
      "SELECT stage, count(*) AS count FROM workspace_builds GROUP BY stage ORDER BY stage",
    );
    expect(stages).toEqual([
      { stage: "claim", count: 20 },
      { stage: "create", count: 20 },
      { stage: "none", count: 30 },
    ]);
    expect(seconds).toBeLessThan(10);
  });
});
