// A pool whose builds fail in a way that a retry can't fix: it stops at once, one notice says why, and it is filled again
// by a new version, a resume, other values of its preset, or a success.
import { describe, expect, test } from "vitest";
import { cookieFor, get } from "../support/pages.ts";
import { startPools, type PresetOptions } from "../support/pools.ts";
import { startReceiver } from "../support/receiver.ts";
import { countPrebuilds } from "../support/prebuilds.ts";

const kind = "Prebuild Validation Failed";
const error = 'terraform plan failed: Invalid value for variable "cpu": Too big.\nmore';

async function start(preset: PresetOptions = {}, environment: Record<string, string> = {}) {
  const pools = await startPools(preset, {
    environment: {
      BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_INTERVAL: "0s",
      ...environment,
    },
  });
  const { server } = pools;
  const pending = async () => (await pools.states()).filter((state) => state === "start/pending").length;
  /** Later ticks, each with a pass. */
  const ticks = async () => {
    for (let turn = 0; turn < 4; turn += 1) {
      server.clock.advance(60_000);
      await server.runTick();
      await server.settled();
    }
  };
  const count = () => countPrebuilds(server, pools.token);
  const failOne = async (code?: string) => {
    expect(await pools.fail(error, 1, code)).toBe(1);
    await server.settled();
  };
  return { ...pools, pending, ticks, count, failOne };
}

