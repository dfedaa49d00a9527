// belfry builds wait, and how every command that starts a build waits for it and shows its log.
import { setTimeout as sleep } from "node:timers/promises";
import { type Build, type Client, ClientError, segment } from "../client.ts";
import type { Context } from "./context.ts";
import { exit } from "./failure.ts";
import { defineCommand } from "./rules/command.ts";
import { logLine, plainLine } from "./rules/text.ts";
import { isPassing } from "./rules/server.ts";
import { hasEnded, outcomeWords } from "./rules/workspace.ts";

/** Milliseconds between looks. */
const interval = 1_000;

/** Milliseconds for which a Belfry that is away is waited for: it is restarted, or upgraded. */
const patience = 300_000;

/**
 * Resolves with the build once it has ended. `onLook` runs after each look at it. Throws what no waiting would change,
 * and what the first look throws unless the server was heard of at `heardAt`.
 */
async function untilEnded(
  context: Context,
  client: Client,
  id: string,
  onLook: () => Promise<void>,
  heardAt: number | undefined,
): Promise<Build> {
  let lastSeen = heardAt;
  let isAway = false;
  for (;;) {
    try {
      const build = await client.ask((routes) => routes.workspacebuilds[":id"].$get({ param: { id } }));
      // The log after the look: what was written before the end is all there.
      await onLook();
      lastSeen = context.now();
      isAway = false;
      if (hasEnded(build.job.status)) return build;
    } catch (error) {
      const isOver = lastSeen === undefined || context.now() - lastSeen > patience;
      if (isOver || !(error instanceof ClientError) || !isPassing(error)) throw error;
      if (!isAway) context.say(plainLine(`${error.message} Trying again.`));
      isAway = true;
    }
    await sleep(interval);
  }
}

/** Prints the lines after those that were printed before. */
export function createLogPrinter(context: Context, client: Client, id: string): () => Promise<void> {
  let after = 0;
  return async () => {
    const query = { after: String(after) };
    const lines = await client.ask((routes) =>
      routes.workspacebuilds[":id"].logs.$get({ param: { id }, query }),
    );
    for (const line of lines) context.print(logLine(line.output));
    after = lines.at(-1)?.id ?? after;
  };
}

/** The exit code: 0 when it succeeded. `isNew`: the server has just told of the build. */
export async function waitForBuild(
  context: Context,
  client: Client,
  id: string,
  { log, isNew = false }: { log: boolean; isNew?: boolean },
): Promise<number> {
  const build = await untilEnded(
    context,
    client,
    id,
    log ? createLogPrinter(context, client, id) : async () => {},
    isNew ? context.now() : undefined,
  );
  context.say(plainLine(outcomeWords(build)));
  return build.job.status === "succeeded" ? 0 : exit.failed;
}

export const wait = defineCommand({
  name: "wait",
  summary: "Wait until a build has ended: 0 when it succeeded, 1 when it failed or was canceled",
  takes: "ID",
  least: 1,
  examples: ["belfry builds wait 0199a0b1-5c3f-7222-8333-444444444444"],
  options: { quiet: { type: "boolean", short: "q", text: "don't show the log" } },
  run: (context, { options, words: [id = ""] }) =>
    waitForBuild(context, context.client(), segment(id), { log: !options.quiet }),
});
