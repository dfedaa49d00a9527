// A stolen database: every value of it is looked at and tried, and none lets anybody in, resets a password, or opens what
// is sealed. What it does show is in the docs: public/docs/administration/security.md, "Who can read secrets".
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { unseal, createKeys } from "../../src/kernel/crypto.ts";
import { hashSetupCode } from "../../src/accounts/rules/one-time-codes.ts";
import { unsealLabels } from "../../src/notifications/outbox/sealed-labels.ts";
import { askForCode, changeWith, mailTo, newPassword } from "../support/passcodes.ts";
import { addUser, owner, signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { startMailServer } from "../support/smtp.ts";
import { agentTokenOf, outcome } from "../support/workspaces.ts";

const webhookSecret = `whsec_${Buffer.alloc(24, 3).toString("base64")}`;
const stateText = "what terraform remembers: a password of a database";
const sensitiveValue = "value-of-a-sensitive-parameter";

interface Column {
  table: string;
  column: string;
  value: string | Buffer;
}

/** Every value of every table that isn't a number or nothing. */
async function dump(server: TestServer): Promise<Column[]> {
  const tables = await server.sql("SELECT name FROM sqlite_master WHERE type = 'table'");
  const all: Column[] = [];
  for (const { name } of tables as { name: string }[]) {
    for (const row of await server.sql(`SELECT * FROM "${name}"`)) {
      for (const [column, value] of Object.entries(row)) {
        if (typeof value === "string") all.push({ table: name, column, value });
        else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value))
          all.push({ table: name, column, value: Buffer.from(value as ArrayBuffer) });
      }
    }
  }
  return all;
}

/** A deployment in use: whatever can be secret is there, and waits. */
async function startVictim() {
  const post = await startMailServer();
  const environment = { ...mailTo(post.port), BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: webhookSecret };
  const server = await startTestServer({
    adapter: "plain",
    environment: { ...environment, BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: "http://127.0.0.1:9/hook" },
  });
  const { token } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  const call = async <M extends string, P extends string>(
    method: M,
    path: P,
    json?: unknown,
    headers: Record<string, string> = {},
  ) =>
    (await server.call(method, `/api/v2${path}`, { token, headers, ...(json === undefined ? {} : { json }) }))
      .json;
  const tokens = [];
  for (const scope of ["all", "read", "notify"])
    tokens.push((await call("POST", "/users/me/keys/tokens", { token_name: scope, scope })).key);
  const provisioner = (await call("POST", "/organizations/default/provisionerkeys", { name: "rack" })).key;
  const parameters = [{ name: "secret", sensitive: true }];
  const version = await call("POST", "/organizations/default/templateversions", { parameters });
  const template = await call("POST", "/organizations/default/templates", {
    name: "docker",
    template_version_id: version.id,
  });
  const workspace = await call("POST", "/users/me/workspaces", {
    name: "dev",
    template_id: template.id,
    rich_parameter_values: [{ name: "secret", value: sensitiveValue }],
  });
  const acquireId = randomUUID();
  const headers = { "coder-provisioner-daemon-key": provisioner, "belfry-acquire-id": acquireId };
  const job = await call(
    "POST",
    "/provisionerdaemons/jobs/acquire?wait=0",
    { name: "one", acquire_id: acquireId },
    headers,
  );
  const asProvisioner = { headers };
  const put = await server.call("PUT", `/api/v2/provisionerjobs/${job.job_id}/state`, {
    ...asProvisioner,
    body: stateText,
  });
  expect(put.status).toBe(204);
  await call("POST", `/provisionerjobs/${job.job_id}/complete`, outcome, headers);
  const form = new URLSearchParams({ email: owner.email, password: owner.password });
  const page = await fetch(`${server.url}/login`, { method: "POST", body: form, redirect: "manual" });
  const cookies = page.headers.getSetCookie().map((cookie) => /=([^;]*)/.exec(cookie)![1]!);
  // The second code waits: paused, it isn't mailed, and lies sealed in the outbox.
  await askForCode(server);
  const code = /\b[A-Z0-9]{4}-\d{8}\b/.exec(post.mails.map(({ email }) => email.text).join())![0];
  await call("PUT", "/notifications/settings", { notifier_paused: true });
  await askForCode(server);
  const agent = await agentTokenOf(server, workspace.id);
  const secrets = {
    owner: token,
    mia: mia.token,
    agent,
    provisioner,
    code,
    webhookSecret,
    stateText,
    password: owner.password,
  };
  return {
    server,
    token,
    workspaceId: workspace.id,
    code,
    agent,
    provisioner,
    mia: mia.token,
    secrets: { ...secrets, ...numbered("token", tokens), ...numbered("cookie", cookies) } as Record<
      string,
      string
    >,
  };
}

