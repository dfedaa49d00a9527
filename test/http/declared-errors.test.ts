// Every route declares its errors; each of them is seen here. A route with an error that nobody knows how to make fails.
import { questionBodies, questionErrors } from "../support/question-errors.ts";
import { receiverBodies, receiverErrors } from "../support/receiver-errors.ts";
import { groupBodies, groupErrors } from "../support/group-errors.ts";
import { ruleBodies, ruleErrors } from "../support/rule-errors.ts";
import { sourceBodies, sourceErrors } from "../support/source-errors.ts";
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createApi } from "../../src/api/index.ts";
import { routesOf } from "../../src/http/openapi.ts";
import { kinds } from "../../src/notifications/kinds/kinds.ts";
import {
  addUser,
  owner,
  signInFirst,
  startTestServer,
  type CallOptions,
  type TestServer,
} from "../support/server.ts";
import type { CallAnswer, Refused } from "../support/call.ts";
import { fillHashes } from "../support/hashes.ts";
import { askForCode, changeWith, newPassword, startWithMail } from "../support/passcodes.ts";
import { withUsedKey, workspaceBodies, workspaceErrors } from "../support/workspace-errors.ts";

const nobody = "00000000-0000-4000-8000-000000000000";
const template = "39b1e189-c857-4b0c-877a-511144c18516";
/** Of the form of an agent's token, which is all that is looked at before the body is. */
const agentLike = `agent_${"0".repeat(32)}_${"0".repeat(64)}`;
const foreign = { origin: "https://elsewhere.example", "sec-fetch-site": "cross-site" };

interface World {
  server: TestServer;
  empty: TestServer;
  token: string;
  member: { token: string; email: string; password: string };
  notify: string;
  /** The key of a provisioner. */
  provisioner: string;
}
type Make = (world: World) => Promise<CallAnswer<Refused | null>>;

/** A path with parameters filled in: `me`, and ids of nothing. */
const fill = (path: string) =>
  path
    .replace(":user", "me")
    .replace(":organization", "default")
    .replace(":source", "none")
    .replace(":receiver", "none")
    .replace(":group", "none")
    .replace(":rule", "none")
    .replace(":chat", "none")
    .replace(":name", "none")
    .replace(":key", "none")
    .replace(":id", nobody)
    .replace(":job", nobody)
    .replace(":number", "1");
const as =
  <M extends string, P extends string>(method: M, path: P, json?: unknown) =>
  (world: World) =>
    world.server.call(method, path, { token: world.token, ...(json === undefined ? {} : { json }) });
const asMember =
  <M extends string, P extends string>(method: M, path: P, json?: unknown) =>
  (world: World) =>
    world.server.call(method, path, { token: world.member.token, ...(json === undefined ? {} : { json }) });
const taken = { email: "other@example.com", username: "MEMBER", password: "correct-horse-battery-42" };

const tar = { "content-type": "application/x-tar" };
const versions = (organization = "default") =>
  `/api/v2/organizations/${organization}/templateversions` as const;

/** Makes a template with a version `v1`, once. */
const withTemplate =
  (make: (template: { id: string; active_version_id: string }) => Make): Make =>
  async (world) => {
    const path = "/api/v2/organizations/default/templates";
    const { json } = await as("POST", versions(), { name: "v1" })(world);
    await as("POST", path, { name: "docker", template_version_id: json.id })(world);
    return make((await as("GET", `${path}/docker`)(world)).json)(world);
  };

const versionReads = (...parts: string[]): Record<string, Make> =>
  Object.fromEntries(
    parts.flatMap((part) => [
      [`GET /api/v2/templateversions/:id${part} 400`, as("GET", `/api/v2/templateversions/1${part}`)],
      [`GET /api/v2/templateversions/:id${part} 404`, as("GET", `/api/v2/templateversions/${nobody}${part}`)],
    ]),
  );

const text = { title_template: "x", body_template: "x" };

