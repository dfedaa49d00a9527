// What hooks of each agent get on standard input, with the report that each leads to: as their documentation describes it,
// and as real agents gave it.
import { recordedSteps, type Step } from "./hook-recordings.ts";

type Members = Record<string, unknown>;
type Row = [input: Members, report?: string | undefined, quiet?: Step["quiet"]];

const steps = (base: Members, rows: Row[]): Step[] =>
  rows.map(([input, report, quiet]) => ({
    input: { ...base, ...input },
    report,
    ...(quiet === undefined ? {} : { quiet }),
  }));

const event = (name: string, members: Members = {}): Members => ({ hook_event_name: name, ...members });

/** A turn: a prompt, tools that report nothing, an end. */
type Turn = (prompt: string, answer: string, quiet?: Step["quiet"]) => Row[];

// Claude Code.

const claudeBase = (session: string) => ({
  session_id: session,
  transcript_path: `/home/eva/.claude/projects/-home-eva-parser/${session}.jsonl`,
  cwd: "/home/eva/parser",
  permission_mode: "default",
});
const tool = (name: string, tool_name: string, tool_input: Members, more: Members = {}) =>
  event(name, { tool_name, tool_input, tool_use_id: "toolu_01ABC123", ...more });
const bash = (command: string) => ["Bash", { command, description: "Run a command" }] as const;
const after = (...[name, input]: readonly [string, Members]) =>
  tool("PostToolUse", name, input, { tool_response: { stdout: "", interrupted: false } });
const permission = (...[name, input]: readonly [string, Members]) =>
  event("PermissionRequest", { tool_name: name, tool_input: input });
const notification = (notification_type: string, message: string) =>
  event("Notification", { notification_type, message });
const subAgent = { agent_id: "agent-abc123", agent_type: "Explore" };
const stop = (text: string) => event("Stop", { stop_hook_active: false, last_assistant_message: text });
const submit = (prompt: string) => event("UserPromptSubmit", { prompt });

const claudeTurn: Turn = (prompt, answer, quiet) => [
  [submit(prompt), `working ${prompt}: `],
  [after("Read", { file_path: "/home/eva/parser/src/parse.ts" })],
  [after("Edit", { file_path: "/home/eva/parser/src/parse.ts", old_string: "a", new_string: "b" })],
  [stop(answer), `done ${prompt}: ${answer}`, quiet],
];

