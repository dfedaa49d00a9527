// What every channel promises, asked of each in the same way with a real receiver. A channel without a set-up here doesn't
// compile: a new one is tested by saying what a good, a refusing and a silent receiver of its kind are.
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { loadTemplateFiles } from "../../db/template-files.ts";
import { parseConfig, variables } from "../../src/config/config.ts";
import type {
  Channel,
  ChannelContext,
  OutgoingMessage,
  ProbeContext,
} from "../../src/notifications/channels/channel.ts";
import {
  allChannels,
  channelLabel,
  channels,
  externalChannels,
  findChannel,
  methods,
  planChannels,
  receiverOf,
  type Method,
} from "../../src/notifications/channels/index.ts";
import { describeReached, webhookAdvice } from "../../src/notifications/channels/webhook/channel.ts";
import { serverKeyOf } from "../../src/notifications/channels/push/encryption.ts";
import type { PushAccess } from "../../src/notifications/channels/push/state.ts";
import { mailAdvice } from "../../src/notifications/channels/mail/channel.ts";
import { describeReason } from "../../src/notifications/outbox/rules/reasons.ts";
import { createMail } from "../../src/runtime/mail.ts";
import { createPost } from "../../src/runtime/http-post.ts";
import { reach } from "../../src/runtime/reach.ts";
import { freePort } from "../support/program.ts";
import { startPushService, type Browser } from "../support/push-service.ts";
import { okBytes, startRawReceiver } from "../support/raw-receiver.ts";
import { startScriptedServer } from "../support/smtp.ts";

type Environment = Record<string, string>;
type Behaviour = "good" | "refusing" | "silent";

interface Setup {
  /** A receiver that behaves so, and the environment that leads there; local channels have none. */
  receiver?: (behaviour: Behaviour) => Promise<{ environment: Environment; said: () => string }>;
  /** The environment of one whose receiver is not there. */
  missing?: (port: number) => Environment;
  /** What a receiver gets, beside the words of the message. */
  payload: RegExp;
  /** It is set up without variables, and sends to those who chose it. */
  isChosen?: boolean;
  /** Whom it can't reach, and why. */
  unreachable?: { email: string; reason: string };
}

const mailEnvironment = (port: number) => ({
  BELFRY_EMAIL_FROM: "belfry@example.com",
  BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${port}`,
});
const webhookEnvironment = (port: number) => ({
  BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: `http://127.0.0.1:${port}/secret-path`,
});
const httpAnswers = { good: okBytes, refusing: "HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n", silent: "" };

/** Without the dots that SMTP doubles. */
const plain = (messages: string[]) => messages.join("\n").replaceAll(/^\.\./gm, ".");