/** What follows from nothing but the route itself is made in one way; these are the others. */
const special: Record<string, Make> = {
  ...workspaceErrors,
  ...sourceErrors,
  ...receiverErrors,
  ...groupErrors,
  ...ruleErrors,
  ...questionErrors,
  "GET /api/v2/users/first 404": ({ empty }) => empty.call("GET", "/api/v2/users/first"),
  "POST /api/v2/users/first 409": as("POST", "/api/v2/users/first", {
    ...owner,
    email: "second@example.com",
  }),
  "POST /api/v2/users/login 401": as("POST", "/api/v2/users/login", {
    email: owner.email,
    password: "wrong",
  }),
  // Only a code that is right gets as far as a password's hash.
  "POST /api/v2/users/otp/change-password 503": async () => {
    const { server, codes } = await startWithMail();
    await signInFirst(server);
    await askForCode(server);
    return busily(server, () => changeWith(server, codes()[0]!, newPassword));
  },
  "GET /api/v2/users 400": as("GET", "/api/v2/users?limit=many"),
  "GET /api/v2/users 403": asMember("GET", "/api/v2/users"),
  "POST /api/v2/users 409": as("POST", "/api/v2/users", taken),
  "GET /api/v2/users/:user 404": as("GET", "/api/v2/users/nobody"),
  "DELETE /api/v2/users/:user 404": as("DELETE", "/api/v2/users/nobody"),
  "DELETE /api/v2/users/:user 409": as("DELETE", "/api/v2/users/ada"),
  "PUT /api/v2/users/:user/profile 404": as("PUT", "/api/v2/users/nobody/profile", {
    username: "somebody",
    name: "",
  }),
  "PUT /api/v2/users/:user/profile 409": as("PUT", "/api/v2/users/me/profile", {
    username: "member",
    name: "",
  }),
  "PUT /api/v2/users/:user/password 429": async ({ server }) => {
    const guesser = await addUser(server, "guesser");
    const json = { old_password: "not-the-password-77", password: newPassword };
    const guess = () => server.call("PUT", "/api/v2/users/me/password", { token: guesser.token, json });
    for (let tries = 0; tries < 5; tries += 1) await guess();
    return guess();
  },
  "PUT /api/v2/users/:user/password 404": as("PUT", "/api/v2/users/nobody/password", {
    password: "another-good-one-17",
  }),
  "POST /api/v2/users/:user/password/reset 404": as("POST", "/api/v2/users/nobody/password/reset"),
  "POST /api/v2/users/:user/password/reset 409": as("POST", "/api/v2/users/member/password/reset"),
  "POST /api/v2/users/:user/password/reset 429": async () => {
    const { server } = await startWithMail();
    const { token } = await signInFirst(server);
    const send = () => server.call("POST", "/api/v2/users/me/password/reset", { token });
    await send();
    await server.sql("UPDATE rate_limits SET current = 60");
    return send();
  },
  "PUT /api/v2/users/:user/roles 404": as("PUT", "/api/v2/users/nobody/roles", { roles: [] }),
  "PUT /api/v2/users/:user/roles 409": as("PUT", "/api/v2/users/me/roles", { roles: [] }),
  "PUT /api/v2/users/:user/status/suspend 409": as("PUT", "/api/v2/users/me/status/suspend"),
  "PUT /api/v2/users/:user/status/suspend 400": async (world) => {
    await as("PUT", "/api/v2/users/member/roles", { roles: ["owner"] })(world);
    const answer = await as("PUT", "/api/v2/users/me/status/suspend")(world);
    await as("PUT", "/api/v2/users/member/roles", { roles: [] })(world);
    return answer;
  },
  "PUT /api/v2/users/:user/status/suspend 404": as("PUT", "/api/v2/users/nobody/status/suspend"),
  "PUT /api/v2/users/:user/status/activate 404": as("PUT", "/api/v2/users/nobody/status/activate"),
  "GET /api/v2/users/:user/sessions 400": as("GET", "/api/v2/users/me/sessions?limit=many"),
  "GET /api/v2/users/:user/sessions 404": as("GET", "/api/v2/users/nobody/sessions"),
  "DELETE /api/v2/users/:user/sessions 404": as("DELETE", "/api/v2/users/nobody/sessions"),
  "POST /api/v2/users/:user/keys 404": as("POST", "/api/v2/users/nobody/keys"),
  "POST /api/v2/users/:user/keys 409": async (world) => {
    await as("PUT", "/api/v2/users/member/status/suspend")(world);
    const answer = await as("POST", "/api/v2/users/member/keys")(world);
    await as("PUT", "/api/v2/users/member/status/activate")(world);
    return answer;
  },
  "GET /api/v2/users/:user/keys/tokens 400": as("GET", "/api/v2/users/me/keys/tokens?include_all=perhaps"),
  "POST /api/v2/users/:user/keys/tokens 404": as("POST", "/api/v2/users/nobody/keys/tokens", {
    token_name: "x",
  }),
  "POST /api/v2/users/:user/keys/tokens 409": as("POST", "/api/v2/users/me/keys/tokens", {
    token_name: "notify",
  }),
  "GET /api/v2/users/:user/keys/tokens 404": as("GET", "/api/v2/users/nobody/keys/tokens"),
  "GET /api/v2/users/:user/keys/tokens/tokenconfig 404": as(
    "GET",
    "/api/v2/users/nobody/keys/tokens/tokenconfig",
  ),
  "GET /api/v2/users/:user/keys/tokens/:name 404": as("GET", "/api/v2/users/me/keys/tokens/none"),
  "GET /api/v2/users/:user/keys/:id 404": as("GET", "/api/v2/users/me/keys/AAAAAAAAAA"),
  "DELETE /api/v2/users/:user/keys/:id 404": as("DELETE", "/api/v2/users/me/keys/AAAAAAAAAA"),
  "GET /api/v2/organizations/:organization 404": as("GET", "/api/v2/organizations/none"),
  "GET /api/v2/users/:user/organizations 404": as("GET", "/api/v2/users/nobody/organizations"),
  "GET /api/v2/users/:user/organizations/:organization 404": as("GET", "/api/v2/users/me/organizations/none"),
  "GET /api/v2/situations 400": as("GET", "/api/v2/situations?state=closed"),
  "GET /api/v2/users/:user/waiting 400": as("GET", "/api/v2/users/me/waiting?limit=many"),
  "GET /api/v2/users/:user/waiting 404": as("GET", "/api/v2/users/member/waiting"),
  "GET /api/v2/users/:user/roles 404": as("GET", "/api/v2/users/nobody/roles"),
  "GET /api/v2/audit 400": as("GET", "/api/v2/audit?limit=many"),
  // The preset that the notification is about is no longer there.
  "POST /api/v2/notifications/inbox/:id/mute 409": async (world) => {
    const id = randomUUID();
    await world.server.sql(`INSERT OR IGNORE INTO inbox_notifications
        (id, user_id, template_id, targets, title, content, icon, actions, created_at)
      SELECT '${id}', id, '${kinds["prebuild-failure-limit-reached"].id}', '[]', 'Prebuilds stopped', '', '', '[]', 1
        FROM users WHERE username = '${owner.username}'`);
    return as("POST", `/api/v2/notifications/inbox/${id}/mute`, {})(world);
  },
  "DELETE /api/v2/notifications/mutes/:id 400": as("DELETE", "/api/v2/notifications/mutes/1"),
  "GET /api/v2/agent-sessions 400": as("GET", "/api/v2/agent-sessions?state=idle"),
  "GET /api/v2/agent-sessions/:key 400": as("GET", `/api/v2/agent-sessions/${"x".repeat(201)}`),
  "GET /api/v2/agent-sessions/:key 404": as("GET", "/api/v2/agent-sessions/none"),
  "PUT /api/v2/agent-sessions/:key 403": async (world) => {
    const scoped = { token_name: "reads-sessions", scope: "read" };
    const { json } = await as("POST", "/api/v2/users/me/keys/tokens", scoped)(world);
    return world.server.call("PUT", "/api/v2/agent-sessions/any", {
      token: json.key,
      json: { state: "done", title: "x" },
    });
  },
  "PUT /api/v2/agent-sessions/:key 409": async (world) => {
    const session = { state: "working", title: "x" };
    await as("PUT", "/api/v2/agent-sessions/first", session)(world);
    await world.server.sql(`INSERT OR IGNORE INTO agent_sessions SELECT NULL, 'limit' || value, s.user_id,
      'limit' || value, s.state, s.title, s.message, s.url, s.parent, s.workspace_id, s.app_id, s.is_task, s.created_at,
      s.state_since, s.seen_at, s.ended_at, s.minute_at, s.minute_changes, s.change_id
      FROM agent_sessions s, json_each('[${Array.from({ length: 200 }, (_, at) => at).join()}]') WHERE s.key = 'first'`);
    return as("PUT", "/api/v2/agent-sessions/second", session)(world);
  },
  "PUT /api/v2/agent-sessions/:key 429": async (world) => {
    const session = { state: "done", title: "x" };
    await as("PUT", "/api/v2/agent-sessions/busy", session)(world);
    await world.server.sql("UPDATE agent_sessions SET minute_changes = 60 WHERE key = 'busy'");
    return as("PUT", "/api/v2/agent-sessions/busy", { ...session, state: "failed" })(world);
  },
  "POST /api/v2/notifications/custom 409": async (world) => {
    const send = as("POST", "/api/v2/notifications/custom", { content: { title: "twice", message: "x" } });
    await send(world);
    return send(world);
  },
  "POST /api/v2/notifications/custom 422": withUsedKey("/notifications/custom", {
    content: { title: "x", message: "x" },
  }),
  "POST /api/v2/notifications/test 422": withUsedKey("/notifications/test", {}),
  "POST /api/v2/notifications/test 409": async (world) => {
    const choose = (disabled: boolean) =>
      as("PUT", "/api/v2/users/me/notifications/preferences", {
        template_disabled_map: { "c425f63e-716a-4bf4-ae24-78348f706c3f": disabled },
      })(world);
    await choose(true);
    const answer = await as("POST", "/api/v2/notifications/test")(world);
    await choose(false);
    return answer;
  },
  "GET /api/v2/notifications/messages 400": as("GET", "/api/v2/notifications/messages?status=lost"),
  "GET /api/v2/notifications/events/:id/recipients/:user 400": as(
    "GET",
    "/api/v2/notifications/events/1/recipients/ada",
  ),
  "GET /api/v2/notifications/events/:id/recipients/:user 404": as(
    "GET",
    `/api/v2/notifications/events/${nobody}/recipients/ada`,
  ),
  "GET /api/v2/notifications/messages/:id 400": as("GET", "/api/v2/notifications/messages/1"),
  "GET /api/v2/notifications/messages/:id 404": as("GET", `/api/v2/notifications/messages/${nobody}`),
  "POST /api/v2/notifications/messages/:id/retry 400": as("POST", "/api/v2/notifications/messages/1/retry"),
  "POST /api/v2/notifications/messages/:id/retry 404": as(
    "POST",
    `/api/v2/notifications/messages/${nobody}/retry`,
  ),
  "POST /api/v2/notifications/messages/:id/retry 409": async (world) => {
    await as("POST", "/api/v2/notifications/custom", { content: { title: "sent", message: "x" } })(world);
    const { messages } = (await as("GET", "/api/v2/notifications/messages")(world)).json;
    return as("POST", `/api/v2/notifications/messages/${messages[0]!.id}/retry`)(world);
  },
  "POST /api/v2/notifications/messages/:id/withdraw 400": as(
    "POST",
    "/api/v2/notifications/messages/1/withdraw",
  ),
  "POST /api/v2/notifications/messages/:id/withdraw 404": as(
    "POST",
    `/api/v2/notifications/messages/${nobody}/withdraw`,
  ),
  "POST /api/v2/notifications/messages/:id/withdraw 409": async (world) => {
    await as("POST", "/api/v2/notifications/custom", { content: { title: "gone", message: "x" } })(world);
    const { messages } = (await as("GET", "/api/v2/notifications/messages")(world)).json;
    return as("POST", `/api/v2/notifications/messages/${messages[0]!.id}/withdraw`)(world);
  },
  "POST /api/v2/notifications/messages/retry 400": as("POST", "/api/v2/notifications/messages/retry", {
    template: "1",
  }),
  "POST /api/v2/notifications/messages/withdraw 400": as("POST", "/api/v2/notifications/messages/withdraw", {
    status: "sent",
  }),
  "GET /api/v2/notifications/templates/:id/versions 400": as(
    "GET",
    "/api/v2/notifications/templates/1/versions",
  ),
  "GET /api/v2/notifications/templates/:id/versions 404": as(
    "GET",
    `/api/v2/notifications/templates/${nobody}/versions`,
  ),
  "POST /api/v2/notifications/templates/:id/versions 404": as(
    "POST",
    `/api/v2/notifications/templates/${nobody}/versions`,
    text,
  ),
  "PUT /api/v2/notifications/templates/:id/version 404": as(
    "PUT",
    `/api/v2/notifications/templates/${template}/version`,
    { version: 99 },
  ),
  "POST /api/v2/notifications/templates/:id/preview 404": as(
    "POST",
    `/api/v2/notifications/templates/${nobody}/preview`,
    text,
  ),
  "PUT /api/v2/notifications/templates/:id/method 404": as(
    "PUT",
    `/api/v2/notifications/templates/${nobody}/method`,
    { method: "smtp" },
  ),
  "PUT /api/v2/notifications/templates/:id/choices 404": as(
    "PUT",
    `/api/v2/notifications/templates/${nobody}/choices`,
    { disabled: true },
  ),
  "DELETE /api/v2/notifications/templates/:id/method 400": as(
    "DELETE",
    "/api/v2/notifications/templates/1/method",
  ),
  "DELETE /api/v2/notifications/templates/:id/method 404": as(
    "DELETE",
    `/api/v2/notifications/templates/${nobody}/method`,
  ),
  "GET /api/v2/notifications/inbox 400": as("GET", "/api/v2/notifications/inbox?targets=x"),
  "GET /api/v2/notifications/inbox/watch 400": as("GET", "/api/v2/notifications/inbox/watch?targets=x"),
  "GET /api/v2/notifications/inbox/watch 426": as("GET", "/api/v2/notifications/inbox/watch"),
  "GET /api/v2/notifications/inbox/events 400": as("GET", "/api/v2/notifications/inbox/events?targets=x"),
  "PUT /api/v2/notifications/inbox/:id/read-status 404": as(
    "PUT",
    `/api/v2/notifications/inbox/${nobody}/read-status`,
    { is_read: true },
  ),
  "PUT /api/v2/notifications/inbox/:id/done-status 404": as(
    "PUT",
    `/api/v2/notifications/inbox/${nobody}/done-status`,
    { is_done: true },
  ),
  "GET /api/v2/users/:user/notifications/own-actions 404": as(
    "GET",
    "/api/v2/users/nobody/notifications/own-actions",
  ),
  "PUT /api/v2/users/:user/notifications/own-actions 404": as(
    "PUT",
    "/api/v2/users/nobody/notifications/own-actions",
    { notify: true },
  ),
  "DELETE /api/v2/users/:user/notifications/channels 400": as(
    "DELETE",
    `/api/v2/users/me/notifications/channels?template_id=${nobody}`,
  ),
  "DELETE /api/v2/users/:user/notifications/channels 404": as(
    "DELETE",
    "/api/v2/users/nobody/notifications/channels",
  ),
  "POST /api/v2/users/:user/notifications/only-needs-me 404": as(
    "POST",
    "/api/v2/users/nobody/notifications/only-needs-me",
  ),
  "DELETE /api/v2/users/:user/notifications/only-needs-me 404": as(
    "DELETE",
    "/api/v2/users/nobody/notifications/only-needs-me",
  ),
  "DELETE /api/v2/users/:user/notifications/only-needs-me 409": as(
    "DELETE",
    "/api/v2/users/me/notifications/only-needs-me",
  ),
  "POST /api/v2/notifications/chats 409": async (world) => {
    await addChat(world, "taken");
    return addChat(world, "taken");
  },
  "POST /api/v2/notifications/chats/:chat/code 404": as("POST", "/api/v2/notifications/chats/nobody/code"),
  "POST /api/v2/notifications/chats/:chat/code 409": async (world) => {
    await addChat(world, "early");
    return as("POST", "/api/v2/notifications/chats/early/code")(world);
  },
  "POST /api/v2/notifications/chats/:chat/confirm 404": as(
    "POST",
    "/api/v2/notifications/chats/nobody/confirm",
    { code: "000000" },
  ),
  "DELETE /api/v2/notifications/chats/:chat 404": as("DELETE", "/api/v2/notifications/chats/nobody"),
  "GET /api/v2/users/:user/notifications/digest 404": as("GET", "/api/v2/users/nobody/notifications/digest"),
  "GET /api/v2/users/:user/notifications/digest/preview 404": as(
    "GET",
    "/api/v2/users/nobody/notifications/digest/preview",
  ),
  "PUT /api/v2/users/:user/notifications/digest 404": as("PUT", "/api/v2/users/nobody/notifications/digest", {
    every: "off",
  }),
  "GET /api/v2/users/:user/notifications/quiet-hours 404": as(
    "GET",
    "/api/v2/users/nobody/notifications/quiet-hours",
  ),
  "PUT /api/v2/users/:user/notifications/quiet-hours 404": as(
    "PUT",
    "/api/v2/users/nobody/notifications/quiet-hours",
    { ranges: [] },
  ),
  "POST /api/v2/notifications/inbox/:id/mute 404": as(
    "POST",
    `/api/v2/notifications/inbox/${nobody}/mute`,
    {},
  ),
  "DELETE /api/v2/notifications/mutes/:id 404": as("DELETE", `/api/v2/notifications/mutes/${nobody}`),
  "PUT /api/v2/notifications/inbox/:id/snooze-status 404": as(
    "PUT",
    `/api/v2/notifications/inbox/${nobody}/snooze-status`,
    { snoozed_until: null },
  ),
  "GET /api/v2/users/:user/notifications/preferences 404": as(
    "GET",
    "/api/v2/users/nobody/notifications/preferences",
  ),
  "PUT /api/v2/users/:user/notifications/preferences 404": as(
    "PUT",
    "/api/v2/users/nobody/notifications/preferences",
    {
      template_disabled_map: { [template]: true },
    },
  ),
  "GET /api/v2/users/:user/notifications/channels 404": as(
    "GET",
    "/api/v2/users/nobody/notifications/channels",
  ),
  "PUT /api/v2/users/:user/notifications/channels 404": as(
    "PUT",
    "/api/v2/users/nobody/notifications/channels",
    {
      template_id: template,
      method: "inbox",
      enabled: true,
    },
  ),
  "POST /api/v2/organizations/:organization/templateversions 404": as("POST", versions("none"), {}),
  "POST /api/v2/organizations/:organization/templateversions 409": withTemplate((template) =>
    as("POST", versions(), { template_id: template.id, name: "v1" }),
  ),
  "GET /api/v2/organizations/:organization/templates 404": as("GET", "/api/v2/organizations/none/templates"),
  "GET /api/v2/organizations/:organization/templates/:name 404": as(
    "GET",
    "/api/v2/organizations/default/templates/none",
  ),
  "POST /api/v2/organizations/:organization/templates 404": as(
    "POST",
    "/api/v2/organizations/default/templates",
    { name: "lost", template_version_id: nobody },
  ),
  "POST /api/v2/organizations/:organization/templates 409": withTemplate((template) =>
    as("POST", "/api/v2/organizations/default/templates", {
      name: "another",
      template_version_id: template.active_version_id,
    }),
  ),
  "GET /api/v2/templates 400": as("GET", "/api/v2/templates?q=colour:red"),
  "GET /api/v2/templates/:id 400": as("GET", "/api/v2/templates/1"),
  "GET /api/v2/templates/:id 404": as("GET", `/api/v2/templates/${nobody}`),
  "PATCH /api/v2/templates/:id 404": as("PATCH", `/api/v2/templates/${nobody}`, {}),
  "DELETE /api/v2/templates/:id 400": as("DELETE", "/api/v2/templates/1"),
  "DELETE /api/v2/templates/:id 404": as("DELETE", `/api/v2/templates/${nobody}`),
  "GET /api/v2/templates/:id/versions 400": as("GET", "/api/v2/templates/1/versions"),
  "GET /api/v2/templates/:id/versions 404": as("GET", `/api/v2/templates/${nobody}/versions`),
  "GET /api/v2/templates/:id/drift 400": as("GET", "/api/v2/templates/1/drift"),
  "GET /api/v2/templates/:id/drift 404": as("GET", `/api/v2/templates/${nobody}/drift`),
  "PATCH /api/v2/templates/:id/versions 404": as("PATCH", `/api/v2/templates/${nobody}/versions`, {
    id: nobody,
  }),
  ...versionReads("", "/presets", "/rich-parameters", "/external-auth", "/logs", "/resources", "/variables"),
  "POST /api/v2/files 400": ({ server, token }) =>
    server.call("POST", "/api/v2/files", { token, body: "x", headers: tar }),
  "POST /api/v2/files 413": ({ server, token }) =>
    server.call("POST", "/api/v2/files", { token, body: new Uint8Array(10_485_761), headers: tar }),
  "GET /api/v2/files/:id 400": as("GET", "/api/v2/files/1"),
  "GET /api/v2/files/:id 404": as("GET", `/api/v2/files/${nobody}`),
  "POST /api/v2/organizations/:organization/provisionerkeys 404": as(
    "POST",
    "/api/v2/organizations/none/provisionerkeys",
    { name: "lost" },
  ),
  "POST /api/v2/organizations/:organization/provisionerkeys 409": as(
    "POST",
    "/api/v2/organizations/default/provisionerkeys",
    { name: "RACK" },
  ),
  "GET /api/v2/organizations/:organization/provisionerkeys 404": as(
    "GET",
    "/api/v2/organizations/none/provisionerkeys",
  ),
  "DELETE /api/v2/organizations/:organization/provisionerkeys/:name 404": as(
    "DELETE",
    "/api/v2/organizations/default/provisionerkeys/none",
  ),
  "GET /readyz 503": ({ empty }) => empty.call("GET", "/readyz"),
  // As a proxy passes it on.
  "GET /metrics 401": ({ server }) =>
    server.call("GET", "/metrics", { headers: { "x-forwarded-for": "192.0.2.1" } }),
  "GET /metrics 404": ({ empty }) =>
    empty.call("GET", "/metrics", { headers: { "x-forwarded-for": "192.0.2.1" } }),
};

