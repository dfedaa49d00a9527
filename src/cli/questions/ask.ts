// belfry agent ask, wait and withdraw: a script or an AI agent asks its user, and gets the answer on standard output.
import { hostname } from "node:os";
import { type Client, createClient, segment } from "../../client.ts";
import { askInSession } from "../../mcp/ask-in-session.ts";
import { readUserOrReporter } from "../agent-credential.ts";
import { createOnce, notSignedIn, type Context } from "../context.ts";
import { requireDuration } from "../inputs.ts";
import { defineCommand } from "../rules/command.ts";
import { sessionOfScript } from "../rules/question.ts";
import { plainLine } from "../rules/text.ts";
import { waitForAnswer } from "./wait.ts";

const secondMs = 1_000;

export const ask = defineCommand({
  name: "ask",
  summary: "Ask the user a question, and with --wait print the answer",
  args: "QUESTION",
  minArgs: 1,
  fields: { text: "QUESTION", options: "--option", timeout_s: "--timeout" },
  details: [
    "The user is notified at once and answers in the inbox, from an email or with belfry answer. With --wait the answer is",
    "printed and the exit code is 0. It is 124 if the question times out; then the default is printed, if there is one.",
    "Without --wait the question's ID is printed, for belfry agent wait. A new question withdraws the previous one of",
    "the same session.",
    "",
    "Inside a workspace, BELFRY_AGENT_TOKEN is enough.",
  ],
  examples: [
    `belfry agent ask "Deploy to production?" --option yes --option no --default no --timeout 10m --wait`,
    `belfry agent ask "What should the branch be called?" --wait`,
  ],
  options: {
    option: { type: "string", multiple: true, value: "TEXT", text: "an answer to choose from; 2 to 8" },
    "free-text": { type: "boolean", text: "accept a text besides the options" },
    default: { type: "string", value: "TEXT", text: "answer to use if nobody answers in time" },
    timeout: { type: "string", value: "TIME", text: "how long it is open: 10m, 2h (default 24h)" },
    wait: { type: "boolean", text: "wait for the answer and print it" },
    key: { type: "string", value: "KEY", text: "key of the agent's session (default: one for this folder)" },
    title: { type: "string", value: "TEXT", text: "title of a session that is new (default: the folder)" },
  },
  async run(context, { options, args: [text = ""] }) {
    const { timeout } = options;
    const timeoutMs = timeout === undefined ? undefined : requireDuration("--timeout", timeout, "10m or 2h");
    const client = agentClient(context);
    const json = {
      text,
      ...(options.option.length === 0 ? {} : { options: options.option }),
      ...(options["free-text"] ? { free_text: true } : {}),
      ...(options.default === undefined ? {} : { default: options.default }),
      ...(timeoutMs === undefined ? {} : { timeout_s: Math.round(timeoutMs / secondMs) }),
    };
    const session = sessionOfScript(options, {
      host: hostname(),
      folder: context.environment["PWD"] ?? "",
    });
    const param = { key: segment(session.key) };
    const { id } = await askInSession(client, session, () =>
      createOnce(client, (routes, keyed) =>
        routes["agent-sessions"][":key"].questions.$post({ param, json }, keyed),
      ),
    );
    if (options.wait) return waitForAnswer(context, client, id);
    context.print(id);
    context.log(`Wait for the answer: belfry agent wait ${id}`);
  },
});

/** Inside a workspace the agent's token asks its owner; a key that was given comes first. */
function agentClient(context: Context): Client {
  const { url, token } = readUserOrReporter(context);
  if (token === undefined) throw notSignedIn(url);
  return createClient({ url, token });
}

export const wait = defineCommand({
  name: "wait",
  summary: "Wait for the answer to a question that was asked, and print it",
  args: "ID",
  minArgs: 1,
  details: ["The exit code is 0 for an answer, 124 after a time-out, 1 if the question was withdrawn."],
  examples: ["belfry agent wait 0199a0b1-5c3f-7222-8333-444444444444"],
  options: {},
  run: (context, { args: [id = ""] }) => waitForAnswer(context, agentClient(context), id),
});

export const withdraw = defineCommand({
  name: "withdraw",
  summary: "Withdraw a question that was asked",
  args: "ID",
  minArgs: 1,
  examples: ["belfry agent withdraw 0199a0b1-5c3f-7222-8333-444444444444"],
  options: {},
  async run(context, { args: [id = ""] }) {
    const param = { id: segment(id) };
    const question = await agentClient(context).ask((routes) =>
      routes.questions[":id"].withdraw.$post({ param }),
    );
    context.log(plainLine(`Withdrawn: ${question.text}`));
  },
});