const claudeCode: Step[] = [
  ...steps(claudeBase("0a1b2c3d-0000-4000-8000-000000000001"), [
    [event("SessionStart", { source: "startup", model: "claude" })],
    [
      submit("Fix the failing test of the parser\n\nIt fails on CI only."),
      "working Fix the failing test of the parser: ",
    ],
    [after("Grep", { pattern: "parse" })],
    [tool("PreToolUse", ...bash("npm test"))],
    [
      permission(...bash("npm test")),
      "waiting Fix the failing test of the parser: Permission for Bash: npm test",
    ],
    [notification("permission_prompt", "Claude needs your permission to use Bash"), undefined, "waiting"],
    [after(...bash("npm test")), "working Fix the failing test of the parser: "],
    [tool("PostToolUseFailure", ...bash("npm run lint"), { error: "exit 1", is_interrupt: false })],
    [
      permission(...bash("git push")),
      "waiting Fix the failing test of the parser: Permission for Bash: git push",
    ],
    [
      tool("PostToolUseFailure", ...bash("git push"), { error: "rejected" }),
      "working Fix the failing test of the parser: ",
    ],
    [stop("The test passes now."), "done Fix the failing test of the parser: The test passes now.", "done"],
    [notification("idle_prompt", "Claude is waiting for your input"), undefined, "nothing"],
    ...claudeTurn("Now the linter", "Two warnings are left.", "done"),
    [submit("Which of the two should stay?"), "working Which of the two should stay?: "],
    [
      tool("PreToolUse", "AskUserQuestion", {
        questions: [{ question: "Which parser should stay?", header: "Parser", options: [] }],
      }),
      "waiting Which of the two should stay?: Which parser should stay?",
      "waiting",
    ],
    [permission("AskUserQuestion", { questions: [{ question: "Which parser should stay?" }] })],
    [after("AskUserQuestion", { questions: [] }), "working Which of the two should stay?: "],
    [stop("The new one stays."), "done Which of the two should stay?: The new one stays."],
    [submit("Explore the tests with sub-agents"), "working Explore the tests with sub-agents: "],
    [event("SubagentStart", subAgent)],
    [tool("PostToolUse", "Read", { file_path: "/home/eva/a" }, subAgent)],
    [
      event("PermissionRequest", {
        tool_name: "WebFetch",
        tool_input: { url: "https://example.com" },
        ...subAgent,
      }),
      "waiting Explore the tests with sub-agents: Permission for WebFetch: https://example.com",
      "waiting",
    ],
    [tool("PostToolUse", "Read", { file_path: "/home/eva/b" }, { ...subAgent, agent_id: "agent-other" })],
    [
      tool("PostToolUse", "WebFetch", { url: "https://example.com" }, subAgent),
      "working Explore the tests with sub-agents: ",
    ],
    [event("SubagentStop", { ...subAgent, stop_hook_active: false, last_assistant_message: "Found." })],
    [stop("There are 12."), "done Explore the tests with sub-agents: There are 12.", "done"],
    [tool("PostToolUse", "Read", { file_path: "/home/eva/c" }, subAgent)],
    [event("PreCompact", { trigger: "auto" })],
    [submit("Delete the old parser"), "working Delete the old parser: "],
    [
      event("StopFailure", {
        error: "rate_limit",
        error_details: "429 Too Many Requests",
        last_assistant_message: "API Error: Rate limit reached",
      }),
      "failed Delete the old parser: API Error: Rate limit reached",
      "failed",
    ],
    [submit("Again"), "working Again: "],
    [event("StopFailure", { error: "server_error" }), "failed Again: server_error", "failed"],
    [event("SessionEnd", { reason: "prompt_input_exit" })],
  ]),
  ...steps(claudeBase("0a1b2c3d-0000-4000-8000-000000000002"), [
    [after("Read", { file_path: "/home/eva/parser/README.md" }), "working parser: "],
    [notification("auth_success", "Signed in")],
    [notification("agent_needs_input", "Claude needs your input"), "waiting parser: Claude needs your input"],
    [after("Read", { file_path: "/home/eva/parser/LICENSE" }), "working parser: "],
    [
      notification("elicitation_dialog", "The server asks for a name"),
      "waiting parser: The server asks for a name",
    ],
    [notification("elicitation_response", "answered"), "working parser: "],
    [permission("ExitPlanMode", { plan: "1. Read" }), "waiting parser: Approve the plan?"],
    [after("ExitPlanMode", { plan: "1. Read" }), "working parser: "],
    [
      notification("idle_prompt", "Claude is waiting for your input"),
      "waiting parser: Claude is waiting for your input",
      "waiting",
    ],
    ...claudeTurn("Write the changelog", "Written.", "done"),
    ...claudeTurn("Shorten it", "Shortened."),
    ...claudeTurn("Translate it", "Translated."),
    ...claudeTurn("Commit it", "Committed.", "done"),
    [
      notification("permission_prompt", "Claude needs your permission"),
      "waiting Commit it: Claude needs your permission",
    ],
    [submit("No, leave it"), "working No, leave it: "],
    [event("SubagentStop", subAgent)],
    [stop(""), "done No, leave it: "],
    ...claudeTurn("Push", "Pushed."),
    ...claudeTurn("Say what changed", "Three files."),
    ...claudeTurn("Say it shorter", "Three."),
    ...claudeTurn("Name them", "a, b and c."),
    ...claudeTurn("Tag it", "Tagged."),
    ...claudeTurn("Close the issue", "Closed."),
    [submit("Wait for the build"), "working Wait for the build: "],
    [event("SessionEnd", { reason: "other" }), "done Wait for the build: The session has ended.", "done"],
  ]),
];

// Codex.

const codexBase = (session: string) => ({
  session_id: session,
  turn_id: "turn-1",
  transcript_path: `/home/eva/.codex/sessions/${session}.jsonl`,
  cwd: "/srv/shop",
  model: "gpt",
  permission_mode: "default",
});
const shell = (command: string) => ["Bash", { command }] as const;
const codexTurn: Turn = (prompt, answer, quiet) => [
  [submit(prompt), `working ${prompt}: `],
  [after(...shell("rg cart"))],
  [after("apply_patch", { command: "*** Begin Patch" })],
  [stop(answer), `done ${prompt}: ${answer}`, quiet],
];
const approved = (prompt: string, command: string, quiet?: Step["quiet"]): Row[] => [
  [submit(prompt), `working ${prompt}: `],
  [permission(...shell(command)), `waiting ${prompt}: Permission for Bash: ${command}`, quiet],
  [after(...shell(command)), `working ${prompt}: `],
  [stop("Done."), `done ${prompt}: Done.`],
];

