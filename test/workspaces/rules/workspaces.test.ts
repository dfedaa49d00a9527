// Decisions of workspaces, builds and jobs, as tables.
import { describe, expect, test } from "vitest";
import {
  isAgentToken,
  createAgentToken,
  parseAgentToken,
} from "../../../src/workspaces/agents/rules/agent-token.ts";
import {
  decideExpiredJob,
  isActive,
  maxRequeues,
  hasTickPaused,
  workspaceStatus,
  workspaceStatuses,
  cutLine,
  maxLineBytes,
} from "../../../src/workspaces/jobs/rules/job.ts";
import {
  nextGeneration,
  nextNumber,
  nextParameters,
  matchingPreset,
} from "../../../src/workspaces/builds/rules/next-build.ts";
import { isUseDue, useIntervalMs } from "../../../src/workspaces/jobs/rules/provisioner-key.ts";
import { buildStatuses, transitions } from "../../../db/schema.ts";

describe("a workspace's status", () => {
  test.each([
    ["pending", "start", "pending"],
    ["running", "start", "starting"],
    ["running", "stop", "stopping"],
    ["running", "delete", "deleting"],
    ["succeeded", "start", "running"],
    ["succeeded", "stop", "stopped"],
    ["succeeded", "delete", "deleted"],
    ["failed", "start", "failed"],
    ["canceling", "stop", "canceling"],
    ["canceled", "delete", "canceled"],
  ] as const)("with a %s job of %s is %s", (status, transition, words) => {
    expect(workspaceStatus(status, transition)).toBe(words);
  });
  test("is one of those that can be searched for", () => {
    const all = buildStatuses.flatMap((status) =>
      transitions.map((transition) => workspaceStatus(status, transition)),
    );
    expect(new Set(all)).toEqual(new Set(workspaceStatuses));
  });
  test("is still changing while the job is pending, running or canceling", () => {
    expect(buildStatuses.filter(isActive)).toEqual(["pending", "running", "canceling"]);
  });
});

describe("a lease that runs out", () => {
  test.each([
    ["running", false, 0, "requeue"],
    ["running", false, maxRequeues - 1, "requeue"],
    ["running", false, maxRequeues, "fail"],
    ["running", true, 0, "fail"],
    ["canceling", false, 0, "cancel"],
    ["canceling", true, 0, "fail"],
  ] as const)(
    "of a %s job (plan sent: %s, requeued %i times) ends in: %s",
    (status, hasPlan, requeues, end) => {
      expect(decideExpiredJob({ status, hasPlan, requeues })).toBe(end);
    },
  );
  test("doesn't, when no tick ran for more than three intervals", () => {
    expect(hasTickPaused(undefined, 100_000, 15_000)).toBe(true);
    expect(hasTickPaused(50_000, 95_001, 15_000)).toBe(true);
    expect(hasTickPaused(50_000, 95_000, 15_000)).toBe(false);
  });
});

describe("the parameters of the next build", () => {
  const definitions = [
    { name: "size", required: false, defaultValue: "small" },
    { name: "region", required: true, defaultValue: null },
    { name: "note", required: false, defaultValue: null },
  ];
  const of = (name: string, value: string) => [{ name, value }];
  const decide = (given: Partial<Parameters<typeof nextParameters>[0]>) =>
    nextParameters({ definitions, previous: [], preset: [], requested: [], ...given });

  test.each([
    ["the default", {}, "small"],
    ["the previous build's value", { previous: of("size", "p") }, "p"],
    ["the request's", { previous: of("size", "p"), requested: of("size", "r") }, "r"],
    ["the preset's", { previous: of("size", "p"), preset: of("size", "s"), requested: of("size", "r") }, "s"],
  ])("take %s where nothing later says otherwise", (_, given: { previous?: ReturnType<typeof of> }, size) => {
    const verdict = decide({ ...given, previous: [...(given.previous ?? []), ...of("region", "eu")] });
    expect(verdict).toEqual({
      ok: true,
      parameters: [
        { name: "size", value: size },
        { name: "region", value: "eu" },
        { name: "note", value: "" },
      ],
    });
  });
  test("keep a sensitive value of which only the mask comes back, and take the mask of others as it is", () => {
    const secret = { name: "key", required: true, defaultValue: null, sensitive: true };
    const mask = "********";
    const given = (more: object) =>
      decide({
        definitions: [secret, definitions[0]!],
        requested: [...of("key", mask), ...of("size", mask)],
        ...more,
      });
    expect(given({ previous: of("key", "k1") })).toEqual({
      ok: true,
      parameters: [...of("key", "k1"), ...of("size", mask)],
    });
    expect(given({})).toMatchObject({
      ok: false,
      validations: [{ detail: expect.stringContaining('"key"') }],
    });
  });
  test("must be allowed by the version's rules, wherever the value comes from", () => {
    const rules = JSON.stringify({ min: 1, max: 8 });
    const cpu = { name: "cpu", required: false, defaultValue: "9", rules };
    const problem = { field: "rich_parameter_values", detail: 'the parameter "cpu" must be at most 8' };
    const given = (more: object) => decide({ definitions: [cpu], ...more });
    expect(given({ requested: of("cpu", "8") })).toEqual({ ok: true, parameters: of("cpu", "8") });
    expect(given({ definitions: [{ ...cpu, defaultValue: null }] })).toMatchObject({ ok: true });
    for (const more of [{}, { previous: of("cpu", "10") }, { preset: of("cpu", "10") }])
      expect(given(more)).toEqual({ ok: false, validations: [problem] });
  });
  test("an empty value is a value", () => {
    expect(decide({ requested: of("region", "") })).toMatchObject({ ok: true });
  });
  test("forget what the version doesn't know any more, when it comes from before", () => {
    const verdict = decide({
      previous: [...of("old", "x"), ...of("region", "eu")],
      preset: of("older", "y"),
    });
    expect(verdict.ok && verdict.parameters.map(({ name }) => name)).toEqual(["size", "region", "note"]);
  });
  test("refuse a required one without value, an unknown one, and one given twice, each by its name", () => {
    const verdict = decide({ requested: [...of("sise", "x"), ...of("note", "a"), ...of("note", "b")] });
    expect(verdict).toEqual({
      ok: false,
      validations: [
        {
          field: "rich_parameter_values.0.name",
          detail: 'unknown parameter "sise"; the template version has size, region, note',
        },
        { field: "rich_parameter_values.2.name", detail: 'duplicate parameter "note"' },
        { field: "rich_parameter_values", detail: 'the parameter "region" is required and has no value' },
      ],
    });
  });
  test("of a version without any are none", () => {
    expect(nextParameters({ definitions: [], previous: of("a", "b"), preset: [], requested: [] })).toEqual({
      ok: true,
      parameters: [],
    });
    expect(decide({ definitions: [], requested: of("a", "b") })).toMatchObject({
      validations: [{ detail: 'unknown parameter "a"; the template version has none' }],
    });
  });
});

