// belfry builds wait, and how every command that starts a build waits for it and shows its log.
import { setTimeout as sleep } from "node:timers/promises";
import { type Build, type Client, ClientError, segment } from "../client.ts";
import type { Context } from "./context.ts";
import { exit } from "./failure.ts";
import { defineCommand } from "./rules/command.ts";
import { logLine, plainLine } from "./rules/text.ts";
import { isTransient } from "./rules/server.ts";
import { hasEnded, describeOutcome } from "./rules/workspace.ts";

const pollIntervalMs = 1_000;
/** How long the server can be unreachable while a build runs, for example during an upgrade. */
const maxAbsenceMs = 300_000;

/**
 * Resolves with the build once it has ended. `onPoll` runs after each poll. Throws an error that waiting can't change, and
 * any error of the first poll unless the server answered at `answeredAt`.
 */
async function pollUntilEnded(
  context: Context,
  client: Client,
  id: string,
  onPoll: () => Promise<void>,
  answeredAt: number | undefined,
): Promise<Build> {
  let lastAnswer = answeredAt;
  let isRetrying = false;
  for (;;) {
    try {
      const build = await client.ask((routes) => routes.workspacebuilds[":id"].$get({ param: { id } }));
      // The log comes after the status: it is complete when the build has ended.
      await onPoll();
      lastAnswer = context.now();
      isRetrying = false;
      if (hasEnded(build.job.status)) return build;
    } catch (error) {
      const isOver = lastAnswer === undefined || context.now() - lastAnswer > maxAbsenceMs;
      if (isOver || !(error instanceof ClientError) || !isTransient(error)) throw error;
      if (!isRetrying) context.log(plainLine(`${error.message} Retrying.`));
      isRetrying = true;
    }
    await sleep(pollIntervalMs);
  }
}

/** Each call prints the new lines. */
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

/** Resolves with the exit code: 0 when the build succeeded. `isNew`: the server has just created the build. */
export async function waitForBuild(
  context: Context,
  client: Client,
  id: string,
  { log, isNew = false }: { log: boolean; isNew?: boolean },
): Promise<number> {
  const build = await pollUntilEnded(
    context,
    client,
    id,
    log ? createLogPrinter(context, client, id) : async () => {},
    isNew ? context.now() : undefined,
  );
  context.log(plainLine(describeOutcome(build)));
  return build.job.status === "succeeded" ? 0 : exit.failed;
}

export const wait = defineCommand({
  name: "wait",
  summary: "Wait for a build to end and show its log",
  args: "ID",
  details: ["The exit code is 0 when the build succeeded, 1 when it failed or was canceled."],
  minArgs: 1,
  examples: ["belfry builds wait 0199a0b1-5c3f-7222-8333-444444444444"],
  options: { quiet: { type: "boolean", short: "q", text: "don't show the log" } },
  run: (context, { options, args: [id = ""] }) =>
    waitForBuild(context, context.client(), segment(id), { log: !options.quiet }),
});
