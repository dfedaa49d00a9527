// From the hooks of four agents to the reports that Belfry gets.
import { describe, expect, test } from "vitest";
import { maxTitleBytes } from "../../../../src/agent-sessions/rules/report.ts";
import { readHook } from "../../../../src/cli/hooks/rules/agent.ts";
import { agents, findAgent } from "../../../../src/cli/hooks/rules/agents.ts";
import { afterFailure, decide, type Memory } from "../../../../src/cli/hooks/rules/decide.ts";
import { byteLength } from "../../../../src/kernel/rules/text.ts";
import { hookTraces } from "../../../support/hook-traces.ts";

const minute = 60_000;
const claude = findAgent("claude-code")!;

function read(name: string, input: unknown) {
  const reading = readHook(findAgent(name)!, input);
  if (!reading.ok) throw new Error(reading.problem);
  return reading.input;
}

/** The reports of hooks, one after the other. */
function reports(name: string, inputs: readonly unknown[], every = 1_000): (string | undefined)[] {
  const memories = new Map<string, Memory | undefined>();
  return inputs.map((value, at) => {
    const input = read(name, value);
    const { report, memory } = decide(memories.get(input.session), input, at * every);
    memories.set(input.session, memory);
    return report && `${report.state} ${report.title}: ${report.message}`;
  });
}

const claudeEvent = (hook_event_name: string, more: object = {}) => ({
  session_id: "s",
  cwd: "/home/eva/parser",
  hook_event_name,
  ...more,
});

describe.each(agents.map(({ name }) => name))("%s", (name) => {
  const trace = hookTraces[name]!;

  test("each event leads to the report that is expected, or to none", () => {
    expect(
      reports(
        name,
        trace.map(({ input }) => input),
      ),
    ).toEqual(trace.map(({ report }) => report));
  });

  test("the trace has at least 50 changes, and events that are none", () => {
    expect(trace.filter(({ report }) => report !== undefined).length).toBeGreaterThanOrEqual(50);
    expect(trace.some(({ report }) => report === undefined)).toBe(true);
  });

  test("the trace has sub-agents and questions, if the agent has hooks for them; sub-agents only ask", () => {
    const ofSubAgents = trace.filter(
      ({ input }) => /^subagent/i.test(String(input["hook_event_name"])) || input["agent_id"] !== undefined,
    );
    expect(ofSubAgents.length > 0).toBe(name !== "gemini-cli");
    // A sub-agent that needs a person has its session wait, until it goes on.
    for (const { report = "waiting - " } of ofSubAgents) expect(report).toMatch(/^(waiting|working) /);
    expect(trace.some(({ report }) => report?.startsWith("waiting ") === true)).toBe(name !== "cursor");
  });

  test("every event that is installed is one that is read", () => {
    const agent = findAgent(name)!;
    for (const { event } of agent.settings.hooks) expect(Object.keys(agent.events)).toContain(event);
    for (const event of agent.ignored) expect(Object.keys(agent.events)).not.toContain(event);
  });
});

test("what isn't a hook's input is named", () => {
  const problem = (value: unknown) => {
    const reading = readHook(claude, value);
    return reading.ok ? undefined : reading.problem;
  };
  expect(problem(null)).toBe("no event of Claude Code: hook_event_name is missing");
  expect(problem([])).toContain("hook_event_name is missing");
  expect(problem({ hook_event_name: "Stop" })).toBe(
    "Stop of Claude Code: the session's id is missing or too long",
  );
  expect(problem({ hook_event_name: "Stop", session_id: "x".repeat(151) })).toContain("too long");
  expect(problem({ hook_event_name: "toString", session_id: "s" })).toBe(
    "toString: unknown event of Claude Code",
  );
});

test("a session that works gives a sign of life every five minutes, with whatever it does", () => {
  const tools = Array.from({ length: 12 }, () => claudeEvent("PostToolUse", { tool_name: "Read" }));
  const given = reports("claude-code", [claudeEvent("UserPromptSubmit", { prompt: "Go" }), ...tools], minute);
  expect(
    given.map((report, at) => (report === undefined ? undefined : at)).filter((at) => at !== undefined),
  ).toEqual([0, 5, 10]);
});

test("the same question again, and the same end again, are no report", () => {
  const ask = claudeEvent("PermissionRequest", { tool_name: "Bash", tool_input: { command: "ls" } });
  const stop = claudeEvent("Stop", { last_assistant_message: "Done." });
  expect(reports("claude-code", [ask, ask, stop, stop])).toEqual([
    "waiting parser: Permission for Bash: ls",
    undefined,
    "done parser: Done.",
    undefined,
  ]);
});

test("a title is the first line of the prompt, cut at a character", () => {
  const title = (prompt: string) => {
    const input = read("claude-code", claudeEvent("UserPromptSubmit", { prompt }));
    return decide(undefined, input, 0).report!.title;
  };
  expect(title("\n\n  Fix   the\tparser \n now")).toBe("Fix the parser");
  expect(title("")).toBe("parser");
  expect(title("/compact")).toBe("compact");
  const long = title("👩‍👩‍👧‍👦".repeat(40));
  expect(byteLength(long)).toBeLessThanOrEqual(maxTitleBytes);
  expect(long).toMatch(/^(👩‍👩‍👧‍👦)+…$/u);
  const bare = read("claude-code", { hook_event_name: "Stop", session_id: "s" });
  expect(decide(undefined, bare, 0).report!.title).toBe("Claude Code");
  const windows = read("claude-code", { hook_event_name: "Stop", session_id: "s", cwd: "C:\\src\\shop\\" });
  expect(decide(undefined, windows, 0).report!.title).toBe("shop");
});