function general(method: string, path: string, status: number, access: string): Make | undefined {
  const to = fill(path);
  if (status === 401) return ({ server }) => server.call(method, to);
  if (status === 403 && access === "anyone")
    return ({ server }) => server.call(method, to, { json: {}, headers: foreign });
  if (status === 403) {
    const isForOne = path === "/api/v2/notifications/custom";
    const json = { content: { title: "x", message: "x" }, recipients: { roles: ["owner"] } };
    // A token that only sends to its own user: enough for a well-formed request to be turned away.
    return ({ server, notify }) =>
      server.call(method, to, { token: notify, ...(isForOne ? { json } : bodyFor(method, path)) });
  }
  // Whoever may call it at all: a provisioner, an agent, or the owner.
  const caller = ({ token, provisioner }: World): Pick<CallOptions, "token" | "headers"> => {
    if (access === "agent") return { token: agentLike };
    return access === "provisioner"
      ? { headers: { "coder-provisioner-daemon-key": provisioner } }
      : { token };
  };
  const send =
    (body: string, type: string): Make =>
    (world) => {
      const { token, headers } = caller(world);
      const options = { body, headers: { "content-type": type, ...headers } };
      return world.server.call(method, to, token === undefined ? options : { token, ...options });
    };
  if (status === 400) return send("{", "application/json");
  if (status === 429) return beyondLimit(method, path);
  if (status === 503) return whileBusy(method, path);
  if (method === "GET" || method === "DELETE") return undefined;
  if (status === 413) return send(JSON.stringify({ filler: "x".repeat(1_100_000) }), "application/json");
  if (status === 415) return send("<a/>", "text/xml");
  return undefined;
}

