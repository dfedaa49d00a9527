// Claude Code's hooks: https://code.claude.com/docs/en/hooks
import { describeTool, fromSubAgent, prompted, type EventReader, type Payload, type Sign } from "./sign.ts";
import type { Agent } from "./agent.ts";

const tool: EventReader = (payload) => ({ kind: "tool", ...fromSubAgent(payload) });

const isRunningSubAgent = (task: Payload): boolean =>
  task.text("type") === "subagent" && task.text("status") === "running";

/** Of a question, the question itself; a plan is shown in the terminal. */
function asks(payload: Payload): Sign {
  const name = payload.text("tool_name");
  const question = payload.part("tool_input").parts("questions")[0]?.text("question") ?? "";
  if (name === "AskUserQuestion" && question !== "")
    return { kind: "asks", text: question, ...fromSubAgent(payload) };
  const text = name === "ExitPlanMode" ? "Approve the plan?" : `Permission for ${describeTool(payload)}`;
  return { kind: "asks", text, ...fromSubAgent(payload) };
}

const notifications: Record<string, EventReader> = {
  permission_prompt: (payload) => ({ kind: "asks", text: payload.text("message"), isGeneric: true }),
  elicitation_dialog: (payload) => ({ kind: "asks", text: payload.text("message") }),
  agent_needs_input: (payload) => ({ kind: "asks", text: payload.text("message"), isGeneric: true }),
  elicitation_response: () => ({ kind: "tool" }),
  idle_prompt: (payload) => ({ kind: "idle", text: payload.text("message") }),
};
const nothing: EventReader = () => ({ kind: "nothing" });

export const claudeCode: Agent = {
  name: "claude-code",
  label: "Claude Code",
  events: {
    // A background task that has ended starts a turn by a prompt that nobody typed.
    UserPromptSubmit: (payload) =>
      payload.text("prompt").startsWith("<task-notification>") ? { kind: "tool" } : prompted(payload),
    PreToolUse: (payload) =>
      ["AskUserQuestion", "ExitPlanMode"].includes(payload.text("tool_name")) ? asks(payload) : tool(payload),
    PermissionRequest: asks,
    PostToolUse: tool,
    PostToolUseFailure: tool,
    Notification: (payload) => (notifications[payload.text("notification_type")] ?? nothing)(payload),
    // With a sub-agent in the background, the end of a turn is not the end of the work.
    Stop: (payload) =>
      payload.parts("background_tasks").some(isRunningSubAgent)
        ? { kind: "tool" }
        : { kind: "stopped", text: payload.text("last_assistant_message") },
    StopFailure: (payload) => ({
      kind: "failed",
      text: payload.text("last_assistant_message") || payload.text("error"),
    }),
    // It matters only if this sub-agent has asked for something.
    SubagentStop: tool,
    SessionEnd: () => ({ kind: "ended" }),
  },
  ignored: [
    "SessionStart",
    "Setup",
    "SubagentStart",
    "PermissionDenied",
    "PreCompact",
    "PostCompact",
    "ConfigChange",
    "CwdChanged",
    "FileChanged",
    "InstructionsLoaded",
    "TaskCreated",
    "TaskCompleted",
    "TeammateIdle",
    "Elicitation",
    "ElicitationResult",
    "WorktreeCreate",
    "WorktreeRemove",
  ],
  session: (payload) => payload.text("session_id"),
  folder: (payload) => payload.text("cwd"),
  settings: {
    user: { variable: "CLAUDE_CONFIG_DIR", folder: ".claude", file: "settings.json" },
    project: { folder: ".claude", file: "settings.json" },
    empty: "{}\n",
    hooks: [
      { event: "UserPromptSubmit" },
      { event: "PreToolUse", matcher: "AskUserQuestion|ExitPlanMode" },
      { event: "PermissionRequest" },
      { event: "PostToolUse" },
      { event: "PostToolUseFailure" },
      { event: "Notification" },
      { event: "Stop" },
      { event: "StopFailure" },
      { event: "SubagentStop" },
      { event: "SessionEnd" },
    ],
    handler: (command) => ({ type: "command", command, timeout: 5 }),
    isGrouped: true,
    next: "Restart running sessions of Claude Code, or review the change there with /hooks.",
  },
};
