// The pure rules of notifications: who gets what how, when it is tried again, how texts are made.
import { canonicalJson } from "../../../src/kernel/rules/json.ts";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { allChannels } from "../../../src/notifications/channels/index.ts";
import { toWebhookSettings } from "../../../src/notifications/channels/webhook/channel.ts";
import { sign } from "../../../src/notifications/channels/webhook/send.ts";
import { passesFilter } from "../../../src/notifications/inbox/hub.ts";
import { toHtml, toInlineHtml, toPlainText } from "../../../src/notifications/texts/rules/markdown.ts";
import { escapeMarkdown } from "../../../src/kernel/rules/text.ts";
import { createCache } from "../../../src/kernel/ports.ts";
import {
  compile,
  renderOrFallback,
  type RenderInput,
  withoutTemplate,
} from "../../../src/notifications/texts/rules/render.ts";
import {
  backoffMs,
  parseRetryAfter,
  decideOutcome,
} from "../../../src/notifications/delivery/rules/retry.ts";
import { planDeliveries } from "../../../src/notifications/outbox/rules/delivery-plan.ts";
import {
  duplicateWindows,
  identityOf,
  minuteBucket,
} from "../../../src/notifications/outbox/rules/duplicates.ts";
import type { PlanChannel, PlanOptions, Recipient } from "../../../src/notifications/outbox/rules/plan.ts";
import { kinds } from "../../../src/notifications/kinds/kinds.ts";

const ada: Recipient = {
  userId: "00000000-0000-7000-8000-000000000001",
  username: "ada",
  name: "Ada",
  email: "ada@example.com",
  status: "active",
  disabled: null,
  ownActionsNotify: false,
  mutes: null,
  why: ["named"],
};
/** The channels, of which these are set up and on. */
function channelsOf(on: string[]): PlanChannel[] {
  return allChannels.map((channel) => ({
    ...channel,
    isConfigured: channel.isLocal || on.includes(channel.id),
    isOn: on.includes(channel.id),
  }));
}
const usual: PlanOptions = {
  template: { id: "t", method: null, enabledByDefault: true, isDisabled: false },
  defaultMethod: "webhook",
  channels: channelsOf(["inbox", "smtp", "webhook"]),
  isPaused: false,
  identity: "i",
  about: { targets: [], labels: {} },
  thing: "w",
  now: 1_000,
};
const passcode = (method: string | null) => ({
  id: kinds["one-time-passcode"].id,
  method,
  enabledByDefault: true,
});
const routed = (recipient: Partial<Recipient>, options: Partial<PlanOptions>) =>
  planDeliveries([{ ...ada, ...recipient }], { ...usual, ...options }).map(
    ({ method, status, reasons, dueAt }) => ({
      method,
      status,
      reasons,
      dueAt,
    }),
  );

