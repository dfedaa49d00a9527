// Gemini CLI's hooks: https://geminicli.com/docs/hooks/reference
import type { Agent } from "./agent.ts";
import type { EventReader, Payload } from "./sign.ts";

/** Its own message names the dialog, and not what it is about: "Tool Confirm Shell Command requires execution". */
function asksFor(payload: Payload): string {
  const details = payload.part("details");
  switch (details.text("type")) {
    case "exec":
      return `Permission for Shell: ${details.text("command")}`;
    case "edit":
      return `Permission for Edit: ${details.text("filePath") || details.text("fileName")}`;
    case "mcp":
      return `Permission for ${details.text("serverName")}: ${details.text("toolName")}`;
    default:
      return payload.text("message");
  }
}

/** The hook before the tool has said what the question is. */
const permission: EventReader = (payload) => ({
  kind: "asks",
  text: asksFor(payload),
  ...(payload.part("details").text("type") === "ask_user" ? { isGeneric: true } : {}),
});

const beforeTool: EventReader = (payload) => {
  const question = payload.part("tool_input").parts("questions")[0]?.text("question") ?? "";
  return payload.text("tool_name") === "ask_user" && question !== ""
    ? { kind: "asks", text: question }
    : { kind: "tool" };
};

/** What Gemini CLI says in place of an answer after an error, and of a turn that was cancelled. */
const noAnswer = "[no response text]";

function answerOf(payload: Payload): string {
  const answer = payload.text("prompt_response");
  return answer === noAnswer ? "The turn ended without an answer." : answer;
}

export const geminiCli: Agent = {
  name: "gemini-cli",
  label: "Gemini CLI",
  events: {
    BeforeAgent: (payload) => ({ kind: "prompt", text: payload.text("prompt") }),
    BeforeTool: beforeTool,
    AfterTool: () => ({ kind: "tool" }),
    Notification: (payload) =>
      payload.text("notification_type") === "ToolPermission" ? permission(payload) : { kind: "nothing" },
    AfterAgent: (payload) => ({ kind: "stopped", text: answerOf(payload) }),
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
      { event: "BeforeTool", matcher: "ask_user" },
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