/** From a place of its own, as a proxy passes it on, when it has had all but its last turn. */
const beyondLimit =
  (method: string, path: string): Make =>
  async ({ server }) => {
    const headers = { "x-real-ip": `192.0.2.${path.length}` };
    const send = () => server.call(method, path, { ...bodyFor(method, path), headers });
    const before = (await server.sql("SELECT key FROM rate_limits")).map(({ key }) => key);
    await send();
    const rows = await server.sql("SELECT key FROM rate_limits");
    const added = rows.map(({ key }) => key).filter((key) => !before.includes(key));
    await server.sql(`UPDATE rate_limits SET current = 60 WHERE key IN ('${added.join("', '")}')`);
    return send();
  };

/** While as many passwords wait to be hashed as may. */
const whileBusy =
  (method: string, path: string): Make =>
  ({ server, empty, token }) => {
    const asked = path === "/api/v2/users/first" ? empty : server;
    return busily(asked, () => asked.call(method, fill(path), { ...bodyFor(method, path), token }));
  };

async function busily<Answer>(server: TestServer, send: () => Promise<Answer>): Promise<Answer> {
  const { release } = fillHashes(server.deps().process, ["sign-in", "account"]);
  const answer = await send();
  await release();
  return answer;
}

/** Bodies that pass validation, so that what is refused is the caller. */
function bodyFor(method: string, path: string): { json?: unknown } {
  const bodies: Record<string, unknown> = {
    ...workspaceBodies,
    ...sourceBodies,
    ...receiverBodies,
    ...groupBodies,
    ...ruleBodies,
    ...questionBodies,
    "PUT /api/v2/notifications/custom/senders": { roles: [], groups: [] },
    "POST /api/v2/notifications/custom/recipients": { recipients: { users: ["ada"] } },
    "POST /api/v2/users/first": owner,
    "POST /api/v2/users/login": { email: owner.email, password: owner.password },
    "POST /api/v2/users/validate-password": { password: "x" },
    "POST /api/v2/users/otp/request": { email: "nobody@example.com" },
    "POST /api/v2/users/otp/change-password": {
      email: owner.email,
      one_time_passcode: "7KQM-40618253",
      password: newPassword,
    },
    "POST /api/v2/users": { ...taken, username: "third" },
    "PUT /api/v2/users/:user/profile": { username: "ada", name: "Ada" },
    "PUT /api/v2/users/:user/password": { old_password: owner.password, password: "another-good-one-17" },
    "PUT /api/v2/users/:user/roles": { roles: ["owner"] },
    "POST /api/v2/users/:user/keys/tokens": { token_name: "another" },
    "PUT /api/v2/notifications/settings": { notifier_paused: true },
    "POST /api/v2/organizations/:organization/templateversions": {},
    "PATCH /api/v2/templates/:id": {},
    "POST /api/v2/organizations/:organization/templates": { name: "x", template_version_id: nobody },
    "POST /api/v2/organizations/:organization/provisionerkeys": { name: "x" },
    "PATCH /api/v2/templates/:id/versions": { id: nobody },
    "POST /api/v2/notifications/templates/:id/versions": text,
    "POST /api/v2/notifications/templates/:id/preview": text,
    "PUT /api/v2/notifications/templates/:id/version": { version: 1 },
    "PUT /api/v2/notifications/templates/:id/method": { method: "smtp" },
    "PUT /api/v2/notifications/inbox/:id/read-status": { is_read: true },
    "PUT /api/v2/notifications/inbox/:id/done-status": { is_done: true },
    "PUT /api/v2/notifications/inbox/:id/snooze-status": { snoozed_until: null },
    "POST /api/v2/notifications/inbox/:id/mute": {},
    "PUT /api/v2/notifications/templates/:id/choices": { enabled_by_default: true },
    "PUT /api/v2/users/:user/notifications/preferences": { template_disabled_map: {} },
    "PUT /api/v2/users/:user/notifications/own-actions": { notify: true },
    "POST /api/v2/notifications/chats": { name: "x", format: "ntfy", address: "https://spare.invalid/x" },
    "POST /api/v2/notifications/chats/:chat/confirm": { code: "000000" },
    "PUT /api/v2/users/:user/notifications/quiet-hours": { ranges: [] },
    "PUT /api/v2/users/:user/notifications/digest": { every: "off" },
    "PUT /api/v2/users/:user/notifications/channels": {
      template_id: template,
      method: "inbox",
      enabled: true,
    },
  };
  const json = bodies[`${method} ${path}`];
  return json === undefined ? {} : { json };
}

