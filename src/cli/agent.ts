// belfry agent: reports from inside a workspace, signed in with its agent token. A report is retried until it is answered
// or the timeout is over.
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, ClientError, createClient } from "../client.ts";
import type { Context } from "./context.ts";
import { exit, Failure } from "./failure.ts";
import { requireDuration, requireOneOf } from "./inputs.ts";
import { defineCommand, type Options } from "./rules/command.ts";
import { isReportRetryable, reportRetryDelayMs } from "./rules/server.ts";
import { plain } from "./rules/text.ts";
import { formatDuration } from "./rules/time.ts";

export const timeoutOption = {
  timeout: {
    type: "string",
    value: "TIME",
    text: "how long to retry: 30s, 5m (default 10m)",
  },
} as const satisfies Options;

const defaultTimeout = "10m";
/** One call gets the time that is left, within these limits. */
const [minCallMs, maxCallMs] = [2_000, 30_000];

/** Throws the last error at the timeout, and immediately an error that a retry can't change. */
export async function report(
  context: Context,
  timeout: string | undefined,
  call: (client: Client) => Promise<unknown>,
): Promise<void> {
  const maxTimeMs = requireDuration("--timeout", timeout ?? defaultTimeout, "30s or 5m");
  const { url, token, source } = readAgent(context);
  const end = context.now() + maxTimeMs;
  for (let tries = 1; ; tries += 1) {
    try {
      const timeoutMs = Math.max(minCallMs, Math.min(maxCallMs, end - context.now()));
      await call(createClient({ url, token, timeoutMs }));
      return;
    } catch (error) {
      const wait = reportRetryDelayMs(tries, Math.random());
      if (!(error instanceof ClientError)) throw error;
      if (error.status === 401)
        throw new Failure(exit.signedOut, plain(error.message), `The token is from ${source}.`);
      if (!isReportRetryable(error)) throw error;
      if (context.now() + wait >= end) throw error;
      if (tries === 1) context.log(`${error.message}\nRetrying for up to ${formatDuration(maxTimeMs)}.`);
      await sleep(wait);
    }
  }
}

/** An agent signs in with its own token, never with a user's stored sign-in. */
function readAgent({ choice, environment }: Context): { url: string; token: string; source: string } {
  const { url, token, source: tokenSource } = choice();
  const [agentToken, source] =
    tokenSource === "option" ? [token, "--token"] : [environment["BELFRY_AGENT_TOKEN"], "BELFRY_AGENT_TOKEN"];
  if (agentToken !== undefined && agentToken !== "") return { url, token: agentToken, source };
  throw new Failure(
    exit.signedOut,
    "BELFRY_AGENT_TOKEN is not set. Run this command inside a workspace.",
    "The template must pass it on, from the Terraform variable belfry_agent_token.",
  );
}

export const ready = defineCommand({
  name: "ready",
  summary: "Report that this workspace is ready; a prebuilt workspace can be claimed from then on",
  details: [
    "Run it inside a workspace, with BELFRY_URL and BELFRY_AGENT_TOKEN set. It retries until the server answers and the",
    "workspace's build is complete.",
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
    context.log("Reported: ready.");
  },
});

const states = ["working", "idle", "complete", "failure"] as const;
const stateLabels = { working: "working", idle: "idle", complete: "complete", failure: "failed" };

export const status = defineCommand({
  name: "status",
  summary: "Report what an app of this workspace is doing; the owner of an AI task's workspace is notified",
  args: "STATE [MESSAGE]",
  minArgs: 1,
  maxArgs: 2,
  fields: { uri: "--link" },
  details: [
    `STATE is ${states.slice(0, -1).join(", ")} or ${states.at(-1)}. MESSAGE has at most 160 bytes.`,
    "Run it inside a workspace, with BELFRY_URL and BELFRY_AGENT_TOKEN set.",
  ],
  examples: [
    `belfry agent status --app claude working "Reading the parser"`,
    `belfry agent status --app claude idle "Which of the two should stay?"`,
    `belfry agent status --app claude complete "See the pull request" --link https://git.example.com/pulls/17`,
  ],
  options: {
    app: { type: "string", value: "SLUG", text: "slug of the app (required)" },
    link: { type: "string", value: "URL", text: "link to more details" },
    ...timeoutOption,
  },
  async run(context, { options, args: [state = "", message = ""] }) {
    if (options.app === undefined)
      throw new Failure(exit.usage, "--app: missing, use the slug of an app of this agent");
    const json = {
      app_slug: options.app,
      state: requireOneOf("STATE", state, states),
      message,
      uri: options.link ?? "",
    };
    await report(context, options.timeout, (client) =>
      client.ask((routes) => routes.workspaceagents.me["app-status"].$patch({ json })),
    );
    context.log(`Reported: ${options.app} is ${stateLabels[json.state]}.`);
  },
});
