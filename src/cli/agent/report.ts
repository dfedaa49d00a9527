// How an agent in a workspace tells Belfry something: with its own token, again and again until there is an answer that
// counts, or the time is up. The commands of `belfry agent` call it.
import { setTimeout as sleep } from "node:timers/promises";
import { ClientError, createClient, type Client } from "../../client.ts";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import type { Options } from "../rules/command.ts";
import { durationWords, parseLifetime } from "../rules/duration.ts";
import { plain } from "../rules/text.ts";
import { isWorthAnother, waitBefore } from "../rules/again.ts";

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
