// Templates of receivers: what they can say, what is refused, and that what they render is JSON whatever the texts are.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kinds } from "../../../src/notifications/kinds/kinds.ts";
import { formats } from "../../../src/notifications/receivers/rules/formats/formats.ts";
import { maxJsonBytes } from "../../../src/notifications/receivers/rules/formats/json.ts";
import { checkJsonTemplate } from "../../../src/notifications/receivers/rules/json-template.ts";
import {
  everybodyRecipient,
  toReceiverMessage,
  type ReceiverMessage,
} from "../../../src/notifications/receivers/rules/message.ts";
import { byteLength } from "../../../src/kernel/rules/text.ts";

const now = Date.parse("2026-11-21T10:00:00Z");
const message = toReceiverMessage(
  {
    id: "0198f0aa-0000-7000-8000-000000000001",
    recipient: everybodyRecipient,
    template: { id: kinds["task-failed"].id, name: "Task Failed" },
    reasons: [],
    title: "Task failed: *docker*",
    body: "It **failed**. See the [log](https://belfry.example.com/log).",
    actions: [{ label: "View", url: "https://belfry.example.com/w" }],
    labels: { task: "docker", workspace: "box" },
    data: { count: 3, list: [{ name: "a" }], none: null },
    targets: [],
    unsubscribeUrl: null,
    expiresAt: null,
  },
  { situationId: null, at: now, accessUrl: "https://belfry.example.com" },
);
const samples = [{ from: "the sample of task-failed", message }];
const target = { address: "https://hooks.example.com/x", headers: {}, secrets: [] as string[] };

const render = (template: string, given: ReceiverMessage = message, secrets = target.secrets) =>
  formats.json.render(given, { ...target, template, secrets }, now);
const bodyOf = (template: string, given?: ReceiverMessage): string => {
  const request = render(template, given);
  if ("problem" in request) throw new Error(request.problem);
  return request.body;
};

test("everything that a template can output", () => {
  const template = `{
    "all": [{{ id | json }}, {{ key | json }}, {{ at | json }}, "{{ link }}"],
    "kind": "{{ kind }} / {{ kind_title }}", "severity": "{{ severity }}", "resolved": {{ resolved }},
    "title": "{{ title }}", "body": {{ body | json }}, "text": "{{ text }}",
    "facts": {{ facts | json }}, "first": "{{ facts[0].name }}={{ facts[0].value | upcase }}",
    "actions": {{ actions }}, "count": {{ data.count }}, "none": "{{ data.none }}", "nothing": {{ data.nothing | json }},
    "to": "{{ recipient.name }} {{ recipient.username }} {{ recipient.id }}",
    "names": [{% for one in data.list %}"{{ one.name }}"{% unless forloop.last %},{% endunless %}{% endfor %}],
    "raw": {{ labels | json | raw }}
  }`;
  expect(JSON.parse(bodyOf(template))).toEqual({
    all: [message.id, `belfry/${message.id}`, "2026-11-21T10:00:00.000Z", "https://belfry.example.com/w"],
    kind: "task-failed / Task failed",
    severity: "warning",
    resolved: false,
    title: "Task failed: docker",
    body: message.body,
    text: "It failed. See the log (https://belfry.example.com/log).",
    facts: [
      { name: "Task", value: "docker" },
      { name: "Workspace", value: "box" },
    ],
    first: "Task=DOCKER",
    actions: [{ label: "View", url: "https://belfry.example.com/w" }],
    count: 3,
    none: "",
    nothing: null,
    to: `Everybody ${everybodyRecipient.username} ${everybodyRecipient.id}`,
    names: ["a"],
    raw: { task: "docker", workspace: "box" },
  });
  const bare = { ...message, outgoing: { ...message.outgoing, data: null } };
  expect(bodyOf("{{ data | json }}", bare)).toBe("{}");
});

test("a secret signs it, as Standard Webhooks", () => {
  const request = render("{}", message, [`whsec_${Buffer.alloc(32, 1).toString("base64")}`]);
  expect(request).toMatchObject({
    headers: {
      "webhook-id": message.id,
      "webhook-signature": expect.stringMatching(/^v1,\S{44}$/) as string,
    },
  });
  expect(render("{}")).toMatchObject({ headers: { "content-type": "application/json" } });
});