describe("planning deliveries", () => {
  test("goes to the default method later and to the inbox at once", () => {
    expect(routed({}, {})).toEqual([
      { method: "webhook", status: "pending", reasons: ["named", "deployment_default"], dueAt: 1_000 },
      { method: "inbox", status: "sent", reasons: ["named", "inbox"], dueAt: null },
    ]);
  });

  test.each([
    ["nothing at all is set up", { defaultMethod: undefined, channels: channelsOf(["smtp", "webhook"]) }, []],
    ["only the inbox is", { defaultMethod: undefined }, ["inbox"]],
    ["only the webhook is", { channels: channelsOf(["smtp", "webhook"]) }, ["webhook"]],
    [
      "the template names mail",
      { template: { id: "t", method: "smtp", enabledByDefault: true, isDisabled: false } },
      ["smtp", "inbox"],
    ],
    [
      "the template names the inbox",
      { template: { id: "t", method: "inbox", enabledByDefault: true, isDisabled: false } },
      ["inbox"],
    ],
    ["it is a passcode, which goes by mail alone", { template: passcode(null) }, ["smtp"]],
    ["it is a passcode, and the template names the inbox", { template: passcode("inbox") }, ["smtp"]],
    [
      "it is a passcode, and no mail is set up",
      { template: passcode(null), channels: channelsOf(["inbox"]) },
      ["smtp"],
    ],
  ] as [string, Partial<PlanOptions>, string[]][])("uses these methods when %s", (_, options, expected) => {
    expect(routed({}, options).map(({ method }) => method)).toEqual(expected);
  });

  test("a channel of another release is not configured", () => {
    const template = { ...usual.template, method: "pager" };
    expect(routed({}, { template })[0]).toMatchObject({
      method: "pager",
      reasons: ["named", "template_method", "not_configured"],
    });
  });

  describe("by push", () => {
    const channels = channelsOf(["inbox", "webhook", "push"]);
    const template = { ...usual.template, id: kinds["task-failed"].id };
    const plan = (options: Partial<PlanOptions>, recipient: Partial<Recipient> = { hasPush: 1 }) =>
      planDeliveries([{ ...ada, ...recipient }], { ...usual, template, channels, ...options });
    const pushed = (...args: Parameters<typeof plan>) =>
      plan(...args).find(({ method }) => method === "push");

    test("goes to who chose it, for kinds that are worth it, besides the other channels", () => {
      expect(plan({}).map(({ method }) => method)).toEqual(["webhook", "inbox", "push"]);
      expect(pushed({})).toMatchObject({ status: "pending", reasons: ["named", "chosen_by_user"] });
      expect(pushed({}, { hasPush: 0 })).toBeUndefined();
      expect(pushed({}, {})).toBeUndefined();
      expect(pushed({ template: usual.template })).toBeUndefined();
      expect(pushed({ channels: channelsOf(["inbox", "webhook"]) })).toBeUndefined();
    });

    test("what is about the same thing is a duplicate for a minute, whatever it says", () => {
      const key = (options: Partial<PlanOptions>) => pushed(options)!.dedupeKey;
      const other = { ...template, id: kinds["task-idle"].id };
      expect(key({ identity: "another", template: other })).toBe(key({}));
      expect(key({ thing: "another" })).not.toBe(key({}));
      const windows = duplicateWindows(plan({}), undefined, 100_000);
      expect(windows).toEqual([{ dedupeKey: key({}), until: 40_000 }]);
      const all = duplicateWindows(plan({}), 5_000, 100_000).map(({ until }) => until);
      expect(all).toEqual([95_000, 95_000, 40_000]);
      expect(duplicateWindows(plan({}, { hasPush: 1, disabled: true }), 5_000, 100_000)).toEqual([]);
    });
  });

  test("what the recipient did themselves is in the inbox, and not sent, unless they want it", () => {
    const template = { ...usual.template, id: kinds["user-account-created"].id };
    const own = { template, initiatorId: ada.userId };
    expect(routed({}, own)).toEqual([
      {
        method: "webhook",
        status: "inhibited",
        reasons: ["named", "deployment_default", "own_action"],
        dueAt: null,
      },
      { method: "inbox", status: "sent", reasons: ["named", "inbox", "own_action"], dueAt: null },
    ]);
    expect(routed({}, { ...own, isPaused: true })[1]).toEqual({
      method: "inbox",
      status: "pending",
      reasons: ["named", "inbox", "own_action", "paused"],
      dueAt: 1_000,
    });
    const news = routed({}, { template });
    expect(news.map(({ status }) => status)).toEqual(["pending", "sent"]);
    expect(routed({ ownActionsNotify: true }, own)).toEqual(news);
    expect(routed({}, { ...own, initiatorId: "somebody else" })).toEqual(news);
    // A kind that is news to who caused it.
    const custom = { ...template, id: kinds["custom-notification"].id };
    expect(routed({}, { ...own, template: custom })).toEqual(news);
    expect(routed({}, { ...own, channels: channelsOf(["inbox"]) })[0]!.reasons.at(-1)).toBe("not_configured");
  });

  test("lets nobody switch off what keeps an account its owner's, and sends a passcode before all else", () => {
    const template = { ...passcode(null), enabledByDefault: false, isDisabled: true };
    const [row] = routed({ disabled: true }, { template });
    expect(row).toMatchObject({ method: "smtp", status: "pending", reasons: ["named", "only_by_mail"] });
    expect(row!.dueAt).toBeLessThan(usual.now);
    expect(routed({}, { template, channels: channelsOf(["inbox"]) })).toMatchObject([
      { status: "inhibited", reasons: ["named", "only_by_mail", "not_configured"] },
    ]);
  });

  test.each([
    ["suspended_user", { status: "suspended" }, {}],
    [
      "disabled_by_deployment",
      { disabled: false },
      { template: { id: "t", method: null, enabledByDefault: true, isDisabled: true } },
    ],
    ["disabled_by_user", { disabled: true }, {}],
    [
      "muted_by_user",
      { mutes: "workspace ws " },
      {
        template: {
          id: kinds["workspace-deleted"].id,
          method: null,
          enabledByDefault: true,
          isDisabled: false,
        },
        about: { targets: ["ws"], labels: {} },
      },
    ],
    [
      "off_by_default",
      {},
      { template: { id: "t", method: null, enabledByDefault: false, isDisabled: false } },
    ],
  ] as [string, Partial<Recipient>, Partial<PlanOptions>][])(
    "keeps %s as a row for each method",
    (reason, recipient, options) => {
      const rows = routed(recipient, options);
      expect(rows).toHaveLength(2);
      for (const row of rows)
        expect(row).toMatchObject({
          status: "inhibited",
          dueAt: null,
          reasons: expect.arrayContaining([reason]),
        });
    },
  );

  test("a channel that the recipient disabled for the kind is not used; the others are", () => {
    expect(
      routed({ disabledMethods: '["webhook"]' }, {}).map(({ status, reasons }) => [status, reasons.at(-1)]),
    ).toEqual([
      ["inhibited", "channel_disabled_by_user"],
      ["sent", "inbox"],
    ]);
  });

  test("what the recipient muted reaches them by no channel", () => {
    const template = { id: kinds["task-idle"].id, method: null, enabledByDefault: true, isDisabled: false };
    const about = { targets: ["w"], labels: {} };
    const rows = routed({ mutes: "workspace w " }, { template, about });
    expect(rows.map(({ status, reasons }) => [status, reasons.at(-1)])).toEqual([
      ["inhibited", "muted_by_user"],
      ["inhibited", "muted_by_user"],
    ]);
  });

  test("an explicit choice switches on what is off by default", () => {
    const rows = routed(
      { disabled: false },
      { template: { id: "t", method: null, enabledByDefault: false, isDisabled: false } },
    );
    expect(rows.map(({ status }) => status)).toEqual(["pending", "sent"]);
  });

  test("a way that the template names and nobody has set up is kept with its reason", () => {
    const rows = routed(
      {},
      {
        template: { id: "t", method: "smtp", enabledByDefault: true, isDisabled: false },
        channels: channelsOf(["inbox", "webhook"]),
      },
    );
    expect(rows.map(({ method, reasons }) => [method, reasons.at(-1)])).toEqual([
      ["smtp", "not_configured"],
      ["inbox", "inbox"],
    ]);
  });

  test("a channel that this release doesn't know is kept with its reason", () => {
    const template = { id: "t", method: "pager", enabledByDefault: true, isDisabled: false };
    expect(routed({}, { template })).toMatchObject([
      { method: "pager", status: "inhibited", reasons: ["named", "template_method", "not_configured"] },
      { method: "inbox", status: "sent" },
    ]);
  });

  test("nobody without an address gets mail, but the inbox", () => {
    const rows = routed({ email: "" }, { defaultMethod: "smtp" });
    expect(rows.map(({ status, reasons }) => [status, reasons.at(-1)])).toEqual([
      ["inhibited", "no_address"],
      ["sent", "inbox"],
    ]);
  });

  test("a delayed event waits until its time, the inbox too", () => {
    const rows = routed({}, { notBefore: 5_000 });
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row).toMatchObject({ status: "pending", dueAt: 5_000 });
    for (const { reasons } of rows) expect(reasons.at(-1)).toBe("held_back");
    expect(routed({}, { notBefore: 1_000 })).toEqual(routed({}, {}));
  });

  test("the minute of a time has no seconds", () => {
    const minute = "2026-11-21T10:00:00Z";
    for (const time of ["2026-11-21T10:00:00.000Z", "2026-11-21T10:00:59.999Z"])
      expect(minuteBucket(Date.parse(time))).toBe(minute);
  });

  test("while paused everything waits, and says so", () => {
    for (const row of routed({}, { isPaused: true })) {
      expect(row).toMatchObject({
        status: "pending",
        dueAt: 1_000,
        reasons: expect.arrayContaining(["paused"]),
      });
    }
  });

  test("one person's keys differ by method, two people's by person, and are the same the second time", () => {
    const keys = () =>
      planDeliveries([ada, { ...ada, userId: "b" }], usual).map(({ dedupeKey }) => dedupeKey);
    expect(new Set(keys()).size).toBe(4);
    expect(keys()).toEqual(keys());
  });
});