/** Nobody listens there. */
const addChat = (world: World, name: string) =>
  as("POST", "/api/v2/notifications/chats", { name, format: "ntfy", address: "https://spare.invalid/x" })(
    world,
  );

test("each declared error of each route is returned", async () => {
  const environment = {
    BELFRY_METRICS_TOKEN: "a-token-for-the-scraper",
    BELFRY_PROXY_TRUSTED_HEADER: "X-Real-IP",
    BELFRY_PROXY_TRUSTED_ORIGINS: "127.0.0.1",
  };
  const server = await startTestServer({ environment });
  const empty = await startTestServer();
  const { token } = await signInFirst(server);
  const member = await addUser(server, "member");
  const created = await server.call("POST", "/api/v2/users/me/keys/tokens", {
    token,
    json: { token_name: "notify", scope: "notify" },
  });
  const rack = await server.call("POST", "/api/v2/organizations/default/provisionerkeys", {
    token,
    json: { name: "rack" },
  });
  const [notify, provisioner] = [created, rack].map(({ json }) => server.secret(json.key));
  const world: World = { server, empty, token, member, notify: notify!, provisioner: provisioner! };

  const wrong: string[] = [];
  const known = new Set<string>();
  for (const { method, path, endpoint, errors } of routesOf(createApi())) {
    for (const status of errors) {
      const name = `${method} ${path} ${status}`;
      known.add(name);
      const make = special[name] ?? general(method, path, status, endpoint.access);
      if (make === undefined) {
        wrong.push(`${name}: nobody knows how to make it`);
        continue;
      }
      const answer = await make(world).catch((error: unknown) => ({
        status: 0,
        json: undefined,
        headers: new Headers(),
        text: String(error),
      }));
      const isError = typeof answer.json?.message === "string" || path === "/readyz";
      if (answer.status !== status || !isError)
        wrong.push(`${name}: ${answer.status} ${answer.text.slice(0, 200)}`);
      if (answer.headers.get("x-request-id") === null) wrong.push(`${name}: no X-Request-Id`);
      if (/\bat .*\.ts:\d/.test(answer.text)) wrong.push(`${name}: a stack trace`);
    }
  }
  for (const name of Object.keys(special)) if (!known.has(name)) wrong.push(`${name} is not declared`);
  expect(wrong).toEqual([]);
  expect(server.logs).toEqual([]);
});

test("an error is a problem object when the request accepts it", async () => {
  const server = await startTestServer();
  const answer = await server.call("GET", "/api/v2/users/me", {
    headers: { accept: "application/problem+json" },
  });
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.json).toEqual({
    type: "about:blank",
    title: expect.any(String),
    status: 401,
    instance: `urn:uuid:${answer.headers.get("x-request-id")}`,
  });
});

test("an unknown route is answered as JSON", async () => {
  const server = await startTestServer();
  const answer = await server.call("GET", "/api/v2/entitlements");
  expect([answer.status, answer.json.message]).toEqual([404, "Belfry has no GET /api/v2/entitlements."]);
});