describe("what is refused, with its place", () => {
  test.each([
    ["", ["must not be empty"]],
    [`"${"x".repeat(20_000)}"`, ["20002 bytes, at most 20000 allowed"]],
    ['{\n  "a": {{ title', ['line 2, column 8: output "{{ title" not closed']],
    ['{"a": "{{ titel }}"}', [/^unknown variable titel; available: id, key, kind, .*title/]],
    [
      '{"a": "{{ labels.wokspace }}"}',
      ["unknown variable labels.wokspace; available: labels.task, labels.workspace"],
    ],
    ['{"a": "{{ data.list[0].nme }}"}', ["unknown variable data.list[].nme; available: data.list[].name"]],
    [
      '[{% for one in facts %}"{{ one.nme }}"{% unless forloop.last %},{% endunless %}{% endfor %}]',
      ["unknown variable facts[].nme; available: facts[].name, facts[].value"],
    ],
    ['{"a": "{{ title | nofilter }}"}', [/^line 1, column 8: undefined filter: nofilter$/]],
    [
      '{\n  "a": {{ title }}\n}',
      [
        'not valid JSON at line 2, column 8 of the result: unexpected "Task failed: docker", with the sample of task-failed',
      ],
    ],
    [
      '{"a": "{{ title | raw }}"}',
      [
        /^not valid JSON at line 1, column 11 of the result: .*, with a text that has quotation marks and line breaks$/,
      ],
    ],
    ['{"a": "{{ labels.task | raw }}"}', [/quotation marks and line breaks$/]],
    [
      "{% for a in (1..100000) %}{% for b in (1..100000) %}{{ title }}{% endfor %}{% endfor %}",
      [/limit exceeded.*, with the sample of task-failed$/],
    ],
    [
      "{% for a in (1..9000) %}{% assign x = data | json %}{% assign y = body | json %}{% endfor %}0",
      [/limit exceeded/],
    ],
  ] as [string, (string | RegExp)[]][])("%j", (template, expected) => {
    const problems = checkJsonTemplate(template, samples);
    expect(problems.map(({ field }) => field)).toEqual(expected.map(() => "template"));
    for (const [at, detail] of expected.entries()) {
      if (typeof detail === "string") expect(problems[at]!.detail).toBe(detail);
      else expect(problems[at]!.detail).toMatch(detail);
    }
  });

  test("a name beside which there is none", () => {
    const bare = { ...message, outgoing: { ...message.outgoing, data: null } };
    expect(checkJsonTemplate('["{{ data.x }}"]', [{ from: "it", message: bare }])).toEqual([
      { field: "template", detail: "unknown variable data.x" },
    ]);
  });

  test("valid ones aren't", () => {
    const template =
      '{"text": "{{ title }}", "n": [{% for i in (1..2) offset: continue %}{{ i }},{% endfor %}0]}';
    expect(checkJsonTemplate(template, samples)).toEqual([]);
  });
});

test("what is valid renders JSON of every text", () => {
  const template = '{"title": "{{ title }}", "body": {{ body | json }}, "w": "{{ labels.workspace }}"}';
  expect(checkJsonTemplate(template, samples)).toEqual([]);
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), (title, body) => {
      const { outgoing } = message;
      const given = { ...message, title, body, outgoing: { ...outgoing, labels: { workspace: title } } };
      expect(JSON.parse(bodyOf(template, given))).toEqual({ title, body, w: title });
    }),
  );
});

test("a long text is cut at a sentence, with a link to the whole", () => {
  const body = 'A sentence with "quotation marks". '.repeat(6_000);
  const sent = bodyOf('{"text": "{{ text }}", "body": {{ body | json }}}', { ...message, body });
  expect(byteLength(sent)).toBeLessThanOrEqual(maxJsonBytes);
  const { text, body: markdown } = JSON.parse(sent) as { text: string; body: string };
  expect(text).toMatch(/quotation marks"\. …\n\nRead the whole text: https:\/\/belfry\.example\.com\/w$/);
  expect(markdown).toMatch(/ …\n\n\[Read the whole text\]\(https:\/\/belfry\.example\.com\/w\)$/);
});

test("a message that it can't render is not sent, and says why", () => {
  expect(render('{"a": {{ labels.missing }}}')).toEqual({
    problem: expect.stringMatching(
      /^the template's result is not valid JSON at line 1, column 7 of the result: unexpected "}"$/,
    ) as string,
  });
  expect(render("{% for a in (1..1000000) %}x{% endfor %}")).toEqual({
    problem: expect.stringMatching(/^the template can't be rendered: /) as string,
  });
  expect(formats.json.render(message, target, now)).toHaveProperty("problem");
});
