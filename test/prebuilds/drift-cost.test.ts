// What plans, completions and the memory of drift cost on a real libSQL server: round trips, and rows that it reads.
import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { createMeter } from "../support/meter.ts";
import { addPrebuilds } from "../support/prebuilds.ts";
import { signInFirst, startTestServer } from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { addProvisioner, addTemplate } from "../support/workspaces.ts";

test.skipIf(noServer)(
  "A plan that replaces nothing is one round trip, a completion two, the memory one",
  async () => {
    const libsql = await startLibsqlServer();
    onTestFinished(() => libsql.stop());
    const meter = createMeter();
    const server = await startTestServer({
      adapter: "plain",
      environment: { BELFRY_DATABASE_URL: libsql.url },
      onTrip: meter.onTrip,
      onAnswer: meter.onAnswer,
    });
    const { token, userId } = await signInFirst(server);
    const presetId = randomUUID();
    const presets = [{ id: presetId, name: "small", parameters: [], instances: 0 }];
    const { templateId, versionId } = await addTemplate(server, userId, "docker", { presets });
    const provisioner = await addProvisioner(server, userId, "one");
    async function cost(request: () => Promise<{ status: number }>) {
      await server.settled();
      meter.reset();
      expect((await request()).status).toBe(200);
      return { trips: meter.trips, rowsRead: meter.rowsRead };
    }
    const claim = async () => {
      await addPrebuilds(server, { templateId, versionId, presetId }, 1);
      const made = await server.call("POST", "/api/v2/users/me/workspaces", {
        token,
        json: {
          name: `w${randomUUID().slice(0, 8)}`,
          template_id: templateId,
          template_version_preset_id: presetId,
        },
      });
      await provisioner.acquire();
      return made.json.latest_build.id;
    };
    const plan = (count: number) => ({
      format_version: "1.2",
      resource_changes: Array.from({ length: count }, (_, at) => ({
        address: `a_b.c[${at}]`,
        type: "a_b",
        change: { actions: ["delete", "create"], replace_paths: [["x"]] },
      })),
    });
    const table = async (id: string, document: unknown) => ({
      plan: await cost(() => provisioner.job("POST", id, "plan", document)),
      completion: await cost(() => provisioner.job("POST", id, "complete", { resources: [] })),
      memory: await cost(() => server.call("GET", `/api/v2/templates/${templateId}/drift`, { token })),
    });
    const quiet = await table(await claim(), plan(0));
    // The first one opens the situation; the others are occurrences.
    await table(await claim(), plan(3));
    const affected = await table(await claim(), plan(3));
    for (let time = 0; time < 20; time += 1) {
      const id = await claim();
      await provisioner.job("POST", id, "plan", plan(3));
      await provisioner.job("POST", id, "complete", { resources: [] });
    }
    const later = await table(await claim(), plan(3));
    console.table({
      ...quiet,
      "plan, 3 replaced": affected.plan,
      "completion, 3 replaced": affected.completion,
      "memory of 24 claims": later.memory,
    });
    const trips = ({ plan, completion, memory }: typeof quiet) =>
      [plan, completion, memory].map((one) => one.trips);
    expect([quiet, affected, later].map(trips)).toEqual([
      [1, 2, 1],
      [2, 2, 1],
      [2, 2, 1],
    ]);
    expect(later.plan.rowsRead).toBeLessThanOrEqual(affected.plan.rowsRead + 5);
    expect(later.completion.rowsRead).toBeLessThanOrEqual(affected.completion.rowsRead + 5);
    // Each claim is looked at, nothing else of the template's past.
    expect(later.memory.rowsRead).toBeLessThan(24 * 40);
  },
);
