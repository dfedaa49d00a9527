// belfry agent status: what an app in a workspace is doing; for use inside of it.
import { exit, Failure } from "../failure.ts";
import { defineCommand } from "../rules/command.ts";
import { report, timeoutOption } from "./report.ts";

const states = ["working", "idle", "complete", "failure"] as const;
type State = (typeof states)[number];
const isState = (text: string): text is State => (states as readonly string[]).includes(text);

export const status = defineCommand({
  name: "status",
  summary: "Say what an app of this workspace is doing; the owner of an AI task is told of each change",
  takes: "STATE [MESSAGE]",
  least: 1,
  most: 2,
  details: [
    "",
    `STATE is one of ${states.join(", ")}. MESSAGE has at most 160 bytes.`,
    "",
    "For use inside a workspace: BELFRY_URL is Belfry's address, BELFRY_AGENT_TOKEN the workspace's token.",
  ],
  examples: [
    `belfry agent status --app claude working "Reading the parser"`,
    `belfry agent status --app claude idle "Which of the two shall stay?"`,
    `belfry agent status --app claude complete "See the pull request" --link https://git.example.com/pulls/17`,
  ],
  options: {
    app: { type: "string", value: "SLUG", text: "which of the agent's apps says so" },
    link: { type: "string", value: "URL", text: "where there is more to see" },
    ...timeoutOption,
  },
  async run(context, { options, words: [state = "", message = ""] }) {
    if (options.app === undefined)
      throw new Failure(exit.usage, "--app is missing.", "It is the slug of one of the agent's apps.");
    if (!isState(state))
      throw new Failure(exit.usage, `"${state}" is no state.`, `It must be one of ${states.join(", ")}.`);
    const json = { app_slug: options.app, state, message, uri: options.link ?? "" };
    await report(context, options.timeout, (client) =>
      client.ask((routes) => routes.workspaceagents.me["app-status"].$patch({ json })),
    );
    context.say(`Belfry knows that ${options.app} is ${wordsOf[state]}.`);
  },
});

const wordsOf: Record<State, string> = {
  working: "working",
  idle: "idle",
  complete: "done",
  failure: "not able to do it",
};