describe("a template that refuses its preset's value", () => {
  test("stops its pool after one build, with one notice for each channel; a new version fills it again", async () => {
    const receiver = await startReceiver();
    const pools = await start(
      { instances: 0 },
      { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url, BELFRY_NOTIFICATIONS_METHOD: "webhook" },
    );
    const { server, api, templateId, ticks, count, failOne } = pools;
    const activate = async (name: string, cpu: string) => {
      const version = await api("POST", "/organizations/default/templateversions", {
        name,
        template_id: templateId,
        parameters: [{ name: "cpu", required: true }],
        presets: [{ name: "small", parameters: [{ name: "cpu", value: cpu }], prebuilds: { instances: 1 } }],
      });
      expect(version.status).toBe(201);
      await api("PATCH", `/templates/${templateId}/versions`, { id: version.json.id });
      await server.settled();
    };
    await activate("v2", "16");
    await failOne("INVALID_VALUE");
    await ticks();
    expect(await count()).toBe(1);
    expect(await pools.pool()).toMatchObject({
      status: "validation_failed",
      failures: 1,
      last_failures: [{ error: error.split("\n")[0], error_code: "INVALID_VALUE" }],
    });
    expect((await pools.plan()).actions).toMatchObject([
      {
        action: "suppress",
        count: 1,
        reason: expect.stringContaining("a retry would fail too: terraform plan"),
      },
    ]);

    const [{ name }] = (await pools.members()) as [{ name: string }];
    const link = `/@prebuilds/${name}/builds/1`;
    expect(await pools.notices(kind)).toMatchObject([
      {
        labels: { template: "docker", template_version: "v2", preset: "small" },
        data: {
          missing: [],
          invalid: [],
          failure: { workspace: name, build_number: 1, error: error.split("\n")[0] },
          resume: "belfry prebuilds resume docker/small",
        },
      },
    ]);
    const inbox = (await api("GET", "/notifications/inbox")).json.notifications;
    const item = inbox.find(({ content }) => content.includes(link));
    expect(item!.content).toMatch(/^- Build of \[prebuild-\w+\]\(.*\): terraform plan failed\\: /m);
    expect(item!.content).toContain("belfry prebuilds resume docker/small");
    expect((await get(server, link, cookieFor(pools.token))).status).toBe(200);
    const kinds = receiver.arrivals.map(({ json }) => json.payload.notification_name);
    expect(kinds).toEqual([kind]);
    expect(receiver.arrivals[0]!.json.payload.data).toMatchObject({ failure: { workspace: name } });

    await activate("v3", "8");
    expect(await pools.pending()).toBe(1);
    await pools.build();
    await ticks();
    expect(await pools.pool()).toMatchObject({ status: "normal", eligible: 1 });
    expect(receiver.arrivals).toHaveLength(1);
    expect(await pools.notices(kind)).toHaveLength(1);
  });

  test("notifies once, however many builds wait and reach the hard limit, and again after a resume", async () => {
    const pools = await start({ instances: 3 });
    const { server, api, presetId, ticks, count, failOne, pass } = pools;
    await pass();
    for (let turn = 0; turn < 3; turn += 1) await failOne("REQUIRED_TEMPLATE_VARIABLES");
    await ticks();
    expect(await count()).toBe(3);
    expect(await pools.status(presetId)).toBe("validation_failed");
    // Somebody clears up: that alone changes nothing.
    const [failed] = await pools.members();
    await api("POST", `/workspaces/${failed!["id"]}/builds`, { transition: "delete" });
    await ticks();
    expect(await count()).toBe(3);
    expect([(await pools.notices(kind)).length, (await pools.notices()).length]).toEqual([1, 0]);

    expect((await api("POST", `/prebuilds/presets/${presetId}/resume`)).status).toBe(200);
    await server.settled();
    expect([await pools.status(presetId), await pools.pending()]).toEqual(["normal", 3]);
    // The deletion comes first in the queue.
    const { json } = await pools.provisioner.acquire();
    await pools.provisioner.job("POST", json.job_id, "complete", { resources: [] });
    server.clock.advance(15 * 60_000);
    await failOne("REQUIRED_TEMPLATE_VARIABLES");
    await ticks();
    expect([(await pools.notices(kind)).length, (await pools.notices()).length]).toEqual([2, 0]);
    // Of six, one has been deleted.
    expect(await count()).toBe(5);
  });

  test("has its pool filled again when the preset has another value, or a build succeeds after all", async () => {
    const pools = await start({ instances: 2, parameters: [{ name: "cpu", value: "16" }] });
    const { server, api, presetId, versionId, ticks, count, failOne, pass } = pools;
    await server.sql(`INSERT INTO template_parameters (version_id, position, name, required, default_value, description,
      sensitive) VALUES ('${versionId}', 0, 'cpu', 1, NULL, '', 0) ON CONFLICT DO NOTHING`);
    await pass();
    await failOne("INVALID_VALUE");
    await failOne("INVALID_VALUE");
    await ticks();
    expect([await pools.status(presetId), await count()]).toEqual(["validation_failed", 2]);
    await server.sql(`UPDATE preset_parameters SET value = '8' WHERE preset_id = '${presetId}'`);
    await pass();
    expect([await pools.status(presetId), await pools.pending()]).toEqual(["normal", 2]);

    // Of the two that were made together one fails; the other one succeeds and is claimed.
    server.clock.advance(15 * 60_000);
    await failOne("INVALID_VALUE");
    expect(await pools.status(presetId)).toBe("validation_failed");
    await pools.build();
    await server.settled();
    expect(await pools.status(presetId)).toBe("normal");
    const claimed = await api("POST", "/users/me/workspaces", {
      name: "mine",
      template_version_preset_id: presetId,
      template_id: pools.templateId,
    });
    expect(claimed.json.latest_build.reason).toBe("prebuild_claim");
    await ticks();
    expect(await pools.status(presetId)).toBe("normal");
    expect([(await pools.notices(kind)).length, (await pools.notices()).length]).toEqual([2, 0]);
  });

  test("is one failure among others to the hard limit, which notifies when it comes first", async () => {
    const pools = await start({ instances: 1 }, { BELFRY_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT: "2" });
    const { api, presetId, ticks, failOne, pass } = pools;
    await pass();
    await failOne();
    await pass();
    await failOne();
    await ticks();
    expect(await pools.status(presetId)).toBe("hard_limited");
    for (const { id } of await pools.members())
      await api("POST", `/workspaces/${id}/builds`, { transition: "delete" });
    await pools.build();
    await ticks();
    // The failures are deleted, and it continues in the same episode: already notified.
    expect([await pools.status(presetId), await pools.pending()]).toEqual(["hard_limited", 1]);
    await failOne("INVALID_VALUE");
    await ticks();
    expect([await pools.status(presetId), await pools.pending()]).toEqual(["hard_limited", 0]);
    expect([(await pools.notices(kind)).length, (await pools.notices()).length]).toEqual([0, 1]);
  });
});
