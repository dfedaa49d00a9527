// belfry run: runs a command as if it stood there alone, then tells how it ended.
import { ClientError, createClient, type Client } from "../client.ts";
import { notSignedIn, type Context } from "./context.ts";
import { tell } from "./failure.ts";
import { runProgram, stopSignals } from "./program.ts";
import { askOnce } from "./calls.ts";
import { defineCommand } from "./rules/command.ts";
import { lastLines, runReport } from "./rules/run-report.ts";

const linesTold = 20;
/** Milliseconds for one try to tell. */
const patience = 10_000;

export const run = defineCommand({
  name: "run",
  summary: "Run a command, then tell you whether it succeeded and how long it took",
  takes: "-- COMMAND [ARGUMENTS…]",
  least: 1,
  passesOn: true,
  details: [
    "",
    "The command's input, output and exit code are passed through. You get a title like",
    `"npm test failed after 4 m 12 s" and the last ${linesTold} lines of what it printed. What stands in the arguments`,
    "is in the title: with a secret there, use --title. If nobody can be told, that is said, and the exit code",
    "stays the command's: 127 when there is no such program, 128 + N when signal N ended it.",
  ],
  examples: [
    "belfry run -- npm test",
    "belfry run --only-failure -- ./backup.sh",
    `belfry run --title "Nightly backup" -- ./backup.sh --password-file key`,
  ],
  options: {
    title: { type: "string", value: "WORDS", text: "say these words in place of the command" },
    "only-failure": { type: "boolean", text: "say nothing when it succeeds" },
  },
  async run(context, { options, words }) {
    const client = openClient(context);
    const ended = await runProgram(words, context.environment);
    if (ended.problem !== undefined) context.say(`belfry: ${ended.problem}`);
    if (client === undefined || (options["only-failure"] && ended.exitCode === 0)) return ended.exitCode;
    // Whoever doesn't want to wait for the telling gets the exit code all the same.
    for (const signal of stopSignals) process.once(signal, () => process.exit(ended.exitCode));
    const lines = lastLines(ended.tail, linesTold);
    try {
      await report(client, runReport({ ...ended, command: words, title: options.title, lines }));
    } catch (error) {
      context.say(`belfry: nobody was told how it ended. ${tell(error).lines.join(" ")}`);
    }
    return ended.exitCode;
  },
});

/** Said before the command runs: later it may be too late to do something about it. */
function openClient(context: Context): Client | undefined {
  try {
    const { url, token } = context.choice();
    if (token === undefined) throw notSignedIn(url);
    return createClient({ url, token, timeout: patience });
  } catch (error) {
    context.say(`belfry: nobody will be told how this ends. ${tell(error).lines.join(" ")}`);
    return undefined;
  }
}

/** What was sent already by somebody else is a duplicate, and that is as good as sent. */
async function report(client: Client, content: { title: string; message: string }): Promise<void> {
  try {
    await askOnce(client, (routes, keyed) => routes.notifications.custom.$post({ json: { content } }, keyed));
  } catch (error) {
    if (!(error instanceof ClientError && error.status === 409 && isDuplicate(error))) throw error;
  }
}

const isDuplicate = ({ message }: ClientError) => /\bsame notification\b/i.test(message);
