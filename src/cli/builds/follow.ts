// Waits for a build, and shows its log as it comes. Commands that start builds call it, and `builds wait`.
import { setTimeout as sleep } from "node:timers/promises";
import type { Build, Client } from "../../client.ts";
import type { Context } from "../context.ts";
import { exit } from "../failure.ts";
import { hasEnded, outcomeWords } from "../rules/workspace.ts";
import { plainLine } from "../rules/text.ts";

/** Milliseconds between looks. */
const interval = 1_000;

/** Resolves with the build once it has ended. `onLook` runs before each look at it, and once after the last. */
async function untilEnded(client: Client, id: string, onLook: () => Promise<void>): Promise<Build> {
  for (;;) {
    const build = await client.ask((routes) => routes.workspacebuilds[":id"].$get({ param: { id } }));
    // The log after the look: what was written before the end is all there.
    await onLook();
    if (hasEnded(build.job.status)) return build;
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
    for (const line of lines) context.print(plainLine(line.output));
    after = lines.at(-1)?.id ?? after;
  };
}

/** The exit code: 0 when it succeeded. */
export async function waitForBuild(
  context: Context,
  client: Client,
  id: string,
  { log }: { log: boolean },
): Promise<number> {
  const build = await untilEnded(client, id, log ? createLogPrinter(context, client, id) : async () => {});
  context.say(plainLine(outcomeWords(build)));
  return build.job.status === "succeeded" ? 0 : exit.failed;
}
