// What each product is sent: whole payloads, and their limits.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { receiverFormats } from "../../../db/schema.ts";
import type { OutgoingMessage } from "../../../src/notifications/channels/channel.ts";
import { kinds } from "../../../src/notifications/kinds/kinds.ts";
import { byteLength } from "../../../src/kernel/rules/text.ts";
import { maxDiscordLength } from "../../../src/notifications/receivers/rules/formats/discord.ts";
import { formats } from "../../../src/notifications/receivers/rules/formats/formats.ts";
import { maxNtfyBytes, splitTopic } from "../../../src/notifications/receivers/rules/formats/ntfy.ts";
import { toSlackText } from "../../../src/notifications/receivers/rules/formats/slack.ts";
import { maxTeamsBytes } from "../../../src/notifications/receivers/rules/formats/teams.ts";
import {
  cutText,
  everybodyRecipient,
  fitText,
  toReceiverMessage,
  type ReceiverMessage,
  type ReceiverRequest,
  type ReceiverTarget,
} from "../../../src/notifications/receivers/rules/message.ts";

const now = Date.parse("2026-11-21T10:00:00Z");
const outgoing: OutgoingMessage = {
  id: "0198f0aa-0000-7000-8000-000000000001",
  recipient: everybodyRecipient,
  template: { id: kinds["prebuild-failure-limit-reached"].id, name: "Prebuild Failure Limit Reached" },
  reasons: ["everybody", "receiver_filter"],
  title: "Prebuilds failing: docker / <large> & co",
  body: "Belfry **stopped** creating [prebuilds](https://belfry.example.com/p?a=1|2).\n\n- `df -h` _now_\n- a < b",
  actions: [{ label: "View preset", url: "https://belfry.example.com/templates/docker" }],
  labels: {
    template: "docker",
    preset_name: "large",
    link: "https://x",
    custom_title: "x",
    empty: "",
    lines: "a\nb",
  },
  data: null,
  targets: [],
  unsubscribeUrl: null,
  expiresAt: null,
};
const about = { situationId: "s1", at: now, accessUrl: "https://belfry.example.com" };
const message = toReceiverMessage(outgoing, about);
const target = {
  address: "https://hooks.example.com/x",
  headers: {},
  secrets: [`whsec_${Buffer.alloc(32, 1).toString("base64")}`],
  template: '{"title": "{{ title }}", "text": {{ text | json }}}',
};
const rendered = (
  format: (typeof receiverFormats)[number],
  given: ReceiverMessage,
  to: ReceiverTarget,
): ReceiverRequest => {
  const request = formats[format].render(given, to, now);
  if ("problem" in request) throw new Error(request.problem);
  return request;
};
const render = (
  format: (typeof receiverFormats)[number],
  over: Partial<OutgoingMessage> = {},
  given = target,
) => {
  const { url, headers, body } = rendered(format, toReceiverMessage({ ...outgoing, ...over }, about), given);
  return { url, headers, json: JSON.parse(body) as never, body };
};

test("the parts of a message: facts are short labels, and what it is about has a key", () => {
  expect(message.facts).toEqual([
    ["Template", "docker"],
    ["Preset name", "large"],
  ]);
  expect(message).toMatchObject({
    key: "belfry/s1",
    isResolved: false,
    severity: "critical",
    link: outgoing.actions[0]!.url,
  });
  const unknown = toReceiverMessage(
    { ...outgoing, template: { id: "x", name: "Other" }, actions: [] },
    { ...about, situationId: null },
  );
  expect(unknown).toMatchObject({
    key: `belfry/${outgoing.id}`,
    kind: "Other",
    severity: "info",
    link: "https://belfry.example.com/inbox",
  });
});

test("a message for one of many names them", () => {
  const bodyFor = (name: string) =>
    toReceiverMessage({ ...outgoing, recipient: { id: "u1", username: "mia", name, email: "" } }, about).body;
  expect(bodyFor("Mia *M*").split("\n")[0]).toBe("**For Mia \\*M\\* \\(mia\\)**");
  expect(bodyFor("mia").split("\n")[0]).toBe("**For mia**");
  expect(bodyFor("").endsWith(outgoing.body)).toBe(true);
  expect(message.body).toBe(outgoing.body);
});

