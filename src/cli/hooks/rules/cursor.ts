// Cursor's hooks: https://cursor.com/docs/agent/hooks. None of them says that an approval is awaited without deciding it.
import type { Agent } from "./agent.ts";
import type { EventReader } from "./sign.ts";

const tool: EventReader = () => ({ kind: "tool" });

export const cursor: Agent = {
  name: "cursor",
  label: "Cursor",
  events: {
    beforeSubmitPrompt: (payload) => ({ kind: "prompt", text: payload.text("prompt") }),
    afterShellExecution: tool,
    afterMCPExecution: tool,
    afterFileEdit: tool,
    stop: (payload) => {
      const status = payload.text("status");
      if (status === "error") return { kind: "failed", text: payload.text("error_message") };
      return { kind: "stopped", text: status === "aborted" ? "Aborted." : "" };
    },
  },
  ignored: [
    "sessionStart",
    "sessionEnd",
    "beforeShellExecution",
    "beforeMCPExecution",
    "beforeReadFile",
    "preToolUse",
    "postToolUse",
    "postToolUseFailure",
    "subagentStart",
    "subagentStop",
    "preCompact",
    "afterAgentResponse",
    "afterAgentThought",
    "beforeTabFileRead",
    "afterTabFileEdit",
  ],
  session: (payload) => payload.text("conversation_id"),
  folder: (payload) => payload.text("cwd") || payload.firstText("workspace_roots"),
  settings: {
    user: { folder: ".cursor", file: "hooks.json" },
    project: { folder: ".cursor", file: "hooks.json" },
    empty: '{\n  "version": 1\n}\n',
    hooks: [
      { event: "beforeSubmitPrompt" },
      { event: "afterShellExecution" },
      { event: "afterMCPExecution" },
      { event: "afterFileEdit" },
      { event: "stop" },
    ],
    handler: (command) => ({ command }),
    isGrouped: false,
    next: "Restart Cursor.",
  },
};