describe("identity", () => {
  const event = { labels: { a: "1", b: "2" }, data: { x: [1, { y: null }] }, targets: ["t1", "t2"] };
  const noon = Date.parse("2026-11-21T12:00:00Z");

  test("the order of members doesn't matter, that of targets does", () => {
    expect(identityOf({ ...event, labels: { b: "2", a: "1" } }, noon)).toBe(identityOf(event, noon));
    expect(identityOf({ ...event, targets: ["t2", "t1"] }, noon)).not.toBe(identityOf(event, noon));
  });

  test("the same content is another event on another UTC day", () => {
    const lastOfDay = Date.parse("2026-11-21T23:59:59.999Z");
    expect(identityOf(event, lastOfDay)).toBe(identityOf(event, noon));
    expect(identityOf(event, lastOfDay + 1)).not.toBe(identityOf(event, noon));
  });

  test("a producer's own identity is all that counts", () => {
    expect(identityOf({ ...event, identity: "build 1" }, noon)).toBe(
      identityOf({ labels: {}, data: null, targets: [], identity: "build 1" }, noon + 1e9),
    );
  });

  test("canonical JSON is JSON of the same value, equal for equal values", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });
});

describe("retries", () => {
  const policy = { maxAttempts: 5, interval: 30_000 };

  test("waits grow fourfold, to an hour at most, and spread by a fifth", () => {
    expect([1, 2, 3, 4, 5, 9].map((attempt) => backoffMs(attempt, policy, 0.5))).toEqual([
      30_000, 120_000, 480_000, 1_920_000, 3_600_000, 3_600_000,
    ]);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, chance) => {
          const middle = backoffMs(attempt, policy, 0.5);
          expect(backoffMs(attempt, policy, chance)).toBeGreaterThanOrEqual(middle * 0.8 - 1);
          expect(backoffMs(attempt, policy, chance)).toBeLessThanOrEqual(middle * 1.2 + 1);
        },
      ),
    );
  });

  const first = { attempt: 1, createdAt: 0, expiresAt: null };

  test.each(["sender", "account"] as const)(
    "what is about our %s is retried for a day, once an hour",
    (about) => {
      const outcome = { kind: "temporary", detail: "550 not verified", about } as const;
      const hour = 3_600_000;
      const at = (now: number, attempt = 5) =>
        decideOutcome(outcome, { ...first, attempt }, policy, now, 0.5);
      expect(at(hour)).toMatchObject({ status: "temporary_failure", dueAt: 2 * hour, forgiven: 1 });
      expect(at(22 * hour)).toMatchObject({ status: "temporary_failure", forgiven: 1 });
      expect(at(23 * hour)).toMatchObject({ status: "permanent_failure", reason: "attempts_exhausted" });
      expect(at(0, 1)).toMatchObject({ dueAt: 30_000, forgiven: 0 });
    },
  );

  test.each(["recipient", "message", "content", "server", undefined] as const)(
    "what is about %s has five attempts",
    (about) => {
      const outcome = {
        kind: "temporary",
        detail: "451",
        ...(about === undefined ? {} : { about }),
      } as const;
      expect(decideOutcome(outcome, { ...first, attempt: 5 }, policy, 1_000, 0.5)).toMatchObject({
        reason: about === "recipient" ? "recipient_refused" : "attempts_exhausted",
      });
    },
  );

  test("a temporary failure is due again, the last one is final", () => {
    const outcome = { kind: "temporary", detail: "answered 500" } as const;
    expect(decideOutcome(outcome, first, policy, 1_000, 0.5)).toMatchObject({
      status: "temporary_failure",
      dueAt: 31_000,
    });
    expect(decideOutcome(outcome, { ...first, attempt: 5 }, policy, 1_000, 0.5)).toMatchObject({
      status: "permanent_failure",
      dueAt: null,
      reason: "attempts_exhausted",
    });
  });

  test("what would come too late is not tried again", () => {
    const outcome = { kind: "temporary", detail: "answered 451" } as const;
    expect(decideOutcome(outcome, { ...first, expiresAt: 31_001 }, policy, 1_000, 0.5).dueAt).toBe(31_000);
    expect(decideOutcome(outcome, { ...first, expiresAt: 31_000 }, policy, 1_000, 0.5)).toMatchObject({
      status: "permanent_failure",
      dueAt: null,
      reason: "expired",
    });
  });

  test("the receiver's own time is kept, up to six hours, and never shortens the wait", () => {
    const due = (retryAfter: number) =>
      decideOutcome({ kind: "temporary", detail: "", retryAfter }, first, policy, 0, 0.5).dueAt;
    expect([due(1_000), due(600_000), due(1e12)]).toEqual([30_000, 600_000, 6 * 3_600_000]);
  });

  test.each([
    ["sent", { kind: "sent", detail: "" }, "sent"],
    ["refused for good", { kind: "permanent", detail: "" }, "permanent_failure"],
    ["not wanted any more", { kind: "inhibited", detail: "", reason: "disabled_by_user" }, "inhibited"],
  ] as const)("what is %s is final", (_, outcome, status) => {
    expect(decideOutcome(outcome, first, policy, 0, 0.5)).toMatchObject({ status, dueAt: null });
  });

  test("Retry-After is seconds or a date, and nonsense is nothing", () => {
    const now = Date.parse("2026-11-21T10:00:00Z");
    expect(parseRetryAfter("120", now)).toBe(120_000);
    expect(parseRetryAfter("Sat, 21 Nov 2026 10:01:00 GMT", now)).toBe(60_000);
    expect(parseRetryAfter("Sat, 21 Nov 2020 10:01:00 GMT", now)).toBe(0);
    expect([parseRetryAfter("soon", now), parseRetryAfter(null, now)]).toEqual([undefined, undefined]);
  });
});