describe("whole payloads", () => {
  test("slack", () => {
    expect(render("slack").json).toEqual({
      text: "🚨 Prebuilds failing: docker / &lt;large&gt; &amp; co",
      blocks: [
        { type: "header", text: { type: "plain_text", text: "🚨 Prebuilds failing: docker / <large> & co" } },
        {
          type: "section",
          text: {
            type: "mrkdwn",
            text: "Belfry *stopped* creating <https://belfry.example.com/p?a=1%7C2|prebuilds>.\n\n• `df -h` _now_\n• a &lt; b",
          },
        },
        {
          type: "section",
          fields: [
            { type: "mrkdwn", text: "*Template*\ndocker" },
            { type: "mrkdwn", text: "*Preset name*\nlarge" },
          ],
        },
        {
          type: "actions",
          elements: [
            {
              type: "button",
              text: { type: "plain_text", text: "View preset" },
              url: "https://belfry.example.com/templates/docker",
            },
          ],
        },
        { type: "context", elements: [{ type: "mrkdwn", text: "Belfry · Prebuilds stopped" }] },
      ],
    });
    const bare = render("slack", { body: " ", labels: {}, actions: [] }).json as {
      blocks: { type: string }[];
    };
    expect(bare.blocks.map(({ type }) => type)).toEqual(["header", "context"]);
  });

  test("teams", () => {
    expect(render("teams").json).toEqual({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: {
            $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
            type: "AdaptiveCard",
            version: "1.4",
            msteams: { width: "Full" },
            body: [
              {
                type: "TextBlock",
                text: "Prebuilds failing: docker / <large> & co",
                weight: "bolder",
                size: "medium",
                wrap: true,
                color: "attention",
              },
              {
                type: "TextBlock",
                text: "Belfry stopped creating prebuilds (https://belfry.example.com/p?a=1%7C2).\n\n\n\n- df -h now\n\n- a < b",
                wrap: true,
              },
              {
                type: "FactSet",
                facts: [
                  { title: "Template", value: "docker" },
                  { title: "Preset name", value: "large" },
                ],
              },
              {
                type: "TextBlock",
                text: "Belfry · Prebuilds stopped",
                isSubtle: true,
                size: "small",
                wrap: true,
              },
            ],
            actions: [
              {
                type: "Action.OpenUrl",
                title: "View preset",
                url: "https://belfry.example.com/templates/docker",
              },
            ],
          },
        },
      ],
    });
    const bare = JSON.stringify(render("teams", { body: "", labels: {}, actions: [] }).json);
    expect(bare).toContain("Open Belfry");
    expect(bare).not.toContain("FactSet");
  });

  test("discord", () => {
    expect(render("discord")).toMatchObject({
      url: "https://hooks.example.com/x?wait=true",
      json: {
        content:
          "**🚨 Prebuilds failing: docker / <large\\> & co**\n" +
          outgoing.body +
          "\n[View preset](<https://belfry.example.com/templates/docker>)",
        allowed_mentions: { parse: [] },
      },
    });
    const bare = render("discord", { actions: [] }).json as { content: string };
    expect(bare.content).toContain("[Open Belfry](<https://belfry.example.com/inbox>)");
    const long = `https://belfry.example.com/${"x".repeat(400)}`;
    expect(render("discord", { actions: [{ label: "Long", url: long }] }).body).not.toContain("Long");
  });

  test("ntfy", () => {
    const given = { ...target, address: "https://ntfy.example.com/sub/ops?x=1", secrets: ["tk_1"] };
    expect(render("ntfy", {}, given)).toMatchObject({
      url: "https://ntfy.example.com/sub/?x=1",
      headers: { authorization: "Bearer tk_1" },
      json: {
        topic: "ops",
        title: "Prebuilds failing: docker / <large> & co",
        message:
          "Belfry stopped creating prebuilds (https://belfry.example.com/p?a=1%7C2).\n\n- df -h now\n- a < b",
        priority: 5,
        tags: ["rotating_light"],
        click: "https://belfry.example.com/templates/docker",
        actions: [
          { action: "view", label: "View preset", url: "https://belfry.example.com/templates/docker" },
        ],
      },
    });
    const open = render("ntfy", { body: "" }, { ...given, secrets: [] });
    expect(open.headers).not.toHaveProperty("authorization");
    expect(open.json).toMatchObject({ message: "Prebuilds failing: docker / <large> & co" });
    expect(splitTopic("https://ntfy.sh/ops/")).toEqual({ server: "https://ntfy.sh/", topic: "ops" });
  });

  test("pagerduty: a trigger, and what resolves it", () => {
    const given = { ...target, secrets: ["k".repeat(32)] };
    expect(render("pagerduty", {}, given).json).toEqual({
      routing_key: "k".repeat(32),
      dedup_key: "belfry/s1",
      event_action: "trigger",
      payload: {
        summary: "Prebuilds failing: docker / <large> & co",
        source: "belfry.example.com",
        severity: "critical",
        timestamp: "2026-11-21T10:00:00.000Z",
        class: "Prebuilds stopped",
        custom_details: {
          text: "Belfry stopped creating prebuilds (https://belfry.example.com/p?a=1%7C2).\n\n- df -h now\n- a < b",
          Template: "docker",
          "Preset name": "large",
        },
      },
      client: "Belfry",
      client_url: "https://belfry.example.com/templates/docker",
      links: [{ href: "https://belfry.example.com/templates/docker", text: "View preset" }],
    });
    const resolved = { template: { id: kinds["situation-resolved"].id, name: "x" } };
    expect(render("pagerduty", resolved, { ...target, secrets: [] }).json).toEqual({
      routing_key: "",
      dedup_key: "belfry/s1",
      event_action: "resolve",
    });
  });

  test("alertmanager: an alert that is open, and all alerts that its recurrences have fired", () => {
    const fired = render("alertmanager", { labels: { ...outgoing.labels, "Odd name": "x" } });
    expect(fired.url).toBe("https://hooks.example.com/x/api/v2/alerts");
    expect(fired.json).toEqual([
      {
        labels: {
          alertname: "prebuild-failure-limit-reached",
          severity: "critical",
          belfry_id: "s1",
          template: "docker",
        },
        annotations: {
          summary: "Prebuilds failing: docker / <large> & co",
          description:
            "Belfry stopped creating prebuilds (https://belfry.example.com/p?a=1%7C2).\n\n- df -h now\n- a < b",
          kind: "Prebuild Failure Limit Reached",
          template: "docker",
          preset_name: "large",
          odd_name: "x",
        },
        startsAt: "2026-11-21T10:00:00.000Z",
        endsAt: "2026-12-21T10:00:00.000Z",
        generatorURL: "https://belfry.example.com/templates/docker",
      },
    ]);
    const problems = [
      { template_id: outgoing.template.id, template: "docker", preset: null },
      { template_id: "of another system", workspace: "w".repeat(300) },
    ];
    const ended = render("alertmanager", {
      template: { id: kinds["situation-resolved"].id, name: "x" },
      data: { since: now - 60_000, problems },
      labels: { ü: "not a name" },
    });
    expect(ended.json).toMatchObject([
      {
        labels: { alertname: "prebuild-failure-limit-reached", template: "docker", belfry_id: "s1" },
        startsAt: "2026-11-21T09:59:00.000Z",
        endsAt: "2026-11-21T10:00:00.000Z",
      },
      {
        labels: {
          alertname: "of another system",
          severity: "info",
          workspace: expect.stringMatching(/^w{197,} …$/) as string,
        },
      },
    ]);
  });

  test("alertmanager: what has no end lasts an hour; a test ends by itself", () => {
    const given = { ...target, address: "https://am.example.com/api/v2/alerts/" };
    const { url, headers, body } = rendered(
      "alertmanager",
      toReceiverMessage(outgoing, { ...about, situationId: null }),
      given,
    );
    expect([url, headers["authorization"]]).toEqual([
      "https://am.example.com/api/v2/alerts",
      `Bearer ${target.secrets[0]}`,
    ]);
    expect(JSON.parse(body)).toMatchObject([{ endsAt: "2026-11-21T11:00:00.000Z" }]);
    const ended = { ...message, isResolved: true };
    const open = rendered("alertmanager", ended, { ...given, secrets: [] });
    expect(JSON.parse(open.body)).toMatchObject([
      { startsAt: "2026-11-21T10:00:00.000Z", endsAt: "2026-11-21T10:00:00.000Z" },
    ]);
    expect(open.headers).not.toHaveProperty("authorization");
  });

  test("coder: the envelope as the webhook has it, signed with each secret", () => {
    const { headers, json } = render(
      "coder",
      {},
      { ...target, secrets: [target.secrets[0]!, `whsec_${"B".repeat(43)}=`] },
    );
    expect(json).toMatchObject({ _version: "1.1", msg_id: outgoing.id, payload: { _version: "1.2" } });
    expect(headers["webhook-signature"]).toMatch(/^v1,\S{44} v1,\S{44}$/);
    expect(headers["webhook-id"]).toBe(outgoing.id);
  });
});

