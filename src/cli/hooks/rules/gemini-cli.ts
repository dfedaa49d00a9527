// Gemini CLI's hooks: https://geminicli.com/docs/hooks/reference
import type { Agent } from "./agent.ts";

export const geminiCli: Agent = {
  name: "gemini-cli",
  label: "Gemini CLI",
  events: {
    BeforeAgent: (payload) => ({ kind: "prompt", text: payload.text("prompt") }),
    BeforeTool: () => ({ kind: "tool" }),
    AfterTool: () => ({ kind: "tool" }),
    Notification: (payload) =>
      payload.text("notification_type") === "ToolPermission"
        ? { kind: "asks", text: payload.text("message") }
        : { kind: "nothing" },
    AfterAgent: (payload) => ({ kind: "stopped", text: payload.text("prompt_response") }),
    SessionEnd: () => ({ kind: "ended" }),
  },
  ignored: ["SessionStart", "BeforeModel", "AfterModel", "BeforeToolSelection", "PreCompress"],
  session: (payload) => payload.text("session_id"),
  folder: (payload) => payload.text("cwd"),
  settings: {
    user: { folder: ".gemini", file: "settings.json" },
    project: { folder: ".gemini", file: "settings.json" },
    empty: "{}\n",
    hooks: [
      { event: "BeforeAgent" },
      { event: "AfterTool" },
      { event: "Notification" },
      { event: "AfterAgent" },
      { event: "SessionEnd" },
    ],
    handler: (command) => ({ name: "belfry", type: "command", command, timeout: 5_000 }),
    isGrouped: true,
    next: "Restart running sessions of Gemini CLI.",
  },
};
