// Whether a channel works, by its attempts, and whether its endpoint is gone.
import { describe, expect, test } from "vitest";
import type { Channel, Outcome } from "../../../src/notifications/channels/channel.ts";
import { inbox } from "../../../src/notifications/channels/inbox/channel.ts";
import { webhook } from "../../../src/notifications/channels/webhook/channel.ts";
import {
  endpointHash,
  failing,
  isAboutChannel,
  isGone,
  summarise,
  type Attempt,
  type Health,
} from "../../../src/notifications/delivery/rules/channel-health.ts";

test.each<[boolean, Outcome]>([
  [true, { kind: "sent", detail: "" }],
  [false, { kind: "inhibited", detail: "", reason: "expired" }],
  [true, { kind: "temporary", detail: "" }],
  [true, { kind: "temporary", detail: "", about: "sender" }],
  [false, { kind: "temporary", detail: "", about: "recipient" }],
  [false, { kind: "permanent", detail: "", about: "message" }],
  [true, { kind: "permanent", detail: "" }],
  [true, { kind: "permanent", detail: "", reason: "endpoint_gone" }],
  [false, { kind: "permanent", detail: "", reason: "no_address" }],
  [false, { kind: "permanent", detail: "", reason: "not_configured" }],
])("it is %s that the channel is concerned by %j", (expected, outcome) => {
  expect(isAboutChannel(outcome)).toBe(expected);
});

const attempt = (at: number, ok: boolean, method = "webhook"): Attempt => ({
  method,
  at,
  ok,
  answer: `${ok ? "good" : "bad"} at ${at}`,
});

describe("the health of a channel", () => {
  test("does not depend on the order of its attempts, nor on other channels", () => {
    const attempts = [
      attempt(3, false),
      attempt(1, false),
      attempt(2, true),
      attempt(9, true, "smtp"),
      attempt(4, false),
    ];
    const expected = [
      { method: "webhook", succeededAt: 2, failedAt: 4, answer: "bad at 4", failingSince: 3 },
      { method: "smtp", succeededAt: 9, failedAt: null, answer: null, failingSince: null },
    ];
    expect(summarise(attempts)).toEqual(expected);
    expect(summarise(attempts.toReversed())).toEqual(expect.arrayContaining(expected));
    expect(summarise([])).toEqual([]);
  });

  test("is failing since the first failure if nothing ever succeeded", () => {
    expect(summarise([attempt(7, false), attempt(5, false)])).toEqual([
      { method: "webhook", succeededAt: null, failedAt: 7, answer: "bad at 7", failingSince: 5 },
    ]);
  });

  test("is failing once every attempt failed for five minutes", () => {
    const channel: Health = { method: "smtp", succeededAt: 1, failedAt: 9, answer: "x", failingSince: 5 };
    expect(failing([channel], 5 + 300_000 - 1)).toEqual([]);
    expect(failing([channel], 5 + 300_000)).toEqual([channel]);
    expect(failing([{ ...channel, failingSince: null }], 1e12)).toEqual([]);
  });
});

describe("an endpoint is gone", () => {
  const endpoint = "https://hooks.example.com/a";
  const settings = { endpoint };
  const gone = new Map([["webhook", endpointHash(endpoint)]]);
  test.each<[string, boolean, Channel, unknown, ReadonlyMap<string, string>]>([
    ["if it responded 410", true, webhook as Channel, settings, gone],
    ["unless it was changed", false, webhook as Channel, { endpoint: `${endpoint}b` }, gone],
    ["only if it responded 410", false, webhook as Channel, settings, new Map()],
    ["only of a configured channel", false, webhook as Channel, undefined, gone],
    ["only of a channel with endpoints", false, inbox as Channel, {}, gone],
  ])("%s", (_, expected, channel, channelSettings, endpoints) => {
    expect(isGone(channel, channelSettings, endpoints)).toBe(expected);
  });
});
