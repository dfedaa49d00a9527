// The goldens are what the products publish of their payloads: types, a library, an OpenAPI document.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as z from "zod";
import published from "./alertmanager-v2.json" with { type: "json" };
import { payloads as alertmanager } from "./goldens/alertmanager.ts";
import { payloads as teams } from "./goldens/teams.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

test("Slack's, Discord's and PagerDuty's types", () => {
  const { status, stdout } = spawnSync(
    at("../../node_modules/.bin/tsc"),
    ["-p", at("tsconfig.json"), "--checkers", "1"],
    { encoding: "utf8" },
  );
  expect([status, stdout]).toEqual([0, ""]);
});

interface AdaptiveCards {
  AdaptiveCard: new () => {
    hostConfig: unknown;
    parse: (card: unknown, context: unknown) => void;
    validateProperties: () => { validationEvents: { message: string }[] };
  };
  HostConfig: new (config: object) => unknown;
  SerializationContext: new () => { eventCount: number; getEventAt: (nth: number) => { message: string } };
}

/** The library has no types of its bundle. */
const bundle: string = "adaptivecards/dist/adaptivecards.js";
/** Teams shows six. */
const hostConfig = { actions: { maxActions: 6 } };

/** What Microsoft's library finds wrong with a card. */
async function problemsOfCard(card: unknown): Promise<string[]> {
  const library = (await import(bundle)) as { default: AdaptiveCards };
  const { AdaptiveCard, HostConfig, SerializationContext } = library.default;
  const [parsed, context] = [new AdaptiveCard(), new SerializationContext()];
  parsed.hostConfig = new HostConfig(hostConfig);
  parsed.parse(card, context);
  return [
    ...Array.from({ length: context.eventCount }, (_, nth) => context.getEventAt(nth).message),
    ...parsed.validateProperties().validationEvents.map(({ message }) => message),
  ];
}

test("Adaptive Cards", async () => {
  for (const message of Object.values(teams) as {
    attachments: { contentType: string; content: object }[];
  }[]) {
    expect(message.attachments[0]!.contentType).toBe("application/vnd.microsoft.card.adaptive");
    expect(await problemsOfCard(message.attachments[0]!.content)).toEqual([]);
  }
  const wrong = {
    type: "AdaptiveCard",
    version: "1.4",
    body: [{ type: "TextBlock", text: "x", color: "pink" }],
  };
  expect(await problemsOfCard(wrong)).toEqual(['Invalid value "pink" for property "color".']);
});

test("Alertmanager's OpenAPI document", () => {
  const { $comment: _source, ...document } = published;
  const schema = z.fromJSONSchema(document as Parameters<typeof z.fromJSONSchema>[0], {
    defaultTarget: "draft-7",
  });
  for (const alerts of Object.values(alertmanager)) expect(schema.parse(alerts)).toEqual(alerts);
  for (const wrong of [[{}], [{ labels: { a: 1 } }], [{ labels: {}, startsAt: "yesterday" }], {}])
    expect(schema.safeParse(wrong).success).toBe(false);
  // Prometheus's names, and values that aren't empty.
  for (const [{ labels, annotations }] of Object.values(alertmanager) as [
    Record<"labels" | "annotations", object>,
  ][])
    for (const [name, value] of Object.entries({ ...annotations, ...labels })) {
      expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
      expect(typeof value).toBe("string");
    }
});
