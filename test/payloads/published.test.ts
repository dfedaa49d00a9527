// The goldens are what the products publish of their payloads: a library, an OpenAPI document.
import { expect, test } from "vitest";
import * as z from "zod";
import published from "./alertmanager-v2.json" with { type: "json" };
import { goldensOf } from "./cases.ts";

interface AdaptiveCards {
  AdaptiveCard: new () => {
    hostConfig: unknown;
    parse: (card: unknown, context: unknown) => void;
    validateProperties: () => { validationEvents: { message: string }[] };
  };
  HostConfig: new (config: object) => unknown;
  SerializationContext: new () => { eventCount: number; getEventAt: (nth: number) => { message: string } };
}

interface Card {
  attachments: { contentType: string; content: object }[];
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
  for (const message of Object.values(goldensOf<Card>("teams"))) {
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
  const goldens = Object.values(goldensOf<Record<"labels" | "annotations", object>[]>("alertmanager"));
  for (const alerts of goldens) expect(schema.parse(alerts)).toEqual(alerts);
  for (const wrong of [[{}], [{ labels: { a: 1 } }], [{ labels: {}, startsAt: "yesterday" }], {}])
    expect(schema.safeParse(wrong).success).toBe(false);
  // Prometheus's names, and values that aren't empty.
  for (const { labels, annotations } of goldens.flat())
    for (const [name, value] of Object.entries({ ...annotations, ...labels })) {
      expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
      expect(typeof value).toBe("string");
    }
});