const codex: Step[] = [
  ...steps(codexBase("019b0000-0000-7000-8000-000000000001"), [
    [event("SessionStart", { source: "startup" })],
    ...codexTurn("Make the cart faster", "It takes half the time.", "done"),
    ...approved("Run the benchmark", "npm run bench", "waiting"),
    ...approved("Install the tool", "npm install"),
    ...approved("Deploy it", "make deploy", "waiting"),
    [submit("Split the work"), "working Split the work: "],
    [event("SubagentStart", subAgent)],
    [tool("PostToolUse", ...shell("ls"), subAgent)],
    [
      event("PermissionRequest", { tool_name: "Bash", tool_input: { command: "curl x" }, ...subAgent }),
      "waiting Split the work: Permission for Bash: curl x",
      "waiting",
    ],
    [
      event("SubagentStop", { ...subAgent, last_assistant_message: "Not allowed." }),
      "working Split the work: ",
    ],
    [event("PostCompact", { trigger: "auto" })],
    [stop("Both parts are done."), "done Split the work: Both parts are done.", "done"],
    [submit("Try another way"), "working Try another way: "],
    [event("Interrupt"), "done Try another way: Interrupted."],
    ...codexTurn("Undo it", "Undone."),
    ...codexTurn("Describe it", "Described."),
    ...codexTurn("Review it", "Reviewed.", "done"),
    [event("SessionEnd", { reason: "exit" })],
  ]),
  ...steps(codexBase("019b0000-0000-7000-8000-000000000002"), [
    ...approved("Rename foo to bar", "cargo build"),
    ...approved("Update the callers", "cargo test"),
    ...approved("Format", "cargo fmt", "waiting"),
    ...codexTurn("Read the log", "Nothing is wrong."),
    ...codexTurn("Read it again", "Really nothing.", "done"),
    ...codexTurn("Write it down", "Written."),
    ...codexTurn("Mail it", "Mailed."),
    ...codexTurn("Close it", "Closed."),
    [submit("Stop after this"), "working Stop after this: "],
    [event("SessionEnd", { reason: "exit" }), "done Stop after this: The session has ended.", "done"],
  ]),
  ...steps({}, [
    [
      {
        type: "agent-turn-complete",
        "thread-id": "b5f6c1c2-1111-2222-3333-444455556666",
        "turn-id": "12345",
        cwd: "/srv/shop",
        "input-messages": ["Rename foo to bar"],
        "last-assistant-message": "Rename complete.",
      },
      "done shop: Rename complete.",
      "done",
    ],
  ]),
];

// Gemini CLI.

const geminiBase = (session: string) => ({
  session_id: session,
  transcript_path: `/home/eva/.gemini/tmp/${session}.json`,
  cwd: "/home/eva/site",
  timestamp: "2026-11-28T09:00:00.000Z",
});
const before = (prompt: string) => event("BeforeAgent", { prompt });
const afterTool = (tool_name: string) =>
  event("AfterTool", { tool_name, tool_input: {}, tool_response: { llmContent: "", returnDisplay: "" } });
const asked = (command: string) =>
  event("Notification", {
    notification_type: "ToolPermission",
    message: "Tool Confirm Shell Command requires execution",
    details: { type: "exec", title: "Confirm Shell Command", command },
  });
const afterAgent = (prompt: string, prompt_response: string) =>
  event("AfterAgent", { prompt, prompt_response, stop_hook_active: false });
const geminiTurn: Turn = (prompt, answer, quiet) => [
  [before(prompt), `working ${prompt}: `],
  [event("BeforeModel", { llm_request: { model: "gemini", messages: [] } })],
  [event("BeforeTool", { tool_name: "read_file", tool_input: {} })],
  [afterTool("read_file")],
  [afterAgent(prompt, answer), `done ${prompt}: ${answer}`, quiet],
];
const geminiAsks = (prompt: string, command: string, quiet?: Step["quiet"]): Row[] => [
  [before(prompt), `working ${prompt}: `],
  [asked(command), `waiting ${prompt}: Permission for Shell: ${command}`, quiet],
  [afterTool("run_shell_command"), `working ${prompt}: `],
  [afterAgent(prompt, "Done."), `done ${prompt}: Done.`],
];