const numbered = (name: string, values: readonly string[]) =>
  Object.fromEntries(values.map((value, at) => [`${name} ${at}`, value]));

/** The whole and, of a key, its secret part; as it is and as programs write bytes. */
function writings(secret: string): string[] {
  const parts = [secret, ...(/^[A-Za-z0-9]{10}-[A-Za-z0-9]{22}$/.test(secret) ? [secret.slice(11)] : [])];
  return parts.flatMap((part) => {
    const bytes = Buffer.from(part);
    return [
      part,
      bytes.toString("hex"),
      bytes.toString("base64").replaceAll("=", ""),
      bytes.toString("base64url"),
    ];
  });
}

test("no secret is in it, in whatever writing", async () => {
  const { server, secrets } = await startVictim();
  const values = await dump(server);
  expect(values.length).toBeGreaterThan(300);
  for (const [name, secret] of Object.entries(secrets)) {
    for (const text of writings(secret)) {
      const where = values.find(({ value }) => value.includes(text));
      expect(where && `${name} in ${where.table}.${where.column}`).toBeUndefined();
    }
  }
  // The look finds what is there: values of sensitive parameters are not hidden from who has the file.
  expect(values.some(({ value }) => value.includes(sensitiveValue))).toBe(true);
});

test("no value of it, and no pair of an id and a value, lets anybody in", async () => {
  const { server, token, code, agent, provisioner, workspaceId } = await startVictim();
  const values = await dump(server);
  const texts = [...new Set(values.flatMap(({ value }) => (typeof value === "string" ? [value] : [])))];
  const short = texts.filter((text) => text.length <= 200 && /^[\x20-\x7E]+$/.test(text));
  const idsOf = (table: string) =>
    values.filter((one) => one.table === table && one.column === "id").map(({ value }) => String(value));
  const pairs = (table: string) =>
    idsOf(table).flatMap((id) => short.map((text) => `${id}-${text.slice(0, 22)}`));
  const tried = { tokens: 0, provisioners: 0, agents: 0, codes: 0, links: 0 };

  const me = (key: string) => server.call("GET", "/api/v2/users/me", { token: key });
  for (const key of new Set([...short, ...pairs("api_keys").slice(0, 3_000)])) {
    tried.tokens += 1;
    expect((await me(key)).status, key).toBe(401);
  }
  expect((await me(token)).status).toBe(200);

  const acquire = (key: string) =>
    server.call("POST", "/api/v2/provisionerdaemons/jobs/acquire?wait=0", {
      headers: { "coder-provisioner-daemon-key": key },
      json: { name: "thief", acquire_id: randomUUID() },
    });
  for (const key of new Set([...short, ...pairs("provisioner_keys")])) {
    tried.provisioners += 1;
    expect((await acquire(key)).status, key).toBe(401);
  }
  expect((await acquire(provisioner)).status).toBe(204);

  const report = (key: string) =>
    server.call("POST", "/api/v2/workspaceagents/me/report-lifecycle", {
      token: key,
      json: { state: "ready" },
    });
  const [, prefix] = /^(.*?)[A-Za-z0-9_-]{20,}$/.exec(agent) ?? [];
  for (const key of new Set([
    ...short,
    ...short.map((text) => `${prefix ?? ""}${text}`),
    ...short.map((text) => `${workspaceId}-${text}`),
  ])) {
    tried.agents += 1;
    expect((await report(key)).status, key).toBe(401);
  }
  expect((await report(agent)).status).toBe(204);

  for (const text of short) {
    tried.links += 1;
    const answer = await server.call("GET", `/unsubscribe?token=${encodeURIComponent(text)}`);
    expect(answer.status, text).toBe(404);
  }

  // Few texts have a passcode's form at all; each selector that is stored is tried with numbers that are.
  const selectors = values.filter(({ column }) => column === "selector").map(({ value }) => String(value));
  const guesses = [...short, ...selectors.map((selector) => `${selector.slice(0, 4)}-00000001`)];
  for (const guess of guesses) {
    tried.codes += 1;
    // Past the limit of one place: that is another test's.
    server.clock.advance(1_500);
    expect((await changeWith(server, guess, newPassword)).status, guess).toBe(400);
    if (tried.codes === 150) break;
  }
  for (const count of Object.values(tried)) expect(count).toBeGreaterThan(100);
  server.clock.advance(60_000);
  expect((await changeWith(server, code, newPassword)).status).toBe(204);
});

