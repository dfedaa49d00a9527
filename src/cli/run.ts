// belfry run: runs a command with its input, output and exit code unchanged, then notifies the user of the result.
import { ClientError, createClient, type Client } from "../client.ts";
import { notSignedIn, type Context, createOnce } from "./context.ts";
import { describeError } from "./failure.ts";
import { runProgram, stopSignals } from "./program.ts";
import { defineCommand } from "./rules/command.ts";
import { lastLines, runReport } from "./rules/run-report.ts";

const maxReportedLines = 20;
/** For one call. */
const timeoutMs = 10_000;

export const run = defineCommand({
  name: "run",
  summary: "Run a command and notify you when it ends",
  args: "-- COMMAND [ARGUMENTS…]",
  minArgs: 1,
  passthrough: true,
  details: [
    "Input, output and exit code of the command are passed through. The notification has a title like",
    `"npm test failed after 4 min 12 s" and the last ${maxReportedLines} lines of output. The title contains the arguments;`,
    "use --title if one is a secret. The exit code is the command's, also if the notification can't be sent: 127 if the",
    "program was not found, 128 + N if signal N ended it. Don't use this for a command that prints secrets.",
  ],
  examples: [
    "belfry run -- npm test",
    "belfry run --only-failure -- ./backup.sh",
    `belfry run --title "Nightly backup" -- ./backup.sh --password-file key`,
  ],
  options: {
    title: { type: "string", value: "TEXT", text: "title to use instead of the command" },
    "only-failure": { type: "boolean", text: "notify only if the command fails" },
  },
  async run(context, { options, args }) {
    const client = openClient(context);
    const { terminal } = context;
    const ended = await runProgram(args, terminal);
    if (ended.problem !== undefined) context.log(`belfry: ${ended.problem}`);
    if (client === undefined || (options["only-failure"] && ended.exitCode === 0)) return ended.exitCode;
    // A second Ctrl-C ends the wait for the notification, with the command's exit code.
    for (const signal of stopSignals) terminal.once(signal, () => terminal.exit(ended.exitCode));
    const lines = lastLines(ended.tail, maxReportedLines);
    try {
      await report(client, runReport({ ...ended, command: args, title: options.title, lines }));
    } catch (error) {
      context.log(`belfry: Notification not sent. ${describeError(error).lines.join(" ")}`);
    }
    return ended.exitCode;
  },
});

/** Reports a missing sign-in before the command runs: afterwards it is too late. */
function openClient(context: Context): Client | undefined {
  try {
    const { url, token } = context.choice();
    if (token === undefined) throw notSignedIn(url);
    return createClient({ url, token, timeoutMs });
  } catch (error) {
    context.log(`belfry: You won't be notified. ${describeError(error).lines.join(" ")}`);
    return undefined;
  }
}

/** A duplicate of an earlier notification counts as sent. */
async function report(client: Client, content: { title: string; message: string }): Promise<void> {
  try {
    await createOnce(client, (routes, keyed) =>
      routes.notifications.custom.$post({ json: { content } }, keyed),
    );
  } catch (error) {
    if (!(error instanceof ClientError && error.code === "duplicate")) throw error;
  }
}
