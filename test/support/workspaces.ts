// What tests of workspaces begin with: a template with a version in the database, a provisioner's key, and a provisioner.
import { createHash, randomUUID } from "node:crypto";
import { insertRows } from "../../db/rows.ts";
import {
  presetParameters,
  presets,
  provisionerKeys,
  templateParameters,
  templates,
  templateVersions,
} from "../../db/schema.ts";
import { keyIdForSecret, keyPurposes } from "../../src/accounts/rules/api-key.ts";
import { randomText } from "../../src/kernel/crypto.ts";
import { createAgentToken } from "../../src/workspaces/agents/rules/agent-token.ts";
import type { AnswerTo } from "./call.ts";
import type { TestServer } from "./server.ts";

export interface VersionOptions {
  name?: string;
  message?: string;
  hasAiTask?: boolean;
  parameters?: { name: string; required?: boolean; defaultValue?: string; sensitive?: boolean }[];
  presets?: {
    id: string;
    name: string;
    parameters: { name: string; value: string }[];
    /** It keeps a pool of so many. */
    instances?: number | undefined;
    ttlSeconds?: number;
  }[];
}

export const organizationOf = async (server: TestServer) =>
  (await server.sql("SELECT id FROM organizations"))[0]!["id"] as string;

export async function addTemplate(
  server: TestServer,
  userId: string,
  name = "docker",
  options: VersionOptions = {},
): Promise<{ templateId: string; versionId: string }> {
  const [templateId, versionId] = [randomUUID(), randomUUID()];
  const at = server.clock.now();
  const template = {
    id: templateId,
    organizationId: await organizationOf(server),
    name,
    displayName: name,
    description: "",
    deprecationMessage: "",
    activeVersionId: versionId,
    createdBy: userId,
    createdAt: at,
    updatedAt: at,
  };
  await server.db.write(insertRows(templates, [template]), {});
  await addVersion(server, userId, templateId, options, versionId);
  return { templateId, versionId };
}

export async function addVersion(
  server: TestServer,
  userId: string,
  templateId: string,
  options: VersionOptions = {},
  versionId: string = randomUUID(),
): Promise<string> {
  const at = server.clock.now();
  const version = {
    id: versionId,
    organizationId: await organizationOf(server),
    templateId,
    name: options.name ?? `v-${versionId}`,
    message: options.message ?? "",
    hasAiTask: options.hasAiTask ?? false,
    createdBy: userId,
    createdAt: at,
    updatedAt: at,
  };
  const parameters = (options.parameters ?? []).map((one, position) => ({
    versionId,
    position,
    name: one.name,
    required: one.required ?? false,
    defaultValue: one.defaultValue ?? null,
    description: "",
    sensitive: one.sensitive ?? false,
  }));
  const chosen = options.presets ?? [];
  await server.db.write(
    [
      ...insertRows(templateVersions, [version]),
      ...insertRows(templateParameters, parameters),
      ...insertRows(
        presets,
        chosen.map(({ id, name, instances = null, ttlSeconds = null }) => ({
          id,
          versionId,
          name,
          isDefault: false,
          desiredInstances: instances,
          ttlSeconds,
          createdAt: at,
        })),
      ),
      ...insertRows(
        presetParameters,
        chosen.flatMap(({ id, parameters }) => parameters.map((one) => ({ presetId: id, ...one }))),
      ),
    ],
    {},
  );
  return versionId;
}

/** As the user whose key this is. */
export async function activateVersion(
  server: TestServer,
  token: string,
  templateId: string,
  versionId: string,
): Promise<void> {
  const path = `/api/v2/templates/${templateId}/versions`;
  const answer = await server.call("PATCH", path, { token, json: { id: versionId } });
  if (answer.status !== 200) throw new Error(`activate: ${answer.status} ${answer.text}`);
}

/** A workspace's, oldest first. */
export async function buildsOf(server: TestServer, token: string, workspaceId: string) {
  const { json } = await server.call("GET", `/api/v2/workspaces/${workspaceId}/builds`, { token });
  return json.toReversed();
}

export interface Provisioner {
  /** Takes a job; the id of the acquisition is made up when it is left out. */
  acquire: (options?: {
    acquireId?: string;
    wait?: number;
  }) => Promise<AnswerTo<"POST", "/api/v2/provisionerdaemons/jobs/acquire">>;
  /** A call of one of the job's routes, as the acquisition that took it. */
  job: <Method extends string, Action extends string>(
    method: Method,
    jobId: string,
    action: Action,
    json?: unknown,
    acquireId?: string,
  ) => Promise<AnswerTo<Method, `/api/v2/provisionerjobs/${string}/${Action}`>>;
  headers: Record<string, string>;
}

export async function addProvisioner(server: TestServer, userId: string, name: string): Promise<Provisioner> {
  const secret = server.secret(randomText(22));
  const id = keyIdForSecret(server.deps().keysFor(keyPurposes.provisioner)[0], secret);
  const key = {
    id,
    organizationId: await organizationOf(server),
    name,
    secretHash: createHash("sha256").update(secret).digest("hex"),
    createdBy: userId,
    createdAt: server.clock.now(),
  };
  await server.db.write(insertRows(provisionerKeys, [key]), {});
  const headers = { "coder-provisioner-daemon-key": `${id}-${secret}` };
  return {
    headers,
    acquire: ({ acquireId = randomUUID(), wait = 0 } = {}) =>
      server.call("POST", `/api/v2/provisionerdaemons/jobs/acquire?wait=${wait}`, {
        headers,
        json: { name, acquire_id: acquireId },
      }),
    job: (method, jobId, action, json, acquireId) =>
      server.call(method, `/api/v2/provisionerjobs/${jobId}/${action}`, {
        headers: { ...headers, ...(acquireId === undefined ? {} : { "belfry-acquire-id": acquireId }) },
        ...(json === undefined ? {} : { json }),
      }),
  };
}

/** What a simple template has: one agent with one app. */
export const outcome = {
  resources: [
    {
      type: "docker_container",
      name: "dev",
      agents: [{ name: "main", apps: [{ slug: "web", url: "http://w" }] }],
    },
  ],
};

/** What the agents of a workspace's latest build sign in with, as the provisioner receives it. */
export async function agentTokenOf(server: TestServer, workspaceId: string): Promise<string> {
  const [row] = await server.sql(`SELECT agent_generation FROM workspace_builds
    WHERE id = (SELECT latest_build_id FROM workspaces WHERE id = '${workspaceId}')`);
  const key = server.deps().keysFor("agent-token")[0];
  return server.secret(createAgentToken(key, workspaceId, row!["agent_generation"] as string));
}
