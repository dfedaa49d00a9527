// Runs a job with a script: the job is JSON on its standard input, its output is the log, and its last line or the file
// BELFRY_RESULT is the result.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "./child.ts";
import { JobFailure } from "./lease.ts";
import { readCompletion, type Completion } from "./rules/completion.ts";
import { scriptEnvironment, reducePlan, applyStage } from "./rules/terraform.ts";
import { problemIn, tidyLine } from "./rules/log-lines.ts";
import { fields, isText, parseJson } from "../kernel/rules/json.ts";
import { permanentErrorCodes } from "../workspaces/jobs/rules/job.ts";
import { sendPlan } from "./terraform.ts";
import type { JobContext } from "./worker-context.ts";

export const scriptState = ".belfry-state";
const resultFile = ".belfry-result";

export async function runScript(work: JobContext, script: string): Promise<Completion> {
  const { job, folder, log, interrupt, environment, timing, mask } = work;
  const files = { result: join(folder, resultFile), state: join(folder, scriptState) };
  let resultLine: string | undefined;
  let lastError = "";
  log.stage(applyStage(job));
  work.markChanging();
  const end = await runProgram(
    {
      file: script,
      args: [],
      folder,
      variables: scriptEnvironment(environment.variables, files),
      input: `${JSON.stringify(job.raw)}\n`,
      interruptSignal: "SIGTERM",
      signalsGroup: true,
      onLine: (line, stream) => {
        if (stream === "error" && line.trim() !== "") lastError = tidyLine(line, mask);
        if (stream === "out" && resultLine !== undefined) log.line(resultLine, "out");
        if (stream === "out") resultLine = line.startsWith("{") ? line : undefined;
        if (stream === "error" || resultLine === undefined) log.line(line, stream);
      },
    },
    interrupt,
    environment,
    timing.graceMs,
  );
  work.throwIfInterrupted();
  const result = await readResult(files.result, resultLine);
  if (result === undefined && resultLine !== undefined) log.line(resultLine, "out");
  const { error, error_code: code, plan } = fields(result);
  if (end.code !== 0 || isText(error)) {
    const reason = end.problem ?? problemIn([lastError]) ?? `exit code ${end.code}`;
    throw new JobFailure(
      isText(error) ? mask(error) : `The script failed: ${reason}`,
      permanentErrorCodes.find((known) => known === code),
    );
  }
  if (plan !== undefined && plan !== null) await sendPlan(work, reducePlan(plan, mask));
  return readCompletion(result ?? {});
}

/** From the file, or from the line if the file is empty. */
async function readResult(file: string, line: string | undefined): Promise<unknown> {
  const text = await readFile(file, "utf8").catch(() => "");
  if (text.trim() === "") return line === undefined ? undefined : parseJson(line);
  const read = parseJson(text);
  if (read === undefined) throw new JobFailure("The script's result is invalid JSON.");
  return read;
}
