// belfry admin doctor: looks at everything that may be wrong, and says what to do about it.
import type { Context } from "../context.ts";
import { exit } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { plain } from "../rules/text.ts";
import { findingLines, verdict } from "./rules/finding.ts";

export const doctor = defineCommand({
  name: "doctor",
  summary: "Look at everything that may be wrong, and say what to do",
  most: 0,
  details: [
    "On the server's machine, with its environment, whether it runs or not. It changes nothing and sends nobody anything:",
    "the mail server hears the sender's address and no message, the webhook gets a HEAD request. The exit code is 1 when",
    "something is wrong.",
  ],
  examples: ["belfry admin doctor", "belfry admin doctor --output json"],
  options: { ...outputOption },
  run: (context, { options }) => run(context, options.output),
});

async function run(context: Context, output: string | undefined): Promise<number> {
  const { examine } = await import("./examine.ts");
  const findings = await examine({ environment: context.environment, now: context.now });
  const isWell = findings.every(({ level }) => level !== "fail");
  if (output === "json") {
    const shown = findings.map((finding) => ({ ...finding, advice: finding.advice ?? null }));
    context.printJson({ ok: isWell, findings: shown });
  } else {
    for (const line of [...findingLines(findings), "", verdict(findings)]) context.print(plain(line));
  }
  return isWell ? 0 : exit.failed;
}
