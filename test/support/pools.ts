// A server with a template whose preset keeps a pool, a provisioner that does or fails what waits, and the pool's state.
import { randomUUID } from "node:crypto";
import { prebuildsUser } from "../../db/schema.ts";
import { signInFirst, startTestServer, type TestServer, type TestServerOptions } from "./server.ts";
import { addProvisioner, addTemplate, addVersion, outcome, type VersionOptions } from "./workspaces.ts";
import { activateElsewhere } from "./stored.ts";

export type PresetOptions = Partial<NonNullable<VersionOptions["presets"]>[number]>;

/** Passes follow one another when the test says so. */
export async function startPools(preset: PresetOptions = {}, options: TestServerOptions = {}) {
  const server = await startTestServer(options);
  const { token, userId } = await signInFirst(server);
  const presetId = preset.id ?? randomUUID();
  const presets = [{ name: "small", parameters: [], instances: 1, ...preset, id: presetId }];
  const { templateId, versionId } = await addTemplate(server, userId, "docker", { presets });
  const provisioner = await addProvisioner(server, userId, "one");
  const api = <M extends string, P extends string>(method: M, path: P, json?: unknown) =>
    server.call(method, `/api/v2${path}`, { token, ...(json === undefined ? {} : { json }) });

  return {
    server,
    token,
    userId,
    presetId,
    templateId,
    versionId,
    provisioner,
    api,
    ...acts(server, provisioner),
    /** A pass, after what nudges began is done. */
    pass: async () => {
      await server.settled();
      const { json } = await api("POST", "/prebuilds/reconcile");
      return json;
    },
    plan: async () => (await api("POST", "/prebuilds/reconcile?dry_run=true")).json,
    pool: async (name = "small") => {
      const { json } = await api("GET", "/prebuilds/presets");
      return json.find((pool) => pool.name === name && pool.active);
    },
    /** Another version, active at once. */
    push: async (more: PresetOptions = {}) => {
      const id = more.id ?? randomUUID();
      const next = await addVersion(server, userId, templateId, {
        presets: [{ name: "small", parameters: [], instances: 1, ...more, id }],
      });
      await activateElsewhere(server, templateId, next);
      return { versionId: next, presetId: id };
    },
  };
}

export type Pools = Awaited<ReturnType<typeof startPools>>;

function acts(server: TestServer, provisioner: Awaited<ReturnType<typeof addProvisioner>>) {
  /** Ends all that waits, with an agent in each that is ready unless `state` says otherwise. */
  const build = async (state = "ready") => {
    for (let count = 0; ; count += 1) {
      const { status, json } = await provisioner.acquire();
      if (status === 204) return count;
      await provisioner.job("POST", json.job_id, "complete", outcome);
      if (json.transition !== "start") continue;
      const path = "/api/v2/workspaceagents/me/report-lifecycle";
      const reported = await server.call("POST", path, { token: json.agent_token, json: { state } });
      if (reported.status !== 204) throw new Error(`agent: ${reported.status} ${reported.text}`);
    }
  };
  /** Fails what waits, `most` at a time; each at a moment of its own. */
  const fail = async (error = "Error: no space left on device\nmore", most = Infinity, code?: string) => {
    for (let count = 0; ; count += 1) {
      if (count === most) return count;
      const { status, json } = await provisioner.acquire();
      if (status === 204) return count;
      server.clock.advance(1);
      await provisioner.job("POST", json.job_id, "fail", {
        error,
        ...(code === undefined ? {} : { error_code: code }),
      });
    }
  };
  /** The workspaces of the pool that have not been deleted, with their latest build in short: `start/succeeded`. */
  const members = () =>
    server.sql(`SELECT w.id, w.name, b.id AS build, b.transition || '/' || b.status AS state, b.number
      FROM workspaces w JOIN workspace_builds b ON b.id = w.latest_build_id
      WHERE w.owner_id = '${prebuildsUser.id}' AND w.deleted_at IS NULL ORDER BY w.seq`);
  const states = async () => (await members()).map(({ state }) => state);
  const notices = async (name = "Prebuild Failure Limit Reached") =>
    (
      await server.sql(`SELECT m.user_id, m.method, e.data, e.labels FROM notification_messages m
        JOIN notification_events e ON e.id = m.event_id JOIN notification_templates t ON t.id = e.template_id
        WHERE t.name = '${name}' AND m.method = 'inbox' AND m.status = 'sent' ORDER BY m.seq`)
    ).map((row) => ({
      ...row,
      data: JSON.parse(String(row["data"])),
      labels: JSON.parse(String(row["labels"])),
    }));
  const status = async (presetId: string) =>
    (await server.sql(`SELECT prebuild_status AS s FROM presets WHERE id = '${presetId}'`))[0]!["s"];
  return { build, fail, members, states, notices, status };
}
