// One believable deployment with everything that a page can show: names short and as long as they may be, builds that work,
// fail and run, tasks in each state, prebuilds at their limit, a receiver that fails. Pictures and checks of pages look at it.
import { randomUUID } from "node:crypto";
import { coderMessage } from "./coder-messages.ts";
import { addSource, postMessage } from "./sources.ts";
import { loadTemplateFiles } from "../../db/template-files.ts";
import { enqueue } from "../../src/notifications/outbox/enqueue.ts";
import { enqueueReads, prepareEvent } from "../../src/notifications/outbox/prepare-event.ts";
import { addPrebuilds } from "./prebuilds.ts";
import { startReceiver, type Receiver } from "./receiver.ts";
import { addUser, createClock, signInFirst, startTestServer, type TestServer } from "./server.ts";
import { agentCalls } from "./task.ts";
import { addProvisioner, addTemplate, addVersion, agentTokenOf, type Provisioner } from "./workspaces.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** As long as a name may be. */
export const longName = "wilhelmina-van-der-berg-hendriks";
const longWorkspace = "payments-reconciliation-service2";

const names: Record<string, string> = {
  mia: "Mia Tanaka",
  tess: "Tess O’Connor",
  uma: "",
  aud: "Audra Ngo",
  bob: "Bob Lindqvist",
  [longName]: "Wilhelmina Alexandrine Beatrix van der Berg-Hendriks of Zuid-Holland",
};

export interface World {
  server: TestServer;
  /** Sessions by the name of the user; `ada` is owner and template admin. */
  tokens: Record<"ada" | "mia" | "tess" | "aud" | "uma" | typeof longName, string>;
  /** The user id of ada. */
  ada: string;
  /** A notification in ada's inbox. */
  item: string;
  /** Questions of mia's agents, by how they are. */
  questions: Record<"choice" | "open" | "answered" | "withdrawn" | "timedOut", string>;
  /** The message of it to the webhook. */
  message: string;
  /** From now on nothing is delivered: it is paused, the receiver fails, and the periodic run is overdue. */
  fail: () => Promise<void>;
}

interface Stage {
  server: TestServer;
  tokens: World["tokens"];
  provisioner: Provisioner;
}

