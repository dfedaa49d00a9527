// What each product is sent stays as it is, and within the product's limits. `write-goldens.ts` writes the goldens.
import { describe, expect, test } from "vitest";
import { byteLength } from "../../src/kernel/rules/text.ts";
import { casesOf, payloadFormats, payloadOf } from "./cases.ts";
import { payloads as alertmanager } from "./goldens/alertmanager.ts";
import { payloads as coder } from "./goldens/coder.ts";
import { payloads as discord } from "./goldens/discord.ts";
import { payloads as json } from "./goldens/json.ts";
import { payloads as ntfy } from "./goldens/ntfy.ts";
import { payloads as pagerduty } from "./goldens/pagerduty.ts";
import { payloads as slack } from "./goldens/slack.ts";
import { payloads as teams } from "./goldens/teams.ts";

const goldens = { alertmanager, coder, discord, json, ntfy, pagerduty, slack, teams };

describe.each(payloadFormats)("%s", (format) => {
  test.each(casesOf(format))("%s", (name) => {
    expect(payloadOf(format, name)).toEqual(goldens[format][name]);
  });
});

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
  for (const published of Object.values(ntfy) as { message: string; title: string; actions: unknown[] }[]) {
    expect(byteLength(published.message)).toBeLessThanOrEqual(4_096);
    expect(published.actions.length).toBeLessThanOrEqual(3);
    expect(published.message).not.toBe("");
  }
  for (const event of Object.values(pagerduty)) {
    expect(byteLength(JSON.stringify(event))).toBeLessThanOrEqual(512_000);
    if (event.event_action === "trigger") expect(event.payload.summary.length).toBeLessThanOrEqual(1_024);
  }
});
