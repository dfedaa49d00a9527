// Waiting for the answer to a question: as long as it is open, also while the server restarts or the network is away.
import { setTimeout as sleep } from "node:timers/promises";
import { maxWaitSeconds } from "../../agent-sessions/questions/rules/question.ts";
import { type Client, ClientError, type Question, segment } from "../../client.ts";
import type { Context } from "../context.ts";
import { exit } from "../failure.ts";
import { isTransient, reportRetryDelayMs } from "../rules/server.ts";
import { plain, plainLine } from "../rules/text.ts";

/** That of the program `timeout`. */
const timedOutCode = 124;
const interruptedCode = 130;

/** Milliseconds after a question's time for which an unreachable server is tried. */
const graceMs = 300_000;

/** Resolves with the exit code. Ctrl-C leaves the question open. */
export async function waitForAnswer(context: Context, client: Client, id: string): Promise<number> {
  const interrupted = () => {
    context.log(`\nThe question stays open. Wait for its answer again: belfry agent wait ${id}`);
    context.log(`Withdraw it: belfry agent withdraw ${id}`);
    context.terminal.exit(interruptedCode);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) context.terminal.once(signal, interrupted);
  try {
    return conclude(context, await pollUntilEnded(context, client, id));
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) context.terminal.off(signal, interrupted);
  }
}

function conclude(context: Context, { state, answer }: Question): number {
  if (state === "withdrawn") {
    context.log("The question was withdrawn.");
    return exit.failed;
  }
  if (answer !== null) context.print(plain(answer));
  if (state === "answered") return 0;
  context.log(answer === null ? "Timed out without an answer." : "Timed out; this is the default.");
  return timedOutCode;
}

/** Throws an error that waiting can't change, and any error of the first request. */
async function pollUntilEnded(context: Context, client: Client, id: string): Promise<Question> {
  let until = -Infinity;
  for (let failures = 0; ;) {
    try {
      const query = { wait: String(maxWaitSeconds) };
      const question = await client.ask((routes) =>
        routes.questions[":id"].$get({ param: { id: segment(id) }, query }),
      );
      if (question.state !== "open") return question;
      until = Date.parse(question.expires_at) + graceMs;
      failures = 0;
    } catch (error) {
      if (!(error instanceof ClientError) || !(isTransient(error) || !error.isBelfry)) throw error;
      if (context.now() > until) throw error;
      failures += 1;
      if (failures === 1) context.log(plainLine(`${error.message} Retrying.`));
      await sleep(reportRetryDelayMs(failures, Math.random()));
    }
  }
}
