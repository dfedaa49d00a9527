// Everybody who may call, and something of mia's for each route to be about. Nothing that they do stays.
import { randomUUID } from "node:crypto";
import { hashSourceSecret } from "../../src/sources/rules/source.ts";
import { miaInCoder, sourceSecret } from "./coder-messages.ts";
import { createForgetful } from "./forgetful.ts";
import { startTask } from "./task.ts";
import { addUser, type TestServer, type TestServerOptions } from "./server.ts";
import { archive } from "./whole-requests.ts";
import { addTemplate } from "./workspaces.ts";

export const callers = [
  "anonymous",
  "mia",
  "bob",
  "template-admin",
  "user-admin",
  "auditor",
  "owner",
  "read",
  "notify",
  "agent",
  "provisioner",
] as const;
/** mia is a member and whose everything is, bob another member; `read` and `notify` are tokens of mia's. */
export type Caller = (typeof callers)[number];

export interface Everybody {
  server: TestServer;
  headers: Record<Caller, Record<string, string>>;
  /** Ids, by what stands before them in a path. */
  ids: { [path: string]: string };
}

const testKind = "c425f63e-716a-4bf4-ae24-78348f706c3f";

/** `options`: of a server on which what they do stays. */
export async function startEverybody(options?: TestServerOptions): Promise<Everybody> {
  const forgetful = createForgetful();
  const task = await startTask({ server: options ?? { adapter: "plain", wrapClient: forgetful.wrap } });
  const { server, token: owner, member: mia, userId, provisioner } = task;
  const key = (token: string) => ({ "coder-session-token": token });
  const withRole = async (name: string, ...roles: string[]) =>
    key((await addUser(server, name, roles)).token);
  const call = <M extends string, P extends string>(token: string, method: M, path: P, json?: unknown) =>
    server.call(method, `/api/v2${path}`, { token, ...(json === undefined ? {} : { json }) });
  const tokenOf = async (scope: string) =>
    (await call(mia.token, "POST", "/users/me/keys/tokens", { token_name: scope, scope })).json.key;
  const [reading, notifying] = [server.secret(await tokenOf("read")), server.secret(await tokenOf("notify"))];

  const preset = { id: randomUUID(), name: "pool", parameters: [], instances: 1 };
  const pooled = await addTemplate(server, userId, "pooled", { presets: [preset] });
  const file = await server.call("POST", "/api/v2/files", {
    token: owner,
    ...archive,
  });
  await call(mia.token, "POST", "/notifications/custom", { content: { title: "Hello", message: "mia" } });
  const session = { state: "working", title: "Fix the bug" };
  await server.call("PUT", "/api/v2/agent-sessions/fix-bug", { token: task.agentToken, json: session });
  const [message] = (await call(mia.token, "GET", "/notifications/messages")).json.messages;
  const asked = await server.call("POST", "/api/v2/agent-sessions/fix-bug/questions", {
    token: task.agentToken,
    json: { text: "Now?", options: ["Yes", "No"] },
  });
  const workspace = (await call(mia.token, "GET", `/workspaces/${task.workspaceId}`)).json;
  await call(mia.token, "POST", "/users/me/workspaces", { name: "waiting", template_id: task.templateId });
  const acquireId = randomUUID();
  const job = (await provisioner.acquire({ acquireId })).json;
  await call(owner, "POST", "/organizations/default/provisionerkeys", { name: "spare" });
  const headers = {
    anonymous: {},
    mia: key(mia.token),
    bob: await withRole("bob"),
    "template-admin": await withRole("tess", "template-admin"),
    "user-admin": await withRole("uma", "user-admin"),
    auditor: await withRole("aud", "auditor"),
    owner: key(owner),
    read: key(reading),
    notify: key(notifying),
    agent: key(task.agentToken),
    provisioner: { ...provisioner.headers, "belfry-acquire-id": acquireId },
  };
  const muteId = randomUUID();
  await server.sql(`INSERT INTO notification_mutes (id, user_id, thing, thing_id, created_at)
    SELECT '${muteId}', id, 'template', '${pooled.templateId}', 1 FROM users WHERE username = 'mia'`);
  const chatId = randomUUID();
  await server.sql(`INSERT INTO notification_receivers (id, owner_id, name, format, host, sealed_target, min_severity,
      is_enabled, change_id, created_by, created_at)
    SELECT '${chatId}', id, 'spare', 'ntfy', 'spare.invalid', '', 'info', 0, '', id, 1 FROM users WHERE username = 'mia'`);
  await addSpareSource(server);
  await call(owner, "POST", "/notifications/receivers", {
    name: "spare",
    format: "coder",
    // Nobody listens there.
    address: "https://spare.invalid/x",
  });
  await call(owner, "POST", "/organizations/default/groups", { name: "spare", add_users: ["bob"] });
  const rule = { name: "spare", filter: 'template = "none-*"', suppress: true };
  await call(owner, "POST", "/notifications/rules", rule);
  await call(mia.token, "POST", "/users/me/notifications/rules", rule);
  await server.settled();
  forgetful.forget();
  return {
    server,
    headers,
    ids: {
      "agent-sessions": "fix-bug",
      questions: asked.json.id,
      keys: mia.token.slice(0, 10),
      templates: pooled.templateId,
      templateversions: pooled.versionId,
      files: file.json.hash,
      "notifications/templates": testKind,
      messages: message!.id,
      events: message!.event_id,
      inbox: message!.id,
      mutes: muteId,
      chats: chatId,
      people: miaInCoder,
      newcomers: newcomerInCoder,
      workspaces: task.workspaceId,
      workspacebuilds: workspace.latest_build.id,
      workspaceagents: workspace.latest_build.resources[0]!.agents![0]!.id,
      presets: preset.id,
      provisionerjobs: job.job_id,
    },
  };
}

const newcomerInCoder = randomUUID();

/** Where `sourceSecret` posts to, with two whom Belfry doesn't know. */
async function addSpareSource(server: TestServer): Promise<void> {
  await server.sql(`INSERT INTO sources (id, name, kind, secret_hash, change_id, created_by, created_at)
    VALUES ('${randomUUID()}', 'spare', 'coder', '${hashSourceSecret(sourceSecret)}', '', '', 1)`);
  await server.sql(`INSERT INTO source_people (source_id, foreign_id, username, email, email_canonical, name,
      first_seen_at, last_seen_at)
    SELECT id, '${miaInCoder}', 'quin', 'quin@example.com', 'quin@example.com', '', 1, 1 FROM sources
    UNION ALL SELECT id, '${newcomerInCoder}', 'rae', 'rae@example.com', 'rae@example.com', '', 1, 1 FROM sources`);
}
