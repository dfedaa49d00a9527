// Runs a job with OpenTofu or Terraform: init, plan, report of the reduced plan, apply, and the result from the state.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram, type ProgramEnd } from "./child.ts";
import { JobFailure } from "./lease.ts";
import { readState, type Completion } from "./rules/completion.ts";
import {
  reducePlan,
  type ReducedPlan,
  terraformEnvironment,
  isVariableName,
  variableProblem,
} from "./rules/terraform.ts";
import { problemIn, tidyLine } from "./rules/log-lines.ts";
import { parseJson } from "../kernel/rules/json.ts";
import * as steps from "./rules/terraform.ts";
import { jobCall } from "./server.ts";
import type { JobContext } from "./worker-context.ts";

/** Of a plan or a state as JSON. */
const maxJsonBytes = 64 * 1_048_576;

export async function runTerraform(work: JobContext, terraform: string): Promise<Completion> {
  const { job, folder, log } = work;
  for (const { name } of job.parameters)
    if (!isVariableName(name))
      log.note(`Parameter "${name}" is not passed to Terraform: invalid variable name.`, "warn");
  if (job.transition === "delete" && !job.hasState) {
    log.note("No state: nothing to delete.");
    await sendPlan(work, noChanges);
    return { resources: [] };
  }
  if (!work.hasFiles) throw new JobFailure("This version of the template has no files.");
  await writeFile(join(folder, steps.backendOverride.file), steps.backendOverride.content);
  log.stage(steps.stages.init);
  await runStep(work, terraform, steps.initArguments);
  log.stage(steps.stages.plan);
  await runStep(work, terraform, steps.planArguments(job));
  const shown = await tryToShow(work, terraform, steps.showPlanArguments);
  if ("problem" in shown) noteUnreadPlan(work, shown.problem);
  // Nothing is changed before the server has accepted the plan: from then on no other provisioner gets the job.
  await sendPlan(work, "problem" in shown ? noChanges : reducePlan(shown.document, work.mask));
  log.stage(steps.applyStage(job));
  work.markChanging();
  await runStep(work, terraform, steps.applyArguments);
  if (job.transition === "delete") return { resources: [] };
  return readState(await show(work, terraform, steps.showStateArguments), job.parameters);
}

/** Reported if the plan can't be read: the server must know that changes begin. */
const noChanges: ReducedPlan = { resource_changes: [] };

/** If the server refuses the plan, the job continues without it: the plan is only needed for drift reports. */
export async function sendPlan(work: JobContext, plan: ReducedPlan): Promise<void> {
  const { job, interrupt } = work;
  const send = (json: ReducedPlan) =>
    work.server.callUntilAnswered({ ...jobCall(job, "POST", "plan"), json }, interrupt.raised);
  await flushLog(work);
  let answer = await send(plan);
  if (answer.kind === "refused" && plan !== noChanges) {
    noteUnreadPlan(work, answer.message);
    answer = await send(noChanges);
  }
  if (answer.kind === "lost") interrupt.raise("lost");
  if (answer.kind === "refused") throw new JobFailure(`The server refused the plan: ${answer.message}`);
  work.throwIfInterrupted();
}

/** The log of the plan must precede lines that the server adds to it; an unreachable server delays nothing for long. */
async function flushLog({ log, environment, timing, interrupt }: JobContext): Promise<void> {
  const flushed = new AbortController();
  const timeout = environment.wait(timing.callTimeoutMs, AbortSignal.any([interrupt.raised, flushed.signal]));
  await Promise.race([log.flush(), timeout]);
  flushed.abort();
}

const noteUnreadPlan = ({ log, mask }: JobContext, problem: string) =>
  log.note(`Replaced resources are unknown, the plan could not be read: ${mask(problem)}`, "warn");

async function runStep(work: JobContext, terraform: string, args: string[]): Promise<void> {
  const errors: string[] = [];
  const end = await run(work, terraform, args, (line, stream) => {
    work.log.line(line, stream);
    if (stream === "error") {
      errors.push(tidyLine(line, work.mask));
      // Terraform's cause is in the first lines, that of other programs in the last ones.
      if (errors.length > 200) errors.splice(100, 1);
    }
  });
  work.throwIfInterrupted();
  if (end.code === 0) return;
  const permanent = args[0] === "plan" ? variableProblem(errors) : undefined;
  const reason = permanent?.problem ?? problemIn(errors) ?? end.problem ?? `exit code ${end.code}`;
  throw new JobFailure(`terraform ${args[0]} failed: ${reason}`, permanent?.code);
}

async function show(work: JobContext, terraform: string, args: string[]): Promise<unknown> {
  const shown = await tryToShow(work, terraform, args);
  if ("problem" in shown) throw new JobFailure(`terraform show failed: ${work.mask(shown.problem)}`);
  return shown.document;
}

async function tryToShow(
  work: JobContext,
  terraform: string,
  args: string[],
): Promise<{ document: unknown } | { problem: string }> {
  const errors: string[] = [];
  const end = await run(
    work,
    terraform,
    args,
    (line) => errors.length < 200 && errors.push(line),
    maxJsonBytes,
  );
  work.throwIfInterrupted();
  const document = end.code === 0 ? parseJson(end.output) : undefined;
  return document === undefined
    ? { problem: end.problem ?? problemIn(errors) ?? "output is not JSON" }
    : { document };
}

const run = (
  { job, folder, interrupt, environment, timing }: JobContext,
  file: string,
  args: string[],
  onLine: (line: string, stream: "out" | "error") => void,
  maxOutputBytes?: number,
): Promise<ProgramEnd> => {
  const variables = terraformEnvironment(job, environment.variables);
  return runProgram(
    {
      file,
      args,
      folder,
      variables,
      interruptSignal: "SIGINT",
      // Terraform itself interrupts its providers.
      signalsGroup: false,
      onLine,
      ...(maxOutputBytes === undefined ? {} : { maxOutputBytes }),
    },
    interrupt,
    environment,
    timing.graceMs,
  );
};