test("a message has no control characters and at most 1,000 bytes", () => {
  const input = read(
    "claude-code",
    claudeEvent("Stop", { last_assistant_message: `\u001B[31mred\u001B[0m${"é".repeat(900)}` }),
  );
  const { message } = decide(undefined, input, 0).report!;
  expect(message.startsWith("redéé")).toBe(true);
  expect(byteLength(message)).toBeLessThanOrEqual(1_000);
});

describe("after a report that didn't arrive", () => {
  const prompt = read("claude-code", claudeEvent("UserPromptSubmit", { prompt: "Go" }));
  const tool = read("claude-code", claudeEvent("PostToolUse", { tool_name: "Read" }));
  const ask = read("claude-code", claudeEvent("PermissionRequest", { tool_name: "Bash" }));
  const first = afterFailure(undefined, decide(undefined, prompt, 0).report!, 0);

  test("tool calls don't wait for another one for half a minute, then try again, with the title", () => {
    expect(decide(first, tool, 29_000).report).toBeUndefined();
    expect(decide(first, tool, 31_000).report).toEqual({ state: "working", title: "Go", message: "" });
  });

  test("a question is reported at once, and again until it arrives", () => {
    const { report } = decide(first, ask, 1_000);
    expect(report).toEqual({ state: "waiting", title: "Go", message: "Permission for Bash" });
    const second = afterFailure(first, report!, 1_000);
    expect(decide(second, ask, 2_000).report).toEqual(report);
  });
});

describe("what agents do that their documentation doesn't say", () => {
  test("Claude Code: a turn ends while a sub-agent works on, and what the sub-agent found starts the next one", () => {
    const background = (type: string, status: string) =>
      claudeEvent("Stop", { last_assistant_message: "Started.", background_tasks: [{ type, status }] });
    const prompt = claudeEvent("UserPromptSubmit", { prompt: "Explore" });
    expect(
      reports("claude-code", [
        prompt,
        background("subagent", "running"),
        claudeEvent("UserPromptSubmit", { prompt: "<task-notification>\n<task-id>a1</task-id>" }),
        background("subagent", "completed"),
      ]),
    ).toEqual(["working Explore: ", undefined, undefined, "done Explore: Started."]);
    expect(reports("claude-code", [prompt, background("shell", "running")]).at(-1)).toBe(
      "done Explore: Started.",
    );
  });

  test("Codex: the prompt of a sub-agent is no title, and no answer to a question of another", () => {
    const codex = (hook_event_name: string, more: object = {}) => ({
      ...claudeEvent(hook_event_name),
      ...more,
    });
    expect(
      reports("codex", [
        codex("UserPromptSubmit", { prompt: "Explore" }),
        codex("PermissionRequest", { agent_id: "a1", tool_name: "Bash", tool_input: { command: "make" } }),
        codex("UserPromptSubmit", { agent_id: "a2", prompt: "Read the tests" }),
        codex("Stop", { last_assistant_message: "Found." }),
      ]),
    ).toEqual([
      "working Explore: ",
      "waiting Explore: Permission for Bash: make",
      undefined,
      "done Explore: Found.",
    ]);
  });

  test.each([
    [{ type: "exec", command: "make" }, "Permission for Shell: make"],
    [{ type: "edit", filePath: "/srv/a.ts", fileName: "a.ts" }, "Permission for Edit: /srv/a.ts"],
    [{ type: "edit", fileName: "a.ts" }, "Permission for Edit: a.ts"],
    [{ type: "mcp", serverName: "belfry", toolName: "notify" }, "Permission for belfry: notify"],
    [{ type: "info" }, "Tool Fetch requires information"],
    [{ type: "ask_user" }, "Tool Fetch requires information"],
  ])("Gemini CLI: %j is %s", (details, text) => {
    const asked = claudeEvent("Notification", {
      notification_type: "ToolPermission",
      message: "Tool Fetch requires information",
      details,
    });
    expect(reports("gemini-cli", [asked])).toEqual([`waiting parser: ${text}`]);
  });

  test("Gemini CLI: a question is known before its dialog is; other tools, and a question without one, are work", () => {
    const before = (tool_name: string, tool_input: object) =>
      claudeEvent("BeforeTool", { tool_name, tool_input });
    expect(
      reports("gemini-cli", [
        before("read_file", { questions: [{ question: "No question" }] }),
        before("ask_user", { questions: [{ question: "Old or new?" }] }),
        claudeEvent("Notification", {
          notification_type: "ToolPermission",
          message: "Tool requires confirmation",
          details: { type: "ask_user" },
        }),
        before("ask_user", {}),
      ]),
    ).toEqual(["working parser: ", "waiting parser: Old or new?", undefined, "working parser: "]);
  });
});
