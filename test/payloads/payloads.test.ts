// What each product is sent stays as it is, and within the product's limits. `write-goldens.ts` writes the goldens. The types that
// Slack, Discord and PagerDuty publish are those of the formats themselves.
import type { KnownBlock } from "@slack/types";
import type { RESTPostAPIWebhookWithTokenJSONBody } from "discord-api-types/v10";
import { describe, expect, test } from "vitest";
import { byteLength } from "../../src/kernel/rules/text.ts";
import { casesOf, goldensOf, payloadFormats, payloadOf } from "./cases.ts";

describe.each(payloadFormats)("%s", (format) => {
  const goldens = goldensOf(format);
  test.each(casesOf(format))("%s", (name) => {
    expect(payloadOf(format, name)).toEqual(goldens[name]);
  });
});

const slack = goldensOf<{ text: string; blocks: KnownBlock[] }>("slack");
const discord = goldensOf<RESTPostAPIWebhookWithTokenJSONBody>("discord");
const teams = goldensOf("teams");

test("Slack's limits", () => {
  for (const { text, blocks } of Object.values(slack)) {
    expect(text.length).toBeLessThanOrEqual(40_000);
    expect(blocks.length).toBeLessThanOrEqual(50);
    for (const block of blocks) {
      if (block.type === "header") expect(block.text.text.length).toBeLessThanOrEqual(150);
      if (block.type === "section") {
        expect(block.text?.text.length ?? 1).toBeLessThanOrEqual(3_000);
        expect(block.text?.text.length ?? 1).toBeGreaterThan(0);
        expect(block.fields?.length ?? 0).toBeLessThanOrEqual(10);
        for (const field of block.fields ?? []) expect(field.text.length).toBeLessThanOrEqual(2_000);
      }
      if (block.type === "actions") expect(block.elements.length).toBeLessThanOrEqual(25);
    }
  }
});

test("nobody is mentioned", () => {
  expect(JSON.stringify(slack["mentions"]!.blocks.slice(1))).not.toMatch(/<[!@#]/);
  // A header and the fallback: plain text, and escaped.
  expect(slack["mentions"]!.text).not.toMatch(/<[!@#]/);
  for (const { allowed_mentions } of Object.values(discord)) expect(allowed_mentions).toEqual({ parse: [] });
  expect(JSON.stringify(teams)).not.toContain('"entities"');
});

test("limits of the others", () => {
  for (const { content = "" } of Object.values(discord)) {
    expect(content.length).toBeLessThanOrEqual(2_000);
    expect(content.isWellFormed()).toBe(true);
  }
  for (const card of Object.values(teams))
    expect(byteLength(JSON.stringify(card))).toBeLessThanOrEqual(28_000);
  for (const published of Object.values(goldensOf<{ message: string; actions: unknown[] }>("ntfy"))) {
    expect(byteLength(published.message)).toBeLessThanOrEqual(4_096);
    expect(published.actions.length).toBeLessThanOrEqual(3);
    expect(published.message).not.toBe("");
  }
  for (const event of Object.values(goldensOf<{ payload?: { summary: string } }>("pagerduty"))) {
    expect(byteLength(JSON.stringify(event))).toBeLessThanOrEqual(512_000);
    expect(event.payload?.summary.length ?? 0).toBeLessThanOrEqual(1_024);
  }
});