export async function startWorld(): Promise<World> {
  const receiver = await startReceiver();
  const server = await startTestServer({
    clock: createClock(Date.now() - 12 * day),
    environment: {
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
      BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, "k").toString("base64")}`,
      BELFRY_NOTIFICATIONS_METHOD: "webhook",
    },
  });
  const { token, userId: ada } = await signInFirst(server);
  const tokens = await addPeople(server, token);
  const provisioner = await addProvisioner(server, ada, "rack-1");
  await addProvisioner(server, ada, "kubernetes-eu-west-1-large-nodes");
  const stage = { server, tokens, provisioner };
  const templates = await addTemplates(stage, ada);
  await workFor(stage, templates);
  await failPrebuilds(stage, templates);
  await workOnTasks(stage, templates.agents);
  await runAgents(stage);
  await create(stage, "ada", { name: "search-index", template_id: templates.docker.templateId }, "running");
  await receiveFromCoder(server, token);
  await addReceivers(server, token);
  await addGroups(server, token);
  await addRules(server, tokens);
  // For a while the receiver takes nothing, and then everything again.
  receiver.answer({ status: 503 });
  await sendNotifications(stage);
  receiver.answer({ status: 204 });
  server.clock.advance(hour);
  await server.runTick();
  await server.settled();
  await server.sql("UPDATE users SET last_seen_at = NULL WHERE username = 'uma'");
  const [item] = await server.sql(
    `SELECT id FROM inbox_notifications WHERE user_id = '${ada}' ORDER BY seq DESC LIMIT 1`,
  );
  const [message] = await server.sql(
    `SELECT id FROM notification_messages WHERE user_id = '${ada}' AND method = 'webhook' ORDER BY seq DESC LIMIT 1`,
  );
  await server.call("POST", "/api/v2/users/me/keys/tokens", {
    token,
    json: { token_name: "nightly-backup-of-the-office", scope: "all" },
  });
  const questions = await askQuestions(stage);
  return {
    server,
    tokens,
    ada,
    item: String(item!["id"]),
    questions,
    message: String(message!["id"]),
    fail: () => breakDown(server, tokens.ada, receiver),
  };
}

/** Two sources: one with people whom nobody knows and one who is pinned, one that nothing has come from. */
async function receiveFromCoder(server: TestServer, token: string): Promise<void> {
  const prod = await addSource(server, token, "prod");
  await addSource(server, token, "staging");
  const send = (user_username: string, user_email: string, user_name: string, user_id: string) =>
    postMessage(server, prod, coderMessage({ user_id, user_username, user_email, user_name }));
  await send("mia", "mia@example.com", "Mia", randomUUID());
  await send("jo-from-the-other-site", "jo@elsewhere.example.com", "Jo", randomUUID());
  await send(longName, "a-long-address-of-somebody@a-long-subdomain.example.com", "", randomUUID());
  const pinned = randomUUID();
  await send("t.ess", "tess@elsewhere.example.com", "Tess", pinned);
  const path = `/api/v2/sources/prod/people/${pinned}` as "/api/v2/sources/{source}/people/{id}";
  await server.call("PUT", path, { token, json: { user: "tess" } });
}

/** One that signs, and a chat that is gone; nothing is sent to either. */
async function addReceivers(server: TestServer, token: string): Promise<void> {
  const add = (name: string, json: object) =>
    server.call("POST", "/api/v2/notifications/receivers", {
      token,
      json: { name, kinds: ["your-account-suspended"], min_severity: "critical", ...json } as never,
    });
  await add("hooks", { format: "coder", address: "https://hooks.example.com/belfry" });
  await add("ops", { format: "slack", address: "https://hooks.slack.com/services/T/B/x" });
  await server.sql(`UPDATE notification_receivers SET is_enabled = 0, failures = 1, failed_at = created_at,
    answer = 'answered 404: no_service', disabled_because = 'answered 404: no_service' WHERE name = 'ops'`);
}

/** Two of the deployment, of which one names a template that is no more, and one of mia's. They match nothing that happens here. */
async function addRules(server: TestServer, { ada, mia }: World["tokens"]): Promise<void> {
  const add = async (token: string, path: string, json: object) =>
    server.call("POST", `/api/v2${path}` as "/api/v2/notifications/rules", { token, json: json as never });
  const filter = 'severity >= warning and template in ("gpu-*", "ml-*") and owner != "svc-*"';
  await add(ada, "/notifications/rules", {
    name: "gpu-failures",
    filter,
    receivers: ["hooks"],
    continue: true,
  });
  const late = { channels: ["inbox", "smtp"], delay_seconds: 600, enabled: false };
  await add(ada, "/notifications/rules", { name: "flapping", filter: 'template = "none-*"', ...late });
  await server.sql(`UPDATE notification_rules SET filter = 'template = "retired"' WHERE name = 'flapping'`);
  await add(mia, "/users/me/notifications/rules", { name: "quiet-gpus", filter, channels: ["inbox"] });
}

/** One with members, and one without. */
async function addGroups(server: TestServer, token: string): Promise<void> {
  const json = (json: object) => ({ token, json: json as never });
  const path = "/api/v2/organizations/default/groups";
  await server.call("POST", path, json({ name: "platform" }));
  const sre = { name: "sre", display_name: "Site reliability", add_users: ["mia", "ada", longName] };
  await server.call("POST", path, json(sre));
}

/** Last, because one has timed out only by its own short time. */
async function askQuestions({ server, tokens: { mia } }: Stage): Promise<World["questions"]> {
  const call = <M extends string, P extends string>(method: M, path: P, json?: unknown) =>
    server.call(method, path, { token: mia, ...(json === undefined ? {} : { json }) });
  const ask = async (key: string, more: object) => {
    await call("PUT", `/api/v2/agent-sessions/${key}` as "/api/v2/agent-sessions/key", {
      state: "working",
      title: `Migrate the ${key} service to the new queue`,
    });
    const text = "Two tests fail since the upgrade. Should I fix the tests, or pin the old release?";
    const path = `/api/v2/agent-sessions/${key}/questions` as "/api/v2/agent-sessions/key/questions";
    return (await call("POST", path, { text, ...more })).json.id;
  };
  const options = ["Fix the tests", "Pin the old release", "Stop, and tell me more about it first"];
  const choice = await ask("billing", { options, free_text: true, default: options[1] });
  const open = await ask("search", {});
  const answered = await ask("mail", { options });
  await call("POST", `/api/v2/questions/${answered}/answer`, { option: options[0] });
  const withdrawn = await ask("web", { options });
  await call("POST", `/api/v2/questions/${withdrawn}/withdraw`);
  const timedOut = await ask("login", { options, default: options[2], timeout_s: 60 });
  await server.settled();
  server.clock.advance(minute);
  await server.runTick();
  return { choice, open, answered, withdrawn, timedOut };
}

async function breakDown(server: TestServer, token: string, receiver: Receiver): Promise<void> {
  receiver.answer({ status: 503 });
  await server.call("POST", "/api/v2/notifications/custom", {
    token,
    json: { content: { title: "Never arrives", message: "By webhook." } },
  });
  await server.settled();
  await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: true } });
  await server.call("PUT", "/api/v2/prebuilds/settings", { token, json: { reconciliation_paused: true } });
  server.clock.advance(2 * hour);
}

async function addPeople(server: TestServer, owner: string): Promise<World["tokens"]> {
  const roles: Record<string, string[]> = {
    mia: [],
    tess: ["template-admin"],
    uma: ["user-admin"],
    aud: ["auditor"],
    bob: [],
    [longName]: ["template-admin", "user-admin", "auditor"],
  };
  const tokens: Record<string, string> = { ada: owner };
  for (const [username, theirs] of Object.entries(roles)) {
    server.clock.advance(hour);
    tokens[username] = (await addUser(server, username, theirs)).token;
    const name = names[username]!.replaceAll("'", "''");
    await server.sql(`UPDATE users SET name = '${name}' WHERE username = '${username}'`);
  }
  await server.sql("UPDATE users SET status = 'suspended' WHERE username = 'bob'");
  await server.sql("INSERT INTO user_roles SELECT id, 'template-admin' FROM users WHERE username = 'ada'");
  return tokens as World["tokens"];
}

interface Template {
  templateId: string;
  versionId: string;
  small: string;
  large: string;
}

async function addTemplates({ server }: Stage, ada: string) {
  const presetsOf = (small: string, large: string) => [
    { id: small, name: "small", parameters: [{ name: "cpus", value: "2" }], instances: 2 },
    { id: large, name: "large", parameters: [{ name: "cpus", value: "16" }], instances: 3 },
  ];
  const add = async (
    name: string,
    more: { hasAiTask?: boolean; pooled?: boolean } = {},
  ): Promise<Template> => {
    const { newId } = server.deps();
    const [small, large] = [newId(), newId()];
    const made = await addTemplate(server, ada, name, {
      name: "v3",
      message: "Node 24, and a larger disk",
      hasAiTask: more.hasAiTask ?? false,
      parameters: [
        { name: "cpus", defaultValue: "2" },
        { name: "dotfiles_repository_url", defaultValue: "" },
        { name: "registry_token", sensitive: true },
      ],
      presets: more.pooled === true ? presetsOf(small, large) : [],
    });
    return { ...made, small, large };
  };
  const docker = await add("docker", { pooled: true });
  for (const [name, message] of [
    ["v2", ""],
    ["hotfix-for-the-certificate-authority-of-the-internal-registry", "Trust the new certificate authority"],
  ] as const)
    await addVersion(server, ada, docker.templateId, { name, message });
  const agents = await add("agents", { hasAiTask: true });
  const old = await add("kubernetes-gpu-node-pool-eu-west");
  await server.sql(`UPDATE templates SET description = 'Docker containers on the machines of the office, for
    everyday work', display_name = 'Docker' WHERE name = 'docker'`);
  return { docker, agents, old };
}

type Templates = Awaited<ReturnType<typeof addTemplates>>;

const outcome = (apps: object[] = []) => ({
  resources: [
    { type: "docker_volume", name: "home" },
    {
      type: "docker_container",
      name: "workspace",
      agents: [
        {
          name: "main",
          apps: [{ slug: "code", display_name: "VS Code", url: "https://code.example.com/" }, ...apps],
        },
      ],
    },
  ],
});

async function create(
  { server, tokens, provisioner }: Stage,
  who: keyof World["tokens"],
  json: { name: string; template_id: string },
  ending: { complete: object } | { fail: string; lines: [level: string, output: string][] } | "running" = {
    complete: outcome(),
  },
): Promise<string> {
  const made = await server.call("POST", "/api/v2/users/me/workspaces", { token: tokens[who], json });
  if (made.status !== 201) throw new Error(`${json.name}: ${made.status} ${made.text}`);
  const { json: job } = await provisioner.acquire();
  const log = (stage: string, lines: [level: string, output: string][]) =>
    provisioner.job(
      "POST",
      job.job_id,
      "logs",
      lines.map(([level, output]) => ({ level, output, source: "provisioner", stage })),
    );
  await log("Planning", [
    ["info", "Initializing provider plugins"],
    ["info", "docker_volume.home: Creating..."],
    ["debug", `docker_volume.home: Creation complete after 0s [id=coder-${made.json.id}-home]`],
  ]);
  if (ending === "running") return made.json.id;
  server.clock.advance(40_000);
  if ("complete" in ending) await provisioner.job("POST", job.job_id, "complete", ending.complete);
  else {
    await log("Applying", ending.lines);
    await provisioner.job("POST", job.job_id, "fail", { error: ending.fail });
  }
  return made.json.id;
}

async function workFor(stage: Stage, { docker, old }: Templates): Promise<void> {
  const { server, tokens } = stage;
  const template_id = docker.templateId;
  server.clock.advance(2 * day);
  const web = await create(stage, "mia", { name: "web", template_id });
  await agentCalls(server, await agentTokenOf(server, web)).lifecycle("ready");
  await create(stage, "ada", { name: "parser", template_id });
  await create(stage, longName, { name: longWorkspace, template_id: old.templateId });
  server.clock.advance(day);
  await create(stage, "mia", { name: "notes", template_id: old.templateId });
  await demandRegion(stage, old.templateId);
  await create(
    stage,
    "ada",
    { name: "billing", template_id },
    {
      fail: "exit status 1: Error: no space left on device\n\n  with docker_volume.home,\n  on main.tf line 42",
      lines: [
        ["info", "docker_image.base: Still creating... [1m20s elapsed]"],
        ["warn", 'Warning: the attribute "ports" is deprecated and is removed in the next major version'],
        [
          "error",
          "Error: no space left on device while writing /var/lib/docker/volumes/coder-billing-home/_data/.cache/pip/wheels/0c/0d/c1",
        ],
      ],
    },
  );
  await server.sql(
    "UPDATE workspaces SET autostart_schedule = 'CRON_TZ=Europe/Berlin 30 8 * * 1-5' WHERE name = 'web'",
  );
  await server.sql(`UPDATE templates SET deprecation_message = 'Use docker: this cluster is shut down in January.'
    WHERE id = '${old.templateId}'`);
  await server.call("POST", "/api/v2/notifications/custom", {
    token: tokens.ada,
    json: { content: { title: "Nightly backup finished", message: "412 GB in 38 minutes." } },
  });
}

/** Two workspaces of `small` are ready, and `large` has reached its limit. */
/** An update of its workspaces asks for a value. */
async function demandRegion({ server }: Stage, templateId: string): Promise<void> {
  const [{ id: ada }] = (await server.sql("SELECT id FROM users WHERE username = 'ada'")) as [{ id: string }];
  const newest = await addVersion(server, ada, templateId, {
    name: "v4",
    parameters: [
      { name: "region", required: true },
      { name: "machine_type", defaultValue: "small" },
    ],
  });
  const rules = { options: ["small", "large"].map((value) => ({ name: "", value })) };
  await server.sql(`UPDATE template_parameters SET description = 'How large the machine is.',
    rules = '${JSON.stringify(rules)}' WHERE version_id = '${newest}' AND name = 'machine_type'`);
  await server.sql(`UPDATE templates SET active_version_id = '${newest}' WHERE id = '${templateId}'`);
}

async function failPrebuilds({ server }: Stage, { docker }: Templates): Promise<void> {
  const of = { templateId: docker.templateId, versionId: docker.versionId };
  await addPrebuilds(server, { ...of, presetId: docker.small }, 1);
  await addPrebuilds(server, { ...of, presetId: docker.small }, 1, { agents: ["starting"] });
  for (let count = 0; count < 3; count += 1) {
    server.clock.advance(3 * minute);
    const error = "Error: quota of 64 CPUs in project belfry-prod is used up";
    await addPrebuilds(server, { ...of, presetId: docker.large }, 1, { build: { status: "failed", error } });
  }
  await server.runTick();
  await server.settled();
}

async function workOnTasks(stage: Stage, { templateId }: Template): Promise<void> {
  const { server } = stage;
  const tasks = [
    [
      "ada",
      "fix-login",
      "Fix the redirect after the login: it loses the query",
      [["idle", "Which of the two redirects should stay?"]],
    ],
    [
      "ada",
      "flaky-tests",
      "Find out why test/db/move.test.ts fails on the first of each month",
      [
        ["idle", "Done. Shall I open a pull request?"],
        ["complete", "Opened pull request 412"],
      ],
    ],
    ["mia", "upgrade-react", "Upgrade React", [["failure", "npm install failed: ERESOLVE"]]],
    [longName, "migrate-to-postgres", `Migrate ${"x".repeat(80)}`, []],
  ] as const;
  for (const [who, name, prompt, statuses] of tasks) {
    server.clock.advance(5 * hour);
    const complete = {
      ...outcome([{ slug: "claude", display_name: "Claude Code", url: "https://agents.example.com/" }]),
      ai_task: { prompt, sidebar_app_slug: "claude" },
    };
    const id = await create(stage, who, { name, template_id: templateId }, { complete });
    const agent = agentCalls(server, await agentTokenOf(server, id));
    await agent.lifecycle("ready");
    await agent.status("working", "Reading the code");
    for (const [state, message] of statuses) {
      server.clock.advance(25 * minute);
      await agent.status(state, message, { uri: "https://example.com/pull/412" });
    }
  }
}

/** On her own machine. */
async function runAgents({ server, tokens }: Stage): Promise<void> {
  const sessions = [
    ["notes-cli", "working", { message: "Reading the parser" }],
    ["notes-cli/tests", "done", { parent: "notes-cli" }],
    [
      "release",
      "waiting",
      { message: "Which changes are breaking?", url: "https://agents.example.com/s/17" },
    ],
    [`migrate-${"x".repeat(120)}`, "failed", { message: `${"long ".repeat(60)}message` }],
  ] as const;
  for (const [key, state, more] of sessions) {
    server.clock.advance(minute);
    const json = { state, title: `Agent of ${key}`, ...more };
    const path = `/api/v2/agent-sessions/${encodeURIComponent(key)}` as const;
    await server.call("PUT", path, { token: tokens.ada, json });
  }
}

/** What each kind says by its own sample, and what people write, with something between two of them. */
async function sendNotifications({ server, tokens }: Stage): Promise<void> {
  for (const file of loadTemplateFiles()) {
    server.clock.advance(47 * minute);
    const deps = server.deps();
    const event = { ...file.sample, targets: [], createdBy: "test", recipients: { named: ["ada"] } };
    const reads = await deps.db.read(enqueueReads(file.id, { users: ["ada"] }));
    await enqueue(deps, prepareEvent(deps, event, reads));
    await server.settled();
  }
  const written = [
    [
      "Deploy of **checkout** finished",
      "Version `2026.11.3` is live.\n\n| region | healthy |\n|--|--:|\n| eu-west | 12 |\n| us-east | 9 |",
    ],
    [
      `A title without a space: ${"a".repeat(60)}`,
      '```sh\nnpx belfry notifications custom "A line that is much longer than a phone is wide" "and goes on and on"\n```',
    ],
    [
      "npm test failed in payments",
      "3 of 312 tests failed:\n\n- `refund › rounds half cents`\n- `refund › keeps the currency`\n\nhttps://ci.example.com/runs/" +
        "9".repeat(40),
    ],
  ] as const;
  for (const [title, message] of written) {
    server.clock.advance(11 * minute);
    const json = { content: { title, message } };
    await server.call("POST", "/api/v2/notifications/custom", { token: tokens.ada, json });
  }
  await server.settled();
  server.clock.advance(4 * minute);
}
