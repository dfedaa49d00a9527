// Messages that are hard to send, and what each format makes of them.
import { readFileSync } from "node:fs";
import { receiverFormats, type ReceiverFormat } from "../../db/schema.ts";
import type { OutgoingMessage } from "../../src/notifications/channels/channel.ts";
import { kinds } from "../../src/notifications/kinds/kinds.ts";
import { followingFormats, formats } from "../../src/notifications/receivers/rules/formats/formats.ts";
import { everybodyRecipient, toReceiverMessage } from "../../src/notifications/receivers/rules/message.ts";

const at = Date.parse("2026-11-21T10:00:00Z");
const accessUrl = "https://belfry.example.com";
const usual: OutgoingMessage = {
  id: "0198f0aa-0000-7000-8000-000000000001",
  recipient: everybodyRecipient,
  template: { id: kinds["prebuild-failure-limit-reached"].id, name: "Prebuild Failure Limit Reached" },
  reasons: ["everybody", "receiver_filter"],
  title: "Prebuilds failing: docker / large",
  body: "Belfry **stopped** creating [prebuilds](https://belfry.example.com/p?a=1|2).\n\n- `df -h` _now_\n- a < b & c",
  actions: [{ label: "View preset", url: `${accessUrl}/templates/docker` }],
  labels: { template: "docker", preset: "large", template_version: "v2" },
  data: null,
  targets: [],
  unsubscribeUrl: null,
  expiresAt: null,
};
const family = "👩‍👩‍👧‍👦";

export const cases: Readonly<Record<string, Partial<OutgoingMessage>>> = {
  usual: {},
  resolved: {
    template: { id: kinds["situation-resolved"].id, name: "Situation Resolved" },
    title: "Resolved: Prebuilds failing: docker / large",
    body: "This problem lasted 10 min.",
    labels: { what: "Prebuilds failing: docker / large", how: "Prebuilds were resumed." },
    data: {
      since: at - 600_000,
      problems: [{ template_id: usual.template.id, template: "docker", preset: "large", workspace: null }],
    },
  },
  "empty body": { body: "", labels: {}, actions: [] },
  "long texts": {
    title: "A title that says everything at once. ".repeat(60),
    body: "A sentence with an & and a <b>. ".repeat(1_000),
    labels: Object.fromEntries(Array.from({ length: 15 }, (_, nth) => [`label_${nth}`, "v".repeat(200)])),
    actions: Array.from({ length: 12 }, (_, nth) => ({
      label: `A label that is far longer than what fits on a button, number ${nth} of twelve`,
      url: `${accessUrl}/${nth}`,
    })),
  },
  markup: {
    title: "*bold* _it_ `code` <b>html</b> [a](https://x.example) | ~gone~",
    body: "# Head\n\n> said\n\n1. one\n2. two\n\n```\ncode <x>\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n~~gone~~ \\*not bold\\*",
  },
  mentions: {
    title: "<!channel> @everyone @here <@U123> <at>all</at>",
    body: "<!channel> <!here|here> <@U123> <#C1> @everyone @here <@&1> <at>all</at>",
    labels: { template: "<!channel>", preset: "@everyone" },
  },
  "right to left": {
    title: "فشل الإنشاء المسبق: docker / كبير",
    body: "توقف **Belfry** عن إنشاء مساحات العمل.\n\n- السبب: \u202Edf -h\u202C\n- שלום",
    labels: { template: "قالب" },
  },
  "emoji at the limits": { title: family.repeat(40), body: family.repeat(900), labels: { template: family } },
  "for one of many": {
    recipient: { id: "0198f0aa-0000-7000-8000-000000000002", username: "mia", name: "Mia *M*", email: "" },
  },
};

const target = {
  address: "https://receiver.example.com/topic",
  headers: {},
  secrets: ["0123456789abcdef0123456789abcdef"],
  template:
    '{"title": "{{ title }}", "text": {{ text | json }}, "to": "{{ recipient.name }}", "facts": {{ facts }}}',
};
const signed = { ...target, secrets: [`whsec_${Buffer.alloc(32, 1).toString("base64")}`] };

export const payloadFormats = receiverFormats;

/** The body of the request, parsed. */
export function payloadOf(format: ReceiverFormat, name: string): unknown {
  const about = { situationId: "0198f0aa-0000-7000-8000-000000000003", at, accessUrl };
  const message = toReceiverMessage({ ...usual, ...cases[name] }, about);
  const request = formats[format].render(message, formats[format].isSigned === true ? signed : target, at);
  if ("problem" in request) throw new Error(request.problem);
  return JSON.parse(request.body);
}

/**
 * Those that go to a format: one that keeps what is open gets nothing for one of many. What `coder` sends of a long text is all of
 * it, and what `json` sends is for its template to say.
 */
export const casesOf = (format: ReceiverFormat): string[] =>
  Object.keys(cases).filter((name) =>
    name === "for one of many"
      ? !followingFormats.includes(format)
      : name !== "long texts" || (format !== "coder" && format !== "json"),
  );

export const payloadsOf = (format: ReceiverFormat): Record<string, unknown> =>
  Object.fromEntries(casesOf(format).map((name) => [name, payloadOf(format, name)]));

/** What is expected of them, which `write-goldens.ts` has written. */
export const goldensOf = <Payload = unknown>(format: ReceiverFormat): Record<string, Payload> =>
  JSON.parse(readFileSync(goldenFile(format), "utf8")) as Record<string, Payload>;

export const goldenFile = (format: ReceiverFormat): URL =>
  new URL(`./goldens/${format}.json`, import.meta.url);
