// Passes over the pools that are cut off, or stopped in their middle while another instance makes one: the pools end right,
// and each admin is notified once.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { prebuildsUser } from "../../db/schema.ts";
import { reconcile } from "../../src/prebuilds/reconcile/reconcile.ts";
import { createCutter, type Cut } from "../support/adapters.ts";
import { addPrebuilds } from "../support/prebuilds.ts";
import { startProgram, type Program } from "../support/program.ts";
import {
  addUser,
  callServer,
  createClock,
  secretKey,
  signInFirst,
  startTestServer,
  type TestServer,
} from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { addTemplate, addVersion } from "../support/workspaces.ts";
import { activateElsewhere } from "../support/stored.ts";
import { allNotices } from "../support/inbox.ts";

const environment = {
  BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_INTERVAL: "0s",
  BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT: "1",
  BELFRY_WORKSPACE_PREBUILDS_MAX_PENDING: "10000",
};

/** One pool for each thing that a run does: it marks a limit and notifies, creates, deletes and cancels. */
async function addWork(server: TestServer, userId: string, instances: number) {
  const add = async (instances: number, prebuild?: Parameters<typeof addPrebuilds>[3]) => {
    const preset = { id: randomUUID(), name: "small", parameters: [], instances };
    const made = await addTemplate(server, userId, `t-${preset.id}`, { presets: [preset] });
    const ids =
      prebuild === undefined ? [] : await addPrebuilds(server, { ...made, presetId: preset.id }, 1, prebuild);
    return { ...made, presetId: preset.id, id: ids[0] };
  };
  const limited = await add(1, { build: { status: "failed" } });
  const empty = await add(instances);
  const outdated = await add(1, {});
  const waiting = await add(1, { build: { status: "pending", completedAt: null } });
  for (const { templateId } of [outdated, waiting]) {
    const next = await addVersion(server, userId, templateId);
    await activateElsewhere(server, templateId, next);
  }
  return { limited, empty, outdated, waiting };
}
type Work = Awaited<ReturnType<typeof addWork>>;

/** What has become of it. */
async function outcomeOf(server: TestServer, { limited, empty, outdated, waiting }: Work) {
  const statesOf = async (templateId: string) => {
    const builds = await server.sql(`SELECT w.id, b.transition || '/' || b.status AS state, w.deleted_at
      FROM workspaces w JOIN workspace_builds b ON b.workspace_id = w.id
      WHERE w.template_id = '${templateId}' AND w.owner_id = '${prebuildsUser.id}' ORDER BY w.seq, b.number`);
    return [...Map.groupBy(builds, ({ id }) => id).values()].map((rows) => {
      const states = rows.map(({ state }) => state).join(" ");
      return rows[0]!["deleted_at"] === null ? states : `${states}, gone`;
    });
  };
  const notices = (await allNotices(server)).filter(
    ({ targets, status }) => targets.includes(limited.presetId) && status === "sent",
  );
  const [preset] = await server.sql(`SELECT prebuild_status FROM presets WHERE id = '${limited.presetId}'`);
  return {
    notified: notices.length,
    status: preset!["prebuild_status"],
    limited: await statesOf(limited.templateId),
    made: (await statesOf(empty.templateId)).length,
    outdated: await statesOf(outdated.templateId),
    waiting: await statesOf(waiting.templateId),
  };
}

const right = (instances: number) => ({
  notified: 1,
  status: "hard_limited",
  limited: ["start/failed"],
  made: instances,
  outdated: ["start/succeeded delete/pending"],
  waiting: ["start/canceled, gone"],
});

test("A connection that is cut at any batch of a pass, before or after it is done, leaves what the next pass finishes", async () => {
  const cutter = createCutter();
  const server = await startTestServer({ environment, wrapClient: cutter.wrapClient });
  const { userId } = await signInFirst(server);
  await addUser(server, "tess", ["template-admin"]);
  // More than one batch of changes holds.
  const instances = 35;
  const pass = async (place: Cut | undefined) => {
    const work = await addWork(server, userId, instances);
    server.clock.advance(61_000);
    cutter.cut(place);
    await reconcile(server.deps(), { forced: true }).catch(() => {});
    const taken = cutter.mend();
    return { work, taken };
  };
  const whole = await pass(undefined);
  expect(await outcomeOf(server, whole.work)).toEqual(right(instances));
  expect(whole.taken).toBe(5);
  for (let at = 1; at <= whole.taken; at += 1)
    for (const done of [false, true]) {
      const { work } = await pass({ at, done });
      server.clock.advance(60_000);
      expect((await server.runTick()).pools).toBe("done");
      expect({ at, done, ...(await outcomeOf(server, work)) }).toEqual({ at, done, ...right(instances) });
    }
});

const printed = async (program: Program, word: string) => {
  while (!program.stderr().endsWith(`${word}\n`)) await once(program.process.stderr!, "data");
};

test.skipIf(noServer)(
  "An instance that is stopped in the middle of a pass, and goes on when another has made one, changes nothing more",
  async () => {
    const libsql = await startLibsqlServer();
    onTestFinished(() => libsql.stop());
    const database = { BELFRY_DATABASE_URL: libsql.url };
    // Its clock is ahead by more than the lease: whoever is stopped has lost it.
    const clock = createClock(Date.now() + 60_000);
    const server = await startTestServer({ environment: { ...environment, ...database }, clock });
    const { token, userId } = await signInFirst(server);
    await addUser(server, "tess", ["template-admin"]);
    const settings = {
      ...environment,
      ...database,
      BELFRY_SECRET_KEY: secretKey,
      BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
    };
    const other = await startProgram(
      settings,
      new URL("../support/serve-stopping.ts", import.meta.url).pathname,
    );
    // Its batches: who is asking, lease and snapshot, what the steps need, the steps, the end, and the answer's look.
    for (let at = 2; at <= 5; at += 1) {
      const work = await addWork(server, userId, 3);
      clock.advance(1_000);
      other.process.stdin!.write(`${at}\n`);
      await printed(other, "armed");
      const answer = callServer(other.url, "POST", "/api/v2/prebuilds/reconcile", { token });
      await printed(other, "stopping");
      expect((await reconcile(server.deps(), { forced: true })).outcome).toBe("done");
      const between = await outcomeOf(server, work);
      other.process.kill("SIGCONT");
      expect((await answer).status).toBe(200);
      expect({ at, between, after: await outcomeOf(server, work) }).toEqual({
        at,
        between: right(3),
        after: right(3),
      });
    }
  },
);
