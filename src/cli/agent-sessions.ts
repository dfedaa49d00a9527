// belfry agent set and list: what AI agents are doing, wherever they run. Inside a workspace its agent token is used, elsewhere
// the user's sign-in or token.
import { reportedStates } from "../agent-sessions/rules/report.ts";
import { createClient, segment, type Client } from "../client.ts";
import { readReporter } from "./agent-credential.ts";
import { notSignedIn, type Context } from "./context.ts";
import { exit, Failure } from "./failure.ts";
import { requireOneOf } from "./inputs.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { formatAge } from "./rules/time.ts";

/** A workspace's agent token, unless a key was named; for what agents of users and of workspaces may call. */
export function reporterClient(context: Context): Client {
  const { url, token } = readReporter(context);
  if (token === undefined) throw notSignedIn(url);
  return createClient({ url, token });
}

export const set = defineCommand({
  name: "set",
  summary: "Report what an AI agent is doing; you are notified when it waits, is done or has failed",
  args: "STATE [MESSAGE]",
  minArgs: 1,
  maxArgs: 2,
  fields: { url: "--link" },
  details: [
    `STATE is ${reportedStates.slice(0, -1).join(", ")} or ${reportedStates.at(-1)}. MESSAGE has at most 2,000 bytes.`,
    "A token of the scope notify is enough. With BELFRY_AGENT_TOKEN set, the session is the workspace owner's.",
  ],
  examples: [
    `belfry agent set working --key parser --title "Fix the bug in the parser"`,
    `belfry agent set waiting "Which of the two should stay?" --key parser`,
    `belfry agent set done --key parser --link https://git.example.com/pulls/17`,
  ],
  options: {
    key: { type: "string", value: "KEY", text: "key of the session: any text of your choice" },
    title: {
      type: "string",
      value: "TITLE",
      text: "what the agent works on (default: the previous title, or the key)",
    },
    link: { type: "string", value: "URL", text: "where to answer it, or more details" },
    parent: {
      type: "string",
      value: "KEY",
      text: "key of the session that started this one; then nobody is notified of this one",
    },
  },
  async run(context, { options, args: [state = "", message = ""] }) {
    const { key, title, link, parent } = options;
    if (key === undefined)
      throw new Failure(exit.usage, "--key: missing, use any text that identifies the session");
    const json = { state: requireOneOf("STATE", state, reportedStates), title, message, url: link, parent };
    await reporterClient(context).ask((routes) =>
      routes["agent-sessions"][":key"].$put({ param: { key: segment(key) }, json }),
    );
    context.log(`Reported: ${key} is ${state}.`);
  },
});

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List your AI agents' sessions, latest change first",
  examples: ["belfry agent list", "belfry agent list --state waiting"],
  options: {
    state: { type: "string", value: "STATE", text: `only ${reportedStates.join(", ")} or stale` },
    ...outputOption,
  },
  async run(context, { options }) {
    const state =
      options.state === undefined
        ? undefined
        : requireOneOf("--state", options.state, [...reportedStates, "stale"]);
    const query = { limit: "200", ...(state === undefined ? {} : { state }) };
    const answer = await context.client().ask((routes) => routes["agent-sessions"].$get({ query }));
    if (options.output === "json") return context.printJson(answer);
    if (answer.sessions.length === 0) return context.log("No agent sessions.");
    const rows = answer.sessions.map((one) => [
      one.state,
      formatAge(one.state_since, context.now()),
      one.key,
      one.title,
      one.question?.text ?? one.message,
    ]);
    context.printTable(["STATE", "SINCE", "KEY", "TITLE", "MESSAGE"], rows, { cut: true });
  },
});
