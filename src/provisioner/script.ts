// One job done by a script: it gets the job as JSON on standard input, what it prints is the log, and its last line or
// the file that BELFRY_RESULT names says what there is now.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "./child.ts";
import { JobFailure } from "./ending.ts";
import { readCompletion, type Completion } from "./rules/completion.ts";
import { scriptEnvironment, reducePlan, applyStage } from "./rules/terraform.ts";
import { problemIn, tidyLine } from "./rules/log-lines.ts";
import { fields, isText, parseJson } from "../kernel/rules/json.ts";
import { permanentErrorCodes } from "../workspaces/jobs/rules/job.ts";
import { sendPlan } from "./terraform.ts";
import type { Work } from "./work.ts";

export const scriptState = ".belfry-state";
const resultFile = ".belfry-result";

export async function runScript(work: Work, script: string): Promise<Completion> {
  const { job, folder, log, ending, world, timing, mask } = work;
  const files = { result: join(folder, resultFile), state: join(folder, scriptState) };
  let held: string | undefined;
  let lastError = "";
  log.stage(applyStage(job));
  work.changing();
  const ended = await runProgram(
    {
      file: script,
      words: [],
      folder,
      environment: scriptEnvironment(world.environment, files),
      input: `${JSON.stringify(job.raw)}\n`,
      interrupt: "SIGTERM",
      withChildren: true,
      onLine: (line, stream) => {
        if (stream === "error" && line.trim() !== "") lastError = tidyLine(line, mask);
        if (stream === "out" && held !== undefined) log.line(held, "out");
        if (stream === "out") held = line.startsWith("{") ? line : undefined;
        if (stream === "error" || held === undefined) log.line(line, stream);
      },
    },
    ending,
    world,
    timing.grace,
  );
  work.goOn();
  const result = await readResult(files.result, held);
  if (result === undefined && held !== undefined) log.line(held, "out");
  const { error, error_code: code, plan } = fields(result);
  if (ended.code !== 0 || isText(error)) {
    const reason = ended.problem ?? problemIn([lastError]) ?? `exit code ${ended.code}`;
    throw new JobFailure(
      isText(error) ? mask(error) : `The script failed: ${reason}`,
      permanentErrorCodes.find((known) => known === code),
    );
  }
  if (plan !== undefined && plan !== null) await sendPlan(work, reducePlan(plan, mask));
  return readCompletion(result ?? {});
}

/** The file counts when there is something in it, else the line. */
async function readResult(file: string, line: string | undefined): Promise<unknown> {
  const text = await readFile(file, "utf8").catch(() => "");
  if (text.trim() === "") return line === undefined ? undefined : parseJson(line);
  const read = parseJson(text);
  if (read === undefined) throw new JobFailure("The script's result is invalid JSON.");
  return read;
}