test("Slack's markup", () => {
  expect(toSlackText("# Head\n\n1. one\n2. two\n\n```\na <b>\n```\n\n~~gone~~\n\n> said")).toBe(
    "*Head*\n\n1. one\n2. two\n\n```\na &lt;b&gt;\n```\n~gone~\n\nsaid",
  );
  expect(toSlackText("a  \nb\nc")).toBe("a\nb\nc");
  expect(toSlackText("|a|b|\n|-|-|\n|1|2|")).toBe("a  b  \n1  2");
  expect(toSlackText("x\n\n    code\n\n---")).toBe("x\n\n```\ncode\n```");
});

describe("limits", () => {
  test.each([
    ["short", 10, "short"],
    ["One. Two is longer", 12, "One. Two …"],
    ["First one. Second one", 16, "First one. …"],
    ["abcdefghijklmnop", 8, "abcdef …"],
    ["line one\nline two", 14, "line one …"],
  ])("%s in %i", (text, max, expected) => expect(cutText(text, max)).toBe(expected));

  test("a character of two units is never cut", () => {
    expect(cutText("a😀😀😀", 4)).toBe("a …");
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 200 }),
        fc.integer({ min: 3, max: 100 }),
        (text, max) => {
          const cut = cutText(text, max);
          expect(cut.length).toBeLessThanOrEqual(Math.max(max, 3));
          expect(cut.isWellFormed()).toBe(text.isWellFormed());
        },
      ),
    );
  });

  test("what never fits is cut to one character", () => {
    expect(
      fitText(
        "abcdef",
        6,
        (cut) => cut,
        () => false,
      ),
    ).toBe(" …");
  });

  const long = "A sentence with an & and <b>. ".repeat(3_000);
  test.each([...receiverFormats])("%s fits its product whatever the text is", (format) => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "grapheme", maxLength: 300 }),
          fc.constantFrom(long, "ü".repeat(9_000), "*".repeat(9_000), '"'.repeat(40_000)),
        ),
        fc.string({ unit: "grapheme", maxLength: 300 }),
        (body, title) => {
          const { json, body: sent } = render(format, { body, title: `x${title}` });
          const payload = json as Record<string, unknown>;
          if (format === "discord")
            expect(String(payload["content"]).length).toBeLessThanOrEqual(maxDiscordLength);
          if (format === "teams") expect(byteLength(sent)).toBeLessThanOrEqual(maxTeamsBytes);
          if (format === "ntfy")
            expect(byteLength(String(payload["message"]))).toBeLessThanOrEqual(maxNtfyBytes);
          if (format === "slack")
            for (const block of payload["blocks"] as { text?: { text: string } }[])
              expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(3_000);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("a long text ends with a link to the whole", () => {
    const { json } = render("slack", { body: long });
    const { blocks } = json as { blocks: { text: { text: string } }[] };
    expect(blocks[1]!.text.text).toMatch(
      /\. …\n<https:\/\/belfry\.example\.com\/templates\/docker\|Read the whole text>$/,
    );
  });

  test("links that a product can't show are left out", () => {
    const url = `https://belfry.example.com/${"x".repeat(3_000)}`;
    const { blocks } = render("slack", { actions: [{ label: "Long", url }] }).json as {
      blocks: { type: string }[];
    };
    expect(blocks.some(({ type }) => type === "actions")).toBe(false);
  });
});
