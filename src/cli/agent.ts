// belfry agent: reports from inside a workspace, signed in with its agent token. A report is retried until it is answered
// or the timeout is over.
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, ClientError, createClient } from "../client.ts";
import type { Context } from "./context.ts";
import { exit, Failure } from "./failure.ts";
import { defineCommand, type Options } from "./rules/command.ts";
import { isWorthAnother, waitBefore } from "./rules/server.ts";
import { plain } from "./rules/text.ts";
import { durationWords, parseLifetime } from "./rules/time.ts";

export const timeoutOption = {
  timeout: {
    type: "string",
    value: "TIME",
    text: "give up after this long without an answer: 30s, 5m (10m when missing)",
  },
} as const satisfies Options;

const defaultTimeout = "10m";
/** Milliseconds that one call may take: what is left of the time, within these. */
const [shortestCall, longestCall] = [2_000, 30_000];

/** Throws the last refusal when the time is up, and at once one that another try would not change. */
export async function report(
  context: Context,
  timeout: string | undefined,
  call: (client: Client) => Promise<unknown>,
): Promise<void> {
  const patience = parseLifetime(timeout ?? defaultTimeout);
  if (patience === undefined)
    throw new Failure(exit.usage, `--timeout ${timeout} is no time.`, "Write it like 30s or 5m.");
  const { url, token, source } = readAgent(context);
  const end = context.now() + patience;
  for (let tries = 1; ; tries += 1) {
    try {
      const left = Math.max(shortestCall, Math.min(longestCall, end - context.now()));
      await call(createClient({ url, token, timeout: left }));
      return;
    } catch (error) {
      const wait = waitBefore(tries, Math.random());
      if (!(error instanceof ClientError)) throw error;
      if (error.status === 401)
        throw new Failure(exit.signedOut, plain(error.message), `The token is the one from ${source}.`);
      if (!isWorthAnother(error)) throw error;
      if (context.now() + wait >= end) throw error;
      if (tries === 1) context.say(`${error.message}\nTrying again for up to ${durationWords(patience)}.`);
      await sleep(wait);
    }
  }
}

/** The stored sign-in of a person is no agent's. */
function readAgent({ choice, environment }: Context): { url: string; token: string; source: string } {
  const { url, token, from } = choice();
  const [agentToken, source] =
    from === "option" ? [token, "--token"] : [environment["BELFRY_AGENT_TOKEN"], "BELFRY_AGENT_TOKEN"];
  if (agentToken !== undefined && agentToken !== "") return { url, token: agentToken, source };
  throw new Failure(
    exit.signedOut,
    "BELFRY_AGENT_TOKEN is not set: this is for use inside a workspace.",
    "The workspace's template passes it on: in Terraform it is the variable belfry_agent_token.",
  );
}

export const ready = defineCommand({
  name: "ready",
  summary: "Say that this workspace has started; what waits in a pool is handed out from then on",
  details: [
    "",
    "For use inside a workspace: BELFRY_URL is Belfry's address, BELFRY_AGENT_TOKEN the workspace's token. It asks again",
    "until Belfry answers and the workspace's build is done.",
  ],
  examples: ["belfry agent ready", "belfry agent ready --timeout 30m"],
  options: timeoutOption,
  async run(context, { options }) {
    await report(context, options.timeout, (client) =>
      client.ask((routes) =>
        routes.workspaceagents.me["report-lifecycle"].$post({
          json: { state: "ready", changed_at: new Date(context.now()).toISOString() },
        }),
      ),
    );
    context.say("Belfry knows that this workspace is ready.");
  },
});

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
