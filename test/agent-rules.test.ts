// What agents may do and what comes of it, as tables.
import { describe, expect, test } from "vitest";
import { judgeSignIn, type Agent } from "../src/workspaces/rules/agent-sign-in.ts";
import { makeAgentToken, parseAgentToken } from "../src/workspaces/rules/agent-token.ts";

const [key, formerKey, foreignKey] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const workspaceId = "0199f3a0-0000-7000-8000-000000000001";

describe("an agent's token", () => {
  const agent = (name: string): Agent => ({
    id: name,
    name,
    lifecycleState: "created",
    lifecycleChangedAt: null,
  });
  const running = { status: "succeeded", transition: "start", agentGeneration: "g1" } as const;
  const one = { ...running, agents: [agent("main")] };
  const two = { ...running, agents: [agent("main"), agent("side")] };
  const tokenOf = (generation: string, name = "", by = key) =>
    parseAgentToken(makeAgentToken(by, workspaceId, generation) + name)!;

  test.each([
    ["of the only agent", tokenOf("g1"), one, { ok: true, agent: agent("main") }],
    ["with the only agent's name", tokenOf("g1", ".main"), one, { ok: true, agent: agent("main") }],
    ["made with the key before", tokenOf("g1", "", formerKey), one, { ok: true, agent: agent("main") }],
    ["with the name of one of several", tokenOf("g1", ".side"), two, { ok: true, agent: agent("side") }],
    [
      "of several without a name",
      tokenOf("g1"),
      two,
      { ok: false, why: "which_agent", names: ["main", "side"] },
    ],
    [
      "with a name that none has",
      tokenOf("g1", ".x"),
      one,
      { ok: false, why: "unknown_agent", names: ["main"] },
    ],
    ["of an earlier start", tokenOf("g0"), one, { ok: false, why: "unknown_token" }],
    [
      "that somebody made themselves",
      tokenOf("g1", "", foreignKey),
      one,
      { ok: false, why: "unknown_token" },
    ],
    ["of a workspace that is gone", tokenOf("g1"), undefined, { ok: false, why: "unknown_token" }],
    [
      "while it is being stopped",
      tokenOf("g1"),
      { ...one, status: "running", transition: "stop" } as const,
      { ok: true, agent: agent("main") },
    ],
    ["after a stop", tokenOf("g1"), { ...one, transition: "stop" } as const, { ok: false, why: "stopped" }],
    [
      "whose stop has failed",
      tokenOf("g1"),
      { ...one, status: "failed", transition: "stop" } as const,
      { ok: true, agent: agent("main") },
    ],
    [
      "whose first build still runs",
      tokenOf("g1"),
      { ...running, status: "running", agents: [] } as const,
      { ok: false, why: "not_built" },
    ],
    [
      "of a template without agents",
      tokenOf("g1"),
      { ...running, agents: [] },
      { ok: false, why: "no_agents" },
    ],
  ])("%s", (_what, token, workspace, verdict) => {
    expect(judgeSignIn(token, [key, formerKey], workspace)).toEqual(verdict);
  });
});