describe("texts", () => {
  const input: RenderInput = {
    labels: { name: "*bold* [x](http://evil.example)", path: "a/b c&d" },
    data: { deep: { list: [1, 2] } },
    user: { id: "u", name: "Ada", username: "ada", email: "ada@example.com" },
    baseUrl: "http://belfry.example",
    templateId: "t",
  };

  test("labels show as themselves in Markdown and are encoded in addresses", () => {
    const { title, body, actions } = compile({
      title: "{{ labels.name }} moved",
      body: "{{ labels.name | raw }} {{ data.deep.list[1] }} {{ labels.missing }}",
      actions: [
        {
          label: "Open {{ labels.path }}",
          url: "{{ base_url | raw }}/@{{ user.username }}/{{ labels.path }}",
        },
      ],
    }).render(input);
    expect(toPlainText(title)).toBe("*bold* [x](http://evil.example) moved");
    expect(toHtml(title)).not.toContain("<a");
    expect(body).toBe("*bold* [x](http://evil.example) 2");
    expect(actions).toEqual([{ label: "Open a/b c&d", url: "http://belfry.example/@ada/a%2Fb%20c%26d" }]);
  });

  test.each([
    ["Build done\n *now*", "Build done\n *now*"],
    // The engine's limit for one text is 500,000 characters.
    [` ${"x".repeat(20_000)} `, "x".repeat(20_000)],
    [undefined, ""],
  ])("a text that is one raw label is that label, trimmed", (name, shown) => {
    const labels = { ...input.labels, name } as RenderInput["labels"];
    const text = { title: "x", body: "{{ labels.name | raw }}\n", actions: [] };
    expect(compile(text).render({ ...input, labels }).body).toBe(shown);
  });

  test.each([
    ["{{ labels.user }} {{ data.user }} {{ base_url }}", false],
    ["Hello {{ user.name }}", true],
    ["{% assign who = user %}{{ who.name }}", true],
    ['{{ ["user"].name }}', true],
    ["{% if labels.a %}{{ user.email }}{% endif %}", true],
  ])("%s is personal: %s", (text, isPersonal) => {
    const plain = { title: "x", body: "x", actions: [{ label: "x", url: "https://x.example" }] };
    const texts = [
      { ...plain, title: text },
      { ...plain, body: text },
      { ...plain, actions: [{ label: text, url: "" }] },
      { ...plain, actions: [{ label: "", url: text }] },
    ];
    expect(texts.map((one) => compile(one).isPersonal)).toEqual(texts.map(() => isPersonal));
  });

  test("an escaped value always reads as it was and never becomes markup", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (value) => {
        const oneLine = value.replaceAll(/\s+/g, " ").trim();
        const escaped = escapeMarkdown(value).trim();
        expect(toPlainText(`x${escaped}`)).toBe(`x${oneLine}`.replaceAll("\0", "\uFFFD"));
        expect(toInlineHtml(escaped)).not.toMatch(/<[a-z]/i);
        expect(toHtml(escaped).replace(/^<p>|<\/p>\n?$/g, "")).not.toMatch(/<[a-z]/i);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    "- a",
    "1. a",
    "# a",
    "> a",
    "    a",
    "```a",
    "http://evil.example",
    "a@b.example",
    "<b>a</b>",
    "&lt;",
    "a\n\n# b",
    "![a](b)",
    "---",
    "+ a",
    "* a",
    "1) a",
  ])("%j can't start anything", (value) => {
    expect(toHtml(escapeMarkdown(value))).toMatch(/^<p>[^<]*<\/p>\n$/);
  });

  test("an address is a link, the name of a file is none", () => {
    expect(toHtml("see https://a.example/x")).toContain('<a href="https://a.example/x"');
    for (const name of ["README.md", "main.rs", "build.sh", "setup.py", "a.example.com"])
      expect(toHtml(`broken: ${name}`)).toBe(`<p>broken: ${name}</p>\n`);
  });

  test("character references are HTML 4's; another stays as it is typed", () => {
    expect(toPlainText("&lt;b&gt; &copy;&nbsp;&eacute;&Omega; &rang; &apos; &#65;&#x42; \\&amp;")).toBe(
      "<b> ©\u00A0éΩ ⟩ ' AB &amp;",
    );
    expect(toInlineHtml("&lt;b&gt; &bigstar; a&b; &amp;amp;")).toBe(
      "&lt;b&gt; &amp;bigstar; a&amp;b; &amp;amp;",
    );
    expect(toHtml("[x](https://a.example/?a=1&amp;b=2)")).toContain('href="https://a.example/?a=1&amp;b=2"');
  });

  test("HTML, scripts, pictures and odd links of an author stay text", () => {
    const html = toHtml(
      "<script>alert(1)</script> ![x](http://a/b.png) [j](javascript:alert(1)) [d](data:text/html,x) [v](vbscript:x) [p](//evil.example)",
    );
    expect(html).not.toMatch(/<script|<img|href="(javascript|data|vbscript|\/\/)/i);
    expect(toHtml("[ok](https://a.example) [own](/tasks/1)")).toMatch(
      /href="https:\/\/a.example".*href="\/tasks\/1"/,
    );
  });

  test("plain text keeps lists, code and addresses readable", () => {
    expect(
      toPlainText(
        "# Done\n\n*All* `312` tests [here](http://ci.example/1)\n\n- a\n- b\n\n1. c\n2. d\n\n```\ncode\n```",
      ),
    ).toBe("Done\n\nAll 312 tests here (http://ci.example/1)\n\n- a\n- b\n\n1. c\n2. d\n\ncode");
  });

  test.each([
    "{% include 'x' %}",
    "{{ 'a' ",
    "{% for i in (1..100000000) %}x{% endfor %}",
    "{% render 'x' %}",
  ])("a template that can't be rendered (%s) still lists the facts", (body) => {
    const version = { templateId: "t", number: 1, name: "Build failed", title: "x", body, actions: [] };
    const rendered = renderOrFallback(createCache(), version, input);
    expect(rendered.failed).toBe(true);
    expect(rendered.title).toBe("Build failed");
    expect(toPlainText(rendered.body)).toContain("path: a/b c&d");
  });

  test("values that are no text are shown as JSON, and by `raw` as Liquid does", () => {
    const { body } = compile({
      title: "",
      body: "{{ data.deep }} {{ data.deep.list | raw }}{{ labels.missing | raw }}",
      actions: [],
    }).render(input);
    expect(toPlainText(body)).toBe('{"list":[1,2]} 12');
  });

  test("plain text of one line is what the parser makes of it, whatever stands in it", () => {
    const pieces = [
      ..."aZé日 07.,;:!?'\"()%+=-/\\*_`~[]<>#|&@\t",
      "  ",
      "1. ",
      "//",
      "http://a.example",
      "a@b.example",
      "---",
    ];
    const line = fc.string({ unit: fc.constantFrom(...pieces), maxLength: 12 });
    fc.assert(
      fc.property(line, (text) => {
        // With a second line, it is parsed.
        expect(toPlainText(text)).toBe(toPlainText(`${text}\n`));
      }),
      { numRuns: 5_000 },
    );
    expect(toPlainText("Build 312 (main): 4/5 tests passed ")).toBe("Build 312 (main): 4/5 tests passed");
  });

  test("plain text keeps tables, rules, quotes and line breaks", () => {
    expect(toPlainText("a\nb\n\n---\n\n> c\n\n|x|y|\n|-|-|\n|1|2|\n\n    code")).toBe(
      "a\nb\n\n----\n\nc\n\nx  y\n1  2\n\ncode",
    );
  });

  test("a link that shows its own address is written once, also with an unknown reference", () => {
    expect(toPlainText("<https://a.example/> <a@b.example> [a &bigstar; b](https://a.example/)")).toBe(
      "https://a.example/ a@b.example a &bigstar; b (https://a.example/)",
    );
  });

  test("templates can't reach prototypes", () => {
    const { body } = compile({
      title: "",
      body: "{{ labels.constructor }}{{ labels.__proto__ }}{{ data.deep.toString }}",
      actions: [],
    }).render(input);
    expect(body).toBe("");
  });
});

describe("signatures", () => {
  const keyOf = (secret: string) =>
    toWebhookSettings(
      {
        BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: {
          endpoint: "https://hooks.example.com/",
          authorization: undefined,
        },
        BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: secret,
      },
      { dispatchTimeout: 1_000 },
    )!.key!;

  test("are those of the Standard Webhooks test vector", () => {
    const headers = sign(
      keyOf("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
      "msg_p5jXN8AQM9LWM0D4loKWxJek",
      1_614_265_330_999,
      '{"test": 2432232314}',
    );
    expect(headers).toEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  test("are accepted by the reference library", () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    const body = JSON.stringify({ title: "Grüße 🔔" });
    const headers = sign(keyOf(secret), "id-1", Date.now(), body);
    expect(new Webhook(secret).verify(body, headers)).toEqual({ title: "Grüße 🔔" });
  });
});

describe("the filter of a watch", () => {
  const row = { templateId: "t1", targets: '["a","b"]' };
  test.each([
    [{ targets: [], templates: [], readStatus: "all" }, true],
    [{ targets: ["a", "b"], templates: ["t1"], readStatus: "unread" }, true],
    [{ targets: ["a", "c"], templates: [], readStatus: "all" }, false],
    [{ targets: [], templates: ["t2"], readStatus: "all" }, false],
    [{ targets: [], templates: [], readStatus: "read" }, false],
  ] as const)("%j lets it through: %s", (filter, expected) => {
    expect(passesFilter(row, filter)).toBe(expected);
  });
});

test("a text that came with its event is shown as it is", () => {
  const text = { title: "{{ labels.x }}", body: "**b**", actions: [] };
  expect(withoutTemplate(text)).toEqual({ ...text, failed: false, isPersonal: false });
});