const geminiCli: Step[] = [
  ...steps(geminiBase("6f1c0000-0000-4000-8000-000000000001"), [
    [event("SessionStart", { source: "startup" })],
    ...geminiTurn("Write the landing page", "It is written.", "done"),
    ...geminiAsks("Start the server", "npm start", "waiting"),
    ...geminiAsks("Edit the header", "vi header.html"),
    ...geminiAsks("Fetch the fonts", "wget fonts", "waiting"),
    [event("PreCompress", { trigger: "auto" })],
    ...geminiTurn("Check the links", "All of them work."),
    ...geminiTurn("Check the spelling", "One word was wrong.", "done"),
    ...geminiAsks("Publish it", "make publish", "waiting"),
    [before("Keep watching"), "working Keep watching: "],
    [event("Notification", { notification_type: "Other", message: "An update is available" })],
    [event("SessionEnd", { reason: "exit" }), "done Keep watching: The session has ended.", "done"],
  ]),
  ...steps(geminiBase("6f1c0000-0000-4000-8000-000000000002"), [
    ...geminiAsks("Add a footer", "vi footer.html"),
    ...geminiAsks("Add a menu", "vi menu.html", "waiting"),
    ...geminiTurn("Explain the menu", "It has three entries."),
    ...geminiTurn("Shorten the menu", "It has two entries.", "done"),
    ...geminiAsks("Remove the menu", "vi menu.html"),
    ...geminiTurn("Commit", "Committed."),
    ...geminiTurn("Tag it", "Tagged."),
    ...geminiAsks("Sign it", "gpg"),
    ...geminiTurn("Push", "Pushed.", "done"),
    [event("SessionEnd", { reason: "exit" })],
  ]),
];

// Cursor.

const cursorBase = (conversation: string) => ({
  conversation_id: conversation,
  generation_id: "26b45fb6-bdea-439c-b2dc-5e97ee00ecea",
  model: "default",
  cursor_version: "2.0.77",
  workspace_roots: ["/home/eva/app"],
  user_email: null,
});
const beforeSubmit = (prompt: string) => event("beforeSubmitPrompt", { prompt, attachments: [] });
const ends = (status: string, more: Members = {}) => event("stop", { status, loop_count: 0, ...more });
const cursorTurn: Turn = (prompt, _answer, quiet) => [
  [beforeSubmit(prompt), `working ${prompt}: `],
  [event("afterAgentThought", { text: "Hm.", duration_ms: 900 })],
  [event("afterShellExecution", { command: "npm test", output: "", duration: 1_200 })],
  [event("afterFileEdit", { file_path: "/home/eva/app/a.ts", edits: [] })],
  [event("afterMCPExecution", { tool_name: "search", tool_input: "{}", result_json: "{}", duration: 3 })],
  [event("afterAgentResponse", { text: "Done." })],
  [ends("completed"), `done ${prompt}: `, quiet],
];
const cursorPrompts = [
  "Fix the login",
  "Add a test",
  "Rename it",
  "Move it",
  "Split it",
  "Merge it",
  "Sort it",
];

const cursor: Step[] = [
  ...steps(cursorBase("cdefee2d-2727-4b73-bf77-d9d830f31d2a"), [
    [event("sessionStart", { is_background_agent: false })],
    ...cursorTurn("Write the form", "", "done"),
    ...cursorPrompts.flatMap((prompt) => cursorTurn(prompt, "")),
    [event("subagentStart", { subagent_type: "explore" })],
    [event("subagentStop", { subagent_type: "explore", status: "completed" })],
    [beforeSubmit("Call the API"), "working Call the API: "],
    [
      ends("error", { error_message: "The model is not available." }),
      "failed Call the API: The model is not available.",
      "failed",
    ],
    [beforeSubmit("Call it again"), "working Call it again: "],
    [ends("error"), "failed Call it again: "],
    [beforeSubmit("Once more"), "working Once more: "],
    [ends("aborted"), "done Once more: Aborted.", "done"],
    [event("sessionEnd", { reason: "user_close" })],
  ]),
  ...steps(cursorBase("11111111-2727-4b73-bf77-d9d830f31d2a"), [
    [event("afterFileEdit", { file_path: "/home/eva/app/a.ts", edits: [] }), "working app: "],
    [ends("completed"), "done app: ", "done"],
    ...[
      "One",
      "Two",
      "Three",
      "Four",
      "Five",
      "Six",
      "Seven",
      "Eight",
      "Nine",
      "Ten",
      "Eleven",
      "Twelve",
    ].flatMap((prompt) => cursorTurn(`Step ${prompt}`, "")),
    ...cursorTurn("The last one", "", "done"),
  ]),
];

export const hookTraces: Readonly<Record<string, readonly Step[]>> = {
  "claude-code": [...claudeCode, ...recordedSteps("claude-code")],
  codex: [...codex, ...recordedSteps("codex")],
  "gemini-cli": [...geminiCli, ...recordedSteps("gemini-cli")],
  cursor,
};