test("what is sealed stays so without the key, and opens with it", async () => {
  const { server, workspaceId } = await startVictim();
  const own = server.deps().keysFor;
  const others = [
    createKeys(Buffer.alloc(32, 9).toString("base64")),
    createKeys(Buffer.alloc(32).toString("base64")),
  ];
  const rows = await server.sql(`SELECT s.content FROM workspace_states s ORDER BY 1`);
  const state = new Uint8Array(Buffer.concat(rows.map(({ content }) => Buffer.from(content as ArrayBuffer))));
  const [message] = await server.sql(
    "SELECT id, sealed_labels FROM notification_messages WHERE sealed_labels IS NOT NULL",
  );
  const sealed = { id: message!["id"] as string, sealedLabels: message!["sealed_labels"] as string };
  const bound = { purpose: "workspace-state", bound: workspaceId };
  expect(Buffer.from((await unseal({ keysFor: own }, bound, state))!).toString()).toBe(stateText);
  expect(await unsealLabels({ keysFor: own }, sealed)).toMatchObject({
    one_time_passcode: expect.stringMatching(/^.{4}-\d{8}$/),
  });
  for (const keysFor of others) {
    expect(await unseal({ keysFor }, bound, state)).toBeUndefined();
    expect(await unsealLabels({ keysFor }, sealed)).toBeUndefined();
  }
  // Sealed for another thing it doesn't open either.
  expect(await unseal({ keysFor: own }, { ...bound, bound: randomUUID() }, state)).toBeUndefined();
});

test("the value of a sensitive parameter goes to the provisioner, and is masked for everybody else", async () => {
  const { server, token, workspaceId, mia, provisioner } = await startVictim();
  const admin = await addUser(server, "tess", ["template-admin"]);
  const auditor = await addUser(server, "aud", ["auditor"]);
  const workspace = await server.call("GET", `/api/v2/workspaces/${workspaceId}`, { token });
  const { id: build, template_version_id: version } = workspace.json.latest_build;
  const paths = [
    `/workspacebuilds/${build}/parameters`,
    `/workspacebuilds/${build}`,
    `/workspacebuilds/${build}/logs`,
    `/workspaces/${workspaceId}`,
    `/templateversions/${version}/rich-parameters`,
    `/templateversions/${version}/presets`,
    "/notifications/inbox",
    "/notifications/messages",
    "/audit",
  ];
  for (const key of [token, mia, admin.token, auditor.token]) {
    for (const path of paths) {
      const { text } = await server.call("GET", `/api/v2${path}`, { token: key });
      expect(text, path).not.toContain(sensitiveValue);
    }
  }
  const shown = await server.call("GET", `/api/v2/workspacebuilds/${build}/parameters`, { token });
  expect(shown.json).toEqual([{ name: "secret", value: "********" }]);
  await server.call("POST", `/api/v2/workspaces/${workspaceId}/builds`, {
    token,
    json: { transition: "stop" },
  });
  const job = await server.call("POST", "/api/v2/provisionerdaemons/jobs/acquire?wait=0", {
    headers: { "coder-provisioner-daemon-key": provisioner },
    json: { name: "one", acquire_id: randomUUID() },
  });
  expect(job.json.parameters).toEqual([{ name: "secret", value: sensitiveValue, sensitive: true }]);
});

test("a setup code can't be read from a new deployment's database, nor is a stored value one", async () => {
  const server = await startTestServer({ adapter: "plain" });
  const code = server.setupCode!;
  const values = (await dump(server)).map(({ value }) => String(value));
  for (const text of writings(code)) expect(values.some((value) => value.includes(text))).toBe(false);
  const hash = hashSetupCode(code);
  expect(values.some((value) => value.includes(hash))).toBe(true);
  for (const value of values) expect(hashSetupCode(value)).not.toBe(hash);
});