describe("the next build", () => {
  const previous = (transition: "start" | "stop" | "delete") => ({
    number: 4,
    transition,
    agentGeneration: "old",
  });

  test("has the next number", () => {
    expect([nextNumber(undefined), nextNumber(previous("stop"))]).toEqual([1, 5]);
  });
  test.each([
    [undefined, "start", "new"],
    ["start", "start", "old"],
    ["start", "stop", "old"],
    ["stop", "start", "new"],
    ["stop", "delete", "old"],
    ["delete", "start", "new"],
  ] as const)("after %s, a %s has the %s generation of tokens", (before, transition, generation) => {
    const seen = before === undefined ? undefined : previous(before);
    expect(nextGeneration(seen, transition, "new")).toBe(generation);
  });
});

describe("the use of a provisioner key", () => {
  const { sameAddress, otherAddress } = useIntervalMs;
  test.each([
    ["for the first time", null, null, "10.0.0.1", 0, true],
    ["from the same address within the hour", 0, "10.0.0.1", "10.0.0.1", sameAddress - 1, false],
    ["from the same address an hour later", 0, "10.0.0.1", "10.0.0.1", sameAddress, true],
    ["from another address within the minute", 0, "10.0.0.1", "10.0.0.2", otherAddress - 1, false],
    ["from another address a minute later", 0, "10.0.0.1", "10.0.0.2", otherAddress, true],
    ["without an address, after one with it", 0, "10.0.0.1", null, otherAddress, true],
  ] as const)("%s", (_when, lastUsedAt, lastUsedAddress, address, now, isDue) => {
    expect(isUseDue({ lastUsedAt, lastUsedAddress }, address, now)).toBe(isDue);
  });
});

describe("an agent's token", () => {
  const workspaceId = "0199a0b1-1111-7222-8333-444444444444";
  const [key, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const token = createAgentToken(key, workspaceId, "one");

  test("names its workspace, and its agent when there are several", () => {
    expect(parseAgentToken(token)).toMatchObject({ workspaceId, agentName: undefined });
    expect(parseAgentToken(`${token}.main`)).toMatchObject({ workspaceId, agentName: "main" });
  });
  test("is good for its generation, with the key in force or the one before", () => {
    const parsed = parseAgentToken(token)!;
    expect(isAgentToken(parsed, [key], "one")).toBe(true);
    expect(isAgentToken(parsed, [other, key], "one")).toBe(true);
    expect(isAgentToken(parsed, [other], "one")).toBe(false);
    expect(isAgentToken(parsed, [key], "two")).toBe(false);
  });
  test.each(["", "agent_1_2", token.slice(0, -1), `x${token}`, `${token}.`])("is not: %s", (text) => {
    expect(parseAgentToken(text)).toBeUndefined();
  });
});

describe("a log line", () => {
  const length = (text: string) => new TextEncoder().encode(text).length;

  test("that is not too long stays as it is", () => {
    expect(cutLine("x".repeat(maxLineBytes))).toHaveLength(maxLineBytes);
  });
  test.each(["x", "ö", "€", "🙂"])("of %s is cut between characters", (character) => {
    const line = cutLine(character.repeat(maxLineBytes + 1));
    expect(length(line)).toBeLessThanOrEqual(maxLineBytes);
    expect(length(line)).toBeGreaterThan(maxLineBytes - 4);
    expect(line).toMatch(new RegExp(`^(${character})+ … \\(cut\\)$`, "u"));
  });
});

describe("The preset that a request means", () => {
  const value = (name: string, of: string) => ({ name, value: of });
  const small = { id: "small", values: [value("size", "s")] };
  const smallEu = { id: "smallEu", values: [value("size", "s"), value("region", "eu")] };
  const empty = { id: "empty", values: [] };
  test.each([
    ["its parameters", [value("size", "s")], "small"],
    ["the one with most parameters", [value("region", "eu"), value("size", "s")], "smallEu"],
    ["its parameters and others", [value("size", "s"), value("note", "x")], "small"],
    ["another value", [value("size", "l")], undefined],
    ["a part of them", [value("region", "eu")], undefined],
    ["nothing", [], undefined],
  ])("is found by %s", (_, requested, id) => {
    expect(matchingPreset([empty, small, smallEu], requested)?.id).toBe(id);
  });
});