const setups: Record<Method, Setup> = {
  inbox: { payload: /"content":"All \*\*312\*\* tests passed."/ },
  smtp: {
    receiver: async (behaviour) => {
      const script = { good: {}, refusing: { MAIL: "451 not now" }, silent: { MAIL: "hang" } }[behaviour];
      const server = await startScriptedServer(script);
      return { environment: mailEnvironment(server.port), said: () => plain(server.messages) };
    },
    missing: mailEnvironment,
    payload: /^From: belfry@example\.com\r\nTo: Ada Lovelace <ada@example\.com>\r\nSubject: Build done\r\n/,
    unreachable: { email: "", reason: "no_address" },
  },
  push: {
    isChosen: true,
    receiver: async (behaviour) => {
      const service = await startPushService();
      browser = service.subscribe();
      browser.answer({ good: { status: 201 }, refusing: { status: 503 }, silent: null }[behaviour]);
      const said = () => browser.pushed.map(({ content }) => JSON.stringify(content)).join("\n");
      if (behaviour === "good") browser.answer(undefined);
      return { environment: { BELFRY_NOTIFICATIONS_PUSH_SERVICES: service.url }, said };
    },
    payload: /"title":"Build done","body":"All 312 tests passed."/,
  },
  webhook: {
    receiver: async (behaviour) => {
      const server = await startRawReceiver(({ socket }) => socket.write(httpAnswers[behaviour]));
      const said = () => server.requests.map(({ body }) => body).join("\n");
      return { environment: webhookEnvironment(server.port), said };
    },
    missing: webhookEnvironment,
    payload:
      /^{"_version":"1\.1","msg_id":"0198f0aa-0000-7000-8000-000000000001","payload":{"_version":"1\.2"/,
  },
};

const now = Date.parse("2026-11-21T10:00:00Z");
const message: OutgoingMessage = {
  id: "0198f0aa-0000-7000-8000-000000000001",
  recipient: {
    id: "0198f0aa-0000-7000-8000-000000000002",
    username: "ada",
    name: "Ada Lovelace",
    email: "ada@example.com",
  },
  template: {
    id: "0198f0aa-0000-7000-8000-000000000003",
    name: "Custom Notification",
  },
  reasons: ["to_self", "deployment_default"],
  title: "Build **done**",
  body: "All **312** tests passed.",
  actions: [{ label: "Open", url: "https://belfry.example.com/builds/1" }],
  labels: { custom_title: "Build **done**" },
  data: { count: 312 },
  targets: ["0198f0aa-0000-7000-8000-000000000004"],
  unsubscribeUrl: "https://belfry.example.com/unsubscribe?token=abc",
  expiresAt: null,
};

const notificationsPage = readFileSync(
  new URL("../../public/docs/administration/monitoring/notifications/index.md", import.meta.url),
  "utf8",
);

const poster = createPost();
afterAll(() => poster.close());

const configOf = (environment: Environment) =>
  parseConfig({ BELFRY_ACCESS_URL: "https://belfry.example.com", ...environment }, () => {}).notifications;

/** Of the test that runs. */
let browser: Browser;
const vapid = [await serverKeyOf(new Uint8Array(32).fill(7))];
const push: PushAccess = {
  read: () => {
    const subscription = { id: "1", serverKey: vapid[0]!.publicKey, ...browser };
    return Promise.resolve({ subscriptions: [subscription], isWatching: false, inboxId: undefined });
  },
  remove: () => Promise.resolve(),
  serverKeys: () => Promise.resolve(vapid),
};

/** The channel as this environment sets it up. */
function open(channel: Channel<Method>, environment: Environment) {
  const { channels: all } = configOf(environment);
  const mail = all.smtp === undefined ? null : createMail(all.smtp);
  if (mail !== null) onTestFinished(() => mail.close());
  const context: ProbeContext & ChannelContext = {
    push,
    now: () => now,
    accessUrl: "https://belfry.example.com",
    post: poster.post,
    mail,
    reach,
  };
  const settings: unknown = all[channel.id];
  return { settings, context };
}

describe.each(allChannels.map((channel) => [channel.id, channel] as const))("%s", (id, channel) => {
  const setup = setups[id];
  const start = async (behaviour: Behaviour) => {
    const { environment = {}, said = () => "" } = (await setup.receiver?.(behaviour)) ?? {};
    return { ...open(channel, environment), environment, said };
  };

  test("is found by its id, has a name, and what it needs are variables of its own", async () => {
    expect(findChannel(id)).toBe(channel);
    expect(channelLabel(id)).toMatch(/^[A-Z][a-z]+( [a-z]+)?$/);
    expect(Object.keys(variables)).toEqual(expect.arrayContaining(Object.keys(channel.variables)));
    expect(channel.needs.length).toBeGreaterThan(0);
    for (const name of channel.needs) expect(Object.keys(channel.variables)).toContain(name.split("=")[0]);
    const { environment } = await start("good");
    // What it needs is what sets it up.
    for (const name of channel.needs.filter((need) => !need.includes("=")))
      expect(environment).toHaveProperty(name);
  });

  test("has its row in the documentation, with what it needs", () => {
    const [, needs = ""] = new RegExp(`^\\| \`${id}\` +\\| ([^|]*)\\|`, "m").exec(notificationsPage) ?? [];
    for (const name of channel.needs) expect(needs).toContain(name.split("=")[0]);
  });

  test("is local or leaves Belfry; only one that leaves has a receiver, and may be the default", async () => {
    const { environment, settings } = await start("good");
    const { channels: all, defaultMethod } = configOf(environment);
    expect(channel.isLocal).toBe(setup.receiver === undefined);
    expect(channel.isOn(settings)).toBe(true);
    expect(channel.timeout(settings) > 0).toBe(!channel.isLocal);
    expect(defaultMethod).toBe(channel.isLocal || setup.isChosen ? undefined : id);
    const receiver = receiverOf(all, id);
    if (setup.isChosen) return expect(receiver).toBe("browsers");
    if (channel.isLocal) return expect(receiver).toBeUndefined();
    expect(receiver).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(receiverOf(configOf({}).channels, id)).toBeUndefined();
    expect(channel.traits(settings).length).toBeGreaterThan(0);
  });

  test("reaches a person with everything, and says why not another", () => {
    const planned = planChannels(configOf({}).channels).find((one) => one.id === id);
    const isSetUp = channel.isLocal || setup.isChosen === true;
    expect(planned).toMatchObject({ id, isConfigured: isSetUp, isOn: isSetUp });
    expect(planned!.unreachable({ email: "ada@example.com" })).toBeUndefined();
    expect(channel.destination("ada@example.com")).toMatch(/^(by|to) /);
    const { email, reason } = setup.unreachable ?? { email: "" };
    expect(channel.unreachable({ email })).toBe(reason);
    if (reason !== undefined) expect(describeReason(reason).question).toBe("not");
  });

  test("sends the message as its payload shows it", async () => {
    const { settings, context, said } = await start("good");
    const payload = channel.payload(message, settings, context);
    expect(payload).toMatch(setup.payload);
    expect(payload).toContain("312");
    expect(payload).not.toContain("secret-path");
    const outcome = await channel.send(message, settings, context);
    expect(outcome).toMatchObject({ kind: "sent", detail: expect.stringMatching(/./) });
    if (!channel.isLocal) expect(said()).toContain(payload.trimEnd());
  });

  test.each(channel.isLocal ? [] : (["refusing", "silent"] as const))(
    "from a receiver that is %s brings back a failure that is tried again, with what to do",
    async (behaviour) => {
      const { settings, context } = await start(behaviour);
      const hurried = { ...(settings as object), ...(behaviour === "silent" ? { timeout: 100 } : {}) };
      const outcome = await channel.send(message, hurried, context);
      expect(outcome).toMatchObject({
        kind: "temporary",
        detail: expect.stringMatching(behaviour === "silent" ? /no answer in time/ : /451|503/),
      });
      expect(outcome.detail).not.toContain("secret-path");
      expect(channel.advice(outcome.detail)).toMatch(/\.|belfry/);
    },
  );

  test("without a receiver fails in words, when it sends and when it is probed", async () => {
    if (setup.missing === undefined) return;
    const { settings, context } = open(channel, setup.missing(await freePort()));
    const outcome = await channel.send(message, settings, context);
    expect(outcome).toMatchObject({
      kind: "temporary",
      detail: expect.stringMatching(/refused|ECONNREFUSED/),
    });
    expect((await channel.probe(settings, context)).findings[0]).toMatchObject({
      level: "fail",
      message: expect.stringContaining("127.0.0.1"),
      advice: expect.stringMatching(/reachable from here/),
    });
  });

  test("is probed without a message to anybody, set up or not", async () => {
    const { settings, context, said } = await start("good");
    const check = channel.label.toLowerCase();
    const { findings } = await channel.probe(settings, context);
    expect(findings[0]).toMatchObject({ check, level: "ok" });
    expect(said()).not.toContain("312");
    const without = open(channel, {});
    const unset = await channel.probe(undefined, without.context);
    expect(unset.findings).toMatchObject([
      { check, message: expect.stringMatching(/not configured|disabled/) },
    ]);
  });
});

test("the ids are Coder's, and those that leave Belfry are what a deployment may choose", () => {
  expect(methods).toEqual(expect.arrayContaining(["inbox", "smtp", "webhook"]));
  expect(Object.keys(channels)).toEqual(allChannels.map(({ id }) => id));
  expect(externalChannels.map(({ id }) => id)).toEqual(
    methods.filter((id) => id !== "inbox" && id !== "push"),
  );
  expect(findChannel("pager")).toBeUndefined();
  expect(channelLabel("pager")).toBe("pager");
  expect(receiverOf(configOf({}).channels, "pager")).toBeUndefined();
});

test("the channel that a shipped template names is one", () => {
  for (const { method } of loadTemplateFiles()) expect([null, ...methods]).toContain(method);
});

describe("what a probe or a failure means", () => {
  test.each([
    ["535 authentication failed", /BELFRY_EMAIL_AUTH_PASSWORD/],
    ["connection refused (ECONNREFUSED)", /BELFRY_EMAIL_SMARTHOST/],
    ["the certificate is for another name", /certificate's name/],
    ["550 not owned: check BELFRY_EMAIL_FROM: the account has to be allowed", /BELFRY_EMAIL_FROM.*verify/],
    ["554 no", /mail server's log/],
  ])("for mail: %s", (answer, advice) => expect(mailAdvice(answer)).toMatch(advice));

  test.each([
    ["answered 500", /receiver failed/],
    ["no answer in time", /slow/],
    ["answered 401", /denied access/],
    ["answered 404", /address is wrong/],
    ["ECONNREFUSED: x", /reachable from here/],
    ["", /reachable from here/],
  ])("for the webhook: %s", (answer, advice) => expect(webhookAdvice(answer)).toMatch(advice));

  test.each([
    [405, 5, "ok", undefined],
    [503, 5, "warn", /receiver failed/],
    [200, 3_000, "warn", /answer first and process/],
  ] as const)("of a webhook that answers %i in %i ms", (status, milliseconds, level, advice) => {
    const finding = describeReached("hooks.example.com", { ok: true, status, milliseconds, date: null });
    expect(finding.level).toBe(level);
    if (advice !== undefined) expect(finding.advice).toMatch(advice);
  });

  test("an unsigned webhook is warned of, a signed one isn't, and its clock is read", async () => {
    const secret = { BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: `whsec_${"A".repeat(32)}` };
    const receiver = await startRawReceiver(({ socket }) =>
      socket.write("HTTP/1.1 405 No\r\ndate: Sat, 21 Nov 2026 10:00:00 GMT\r\n\r\n"),
    );
    const probe = async (environment: Environment) => {
      const { settings, context } = open(channels.webhook, {
        ...webhookEnvironment(receiver.port),
        ...environment,
      });
      const channel: Channel = channels.webhook;
      return channel.probe(settings, context);
    };
    expect((await probe(secret)).findings).toHaveLength(1);
    const unsigned = await probe({});
    expect(unsigned.findings[1]).toMatchObject({
      level: "warn",
      advice: expect.stringContaining("openssl rand"),
    });
    expect(unsigned.receiverTime).toBe(now + 500);
  });
});
