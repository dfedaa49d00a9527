// The tools that an AI agent gets by MCP: names, what they are for, and what they take, as JSON Schema. What an argument may
// be is checked by the API, whose errors name it.

const text = (description: string) => ({ type: "string", description }) as const;

const session = text(
  "A name for this session of yours, the same in every call, for example the branch or the task you work on.",
);

export const states = ["working", "waiting", "done", "failed"] as const;

interface Tool {
  name: string;
  title: string;
  description: string;
  inputSchema: {
    type: "object";
    properties: Record<string, object>;
    required?: string[];
    additionalProperties: false;
  };
  annotations: {
    readOnlyHint: boolean;
    destructiveHint: false;
    idempotentHint: boolean;
    openWorldHint: boolean;
  };
}

const notify: Tool = {
  name: "notify",
  title: "Notify the user",
  description:
    "Send a notification to your user, on the channels they have chosen. Use it for a result that they want to know of at " +
    "once; the states of your own work belong into set_state.",
  inputSchema: {
    type: "object",
    properties: {
      title: text("At most 120 bytes, readable alone."),
      message: text("Plain text, at most 2,000 bytes."),
    },
    required: ["title", "message"],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
};

const setState: Tool = {
  name: "set_state",
  title: "Report your state",
  description:
    "Report what you are doing. Your user is notified when a state lasts: waiting (you need them), done or failed. Report " +
    "working when you go on.",
  inputSchema: {
    type: "object",
    properties: {
      session,
      state: { type: "string", enum: states },
      title: text("What you work on, at most 200 bytes."),
      message: text("What you need, or the result; at most 2,000 bytes."),
      url: text("A page with more, http or https."),
    },
    required: ["state", "title"],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
};

const listWaiting: Tool = {
  name: "list_waiting",
  title: "List what needs the user",
  description: "List what waits for your user, oldest first: agents, failed builds, presets at the limit.",
  inputSchema: {
    type: "object",
    properties: { limit: { type: "integer", minimum: 1, maximum: 200, description: "50 if it is missing." } },
    additionalProperties: false,
  },
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
};

/** `hasSession`: the server knows which session is asking, so that the agent may leave it out. */
export const toolsFor = (hasSession: boolean): Tool[] =>
  [notify, setState, listWaiting].map((tool) =>
    hasSession || tool.inputSchema.properties["session"] === undefined
      ? tool
      : {
          ...tool,
          inputSchema: { ...tool.inputSchema, required: ["session", ...(tool.inputSchema.required ?? [])] },
        },
  );

export const instructions =
  "Belfry notifies people about their AI agents and workspaces, and brings their answers back. Everything concerns your own " +
  "user only.";
