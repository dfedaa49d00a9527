// The tools that an AI agent gets by MCP: names, what they are for, and what they take, as JSON Schema. What an argument may
// be is checked by the API, whose errors name it.

import { reportedStates } from "../../agent-sessions/rules/report.ts";

const text = (description: string) => ({ type: "string", description }) as const;

const session = text(
  "A name for this session of yours, the same in every call, for example the branch or the task you work on.",
);

interface Tool {
  name: string;
  title: string;
  description: string;
  inputSchema: {
    type: "object";
    properties: Record<string, object>;
    required: string[];
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
    "Send a notification to your user, on the channels they have chosen. Use it for results that they want to know " +
    "about immediately. Report the state of your work with set_state instead.",
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

/** Clients give up on a call after a minute. */
export const maxAskSeconds = 50;

const ask: Tool = {
  name: "ask",
  title: "Ask the user",
  description:
    "Ask your user a question and wait for the answer. They are notified at once and answer from wherever they are. If there " +
    "is no answer yet when the time is up, the result has the question's id: call ask again with only that id to keep waiting.",
  inputSchema: {
    type: "object",
    properties: {
      session,
      question: text("At most 2,000 bytes; understandable without this conversation."),
      options: {
        type: "array",
        items: { type: "string" },
        description:
          "2 to 8 answers to choose from, each at most 80 bytes. Without options, the answer is free text.",
      },
      free_text: { type: "boolean", description: "Whether free text is accepted besides the options." },
      default: text("The answer to use if nobody answers in time; one of the options, if there are any."),
      timeout_s: {
        type: "integer",
        description: "Seconds until the question times out, 60 to 604,800; default: a day.",
      },
      title: text("What you work on, if this session has reported nothing yet."),
      wait_s: {
        type: "integer",
        minimum: 0,
        maximum: maxAskSeconds,
        description: `Seconds to wait for the answer in this call; default: ${maxAskSeconds}.`,
      },
      id: text("The id of a question that you have asked, to keep waiting for its answer."),
    },
    required: [],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
};

const setState: Tool = {
  name: "set_state",
  title: "Report your state",
  description:
    "Report what you are doing. Your user is notified when a state lasts: waiting (you need them), done or failed. Report " +
    "working when you continue.",
  inputSchema: {
    type: "object",
    properties: {
      session,
      state: { type: "string", enum: reportedStates },
      title: text("What you work on, at most 200 bytes."),
      message: text("What you need, or the result; at most 2,000 bytes."),
      url: text("A page with details, http or https."),
    },
    required: ["state", "title"],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
};

const listWaiting: Tool = {
  name: "list_waiting",
  title: "List what needs the user",
  description: "List what needs your user, oldest first: agents, failed builds, stopped prebuilds.",
  inputSchema: {
    type: "object",
    properties: { limit: { type: "integer", minimum: 1, maximum: 200, description: "Default: 50." } },
    required: [],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
};

/**
 * `hasSession`: the server knows which session is asking, so that the agent may leave it out. A question that is asked again
 * has its id in place of it.
 */
export const toolsFor = (hasSession: boolean): Tool[] =>
  [notify, ask, setState, listWaiting].map((tool) =>
    hasSession || tool === ask || tool.inputSchema.properties["session"] === undefined
      ? tool
      : {
          ...tool,
          inputSchema: { ...tool.inputSchema, required: ["session", ...tool.inputSchema.required] },
        },
  );

export const instructions =
  "Belfry notifies people about their AI agents and workspaces, and brings their answers back. Everything concerns your own " +
  "user only.";
