// The completion of a claim that recreated resources, cut at every batch, before and after it is done: the end of the
// build, the count and the messages are never parted.
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createCutter, type Cut } from "../support/adapters.ts";
import { addPrebuilds } from "../support/prebuilds.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { addProvisioner, addTemplate } from "../support/workspaces.ts";

test("A connection that is cut after any batch parts nothing, and the completion that is sent again mends it", async () => {
  const cutter = createCutter();
  const server = await startTestServer({ wrapClient: cutter.wrapClient });
  const { token, userId } = await signInFirst(server);
  await addUser(server, "tess", ["template-admin"]);
  const preset = { id: randomUUID(), name: "small", parameters: [], instances: 1 };
  const { templateId, versionId } = await addTemplate(server, userId, "docker", { presets: [preset] });
  const provisioner = await addProvisioner(server, userId, "one");
  const number = async (statement: string) => Number((await server.sql(statement))[0]!["n"]);
  const state = async (id: string, name: string) => ({
    ended: await number(
      `SELECT count(*) AS n FROM workspace_builds WHERE id = '${id}' AND status = 'succeeded'`,
    ),
    messages: await number(
      `SELECT count(*) AS n FROM notification_messages m JOIN notification_events e ON e.id = m.event_id
        WHERE e.created_by = 'prebuilds_reconciler' AND e.labels LIKE '%"workspace":"${name}"%'`,
    ),
    counted: await number(
      "SELECT coalesce(sum(value), 0) AS n FROM counters WHERE name LIKE '%resource_replacements_total'",
    ),
  });
  /** Completes a claim, cut there; answers what was left, and what is there once it was sent again. */
  const complete = async (place: Cut | undefined) => {
    await addPrebuilds(server, { templateId, versionId, presetId: preset.id }, 1);
    const name = randomUUID().slice(0, 8);
    const made = await server.call("POST", "/api/v2/users/me/workspaces", {
      token,
      json: { name, template_version_id: versionId, template_version_preset_id: preset.id },
    });
    const { id } = made.json.latest_build;
    await provisioner.acquire();
    const change = { actions: ["delete", "create"], replace_paths: [["x"]] };
    await provisioner.job("POST", id, "plan", {
      resource_changes: [{ address: "a_b.c", type: "a_b", change }],
    });
    await server.settled();
    const before = await state(id, name);
    cutter.cut(place);
    const { status } = await provisioner.job("POST", id, "complete", { resources: [] });
    await server.settled();
    const taken = cutter.mend();
    const left = await state(id, name);
    const again = await provisioner.job("POST", id, "complete", { resources: [] });
    await server.settled();
    return { status, taken, again: again.status, before: before.counted, left, after: await state(id, name) };
  };
  const whole = await complete(undefined);
  expect(whole).toMatchObject({ status: 200, again: 200, after: { ended: 1, messages: 1 } });
  for (let at = 1; at <= whole.taken; at += 1)
    for (const done of [false, true]) {
      const { again, before, left, after } = await complete({ at, done });
      expect(again).toBe(200);
      expect([left.messages, left.counted - before]).toEqual([left.ended, left.ended]);
      expect(after).toEqual({ ended: 1, messages: 1, counted: before + 1 });
    }
});
