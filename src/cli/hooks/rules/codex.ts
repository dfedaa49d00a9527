// Codex's hooks: https://developers.openai.com/codex/hooks, and its older `notify` program, which gets one event.
import { describeTool, fromSubAgent, prompted, type EventReader } from "./sign.ts";
import type { Agent } from "./agent.ts";

const tool: EventReader = (payload) => ({ kind: "tool", ...fromSubAgent(payload) });

export const codex: Agent = {
  name: "codex",
  label: "Codex",
  events: {
    UserPromptSubmit: prompted,
    PermissionRequest: (payload) => ({
      kind: "asks",
      text: `Permission for ${describeTool(payload)}`,
      ...fromSubAgent(payload),
    }),
    PreToolUse: tool,
    PostToolUse: tool,
    Stop: (payload) => ({ kind: "stopped", text: payload.text("last_assistant_message") }),
    SubagentStop: tool,
    Interrupt: () => ({ kind: "stopped", text: "Interrupted." }),
    SessionEnd: () => ({ kind: "ended" }),
    "agent-turn-complete": (payload) => ({ kind: "stopped", text: payload.text("last-assistant-message") }),
  },
  ignored: ["SessionStart", "SubagentStart", "PreCompact", "PostCompact"],
  session: (payload) => payload.text("session_id") || payload.text("thread-id"),
  folder: (payload) => payload.text("cwd"),
  settings: {
    user: { variable: "CODEX_HOME", folder: ".codex", file: "hooks.json" },
    project: { folder: ".codex", file: "hooks.json" },
    empty: "{}\n",
    hooks: [
      { event: "UserPromptSubmit" },
      { event: "PermissionRequest" },
      { event: "PostToolUse" },
      { event: "SubagentStop" },
      { event: "Stop" },
      { event: "Interrupt" },
      { event: "SessionEnd" },
    ],
    // Codex allows 3 seconds to some events, and warns at each start about more.
    handler: (command) => ({ type: "command", command, timeout: 3 }),
    isGrouped: true,
    next: "Codex runs new hooks only after you have trusted them: start codex, which asks, or enter /hooks.",
  },
};
