// One job done by OpenTofu or Terraform: init, plan, the reduced plan to the server, apply, and what is there now.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram, type Ended } from "./child.ts";
import { JobFailure } from "./ending.ts";
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
import type { Work } from "./work.ts";

/** Bytes of a plan or a state as JSON. */
const maxJsonBytes = 64 * 1_048_576;

export async function runTerraform(work: Work, terraform: string): Promise<Completion> {
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
  await step(work, terraform, steps.initArguments);
  log.stage(steps.stages.plan);
  await step(work, terraform, steps.planArguments(job));
  const shown = await tryToShow(work, terraform, steps.showPlanArguments);
  if ("problem" in shown) noteUnread(work, shown.problem);
  // From here on the job is nobody else's: without the server's yes nothing is changed.
  await sendPlan(work, "problem" in shown ? noChanges : reducePlan(shown.document, work.mask));
  log.stage(steps.applyStage(job));
  work.changing();
  await step(work, terraform, steps.applyArguments);
  if (job.transition === "delete") return { resources: [] };
  return readState(await show(work, terraform, steps.showStateArguments), job.parameters);
}

/** What is said of a plan that can't be read: the server has to know all the same that the work begins. */
const noChanges: ReducedPlan = { resource_changes: [] };

/** A plan that the server can't take is no reason to give up: it is there to be told, not to be obeyed. */
export async function sendPlan(work: Work, plan: ReducedPlan): Promise<void> {
  const { job, ending } = work;
  const send = (json: ReducedPlan) =>
    work.server.callUntilAnswered({ ...jobCall(job, "POST", "plan"), json }, ending.ended);
  await flushLog(work);
  let answer = await send(plan);
  if (answer.kind === "refused" && plan !== noChanges) {
    noteUnread(work, answer.message);
    answer = await send(noChanges);
  }
  if (answer.kind === "lost") ending.end("lost");
  if (answer.kind === "refused") throw new JobFailure(`The server refused the plan: ${answer.message}`);
  work.goOn();
}

/** What the server says of the plan comes after the plan itself; a server that is away holds nothing up. */
async function flushLog({ log, world, timing, ending }: Work): Promise<void> {
  const over = new AbortController();
  const isEnough = world.wait(timing.patience, AbortSignal.any([ending.ended, over.signal]));
  await Promise.race([log.flush(), isEnough]);
  over.abort();
}

const noteUnread = ({ log, mask }: Work, problem: string) =>
  log.note(`Replaced resources are unknown, the plan could not be read: ${mask(problem)}`, "warn");

async function step(work: Work, terraform: string, words: string[]): Promise<void> {
  const errors: string[] = [];
  const ended = await run(work, terraform, words, (line, stream) => {
    work.log.line(line, stream);
    if (stream === "error") {
      errors.push(tidyLine(line, work.mask));
      // The first ones say the most, the last ones are for programs that are not Terraform.
      if (errors.length > 200) errors.splice(100, 1);
    }
  });
  work.goOn();
  if (ended.code === 0) return;
  const permanent = words[0] === "plan" ? variableProblem(errors) : undefined;
  const reason = permanent?.problem ?? problemIn(errors) ?? ended.problem ?? `exit code ${ended.code}`;
  throw new JobFailure(`terraform ${words[0]} failed: ${reason}`, permanent?.code);
}

async function show(work: Work, terraform: string, words: string[]): Promise<unknown> {
  const shown = await tryToShow(work, terraform, words);
  if ("problem" in shown) throw new JobFailure(`terraform show failed: ${work.mask(shown.problem)}`);
  return shown.document;
}

async function tryToShow(
  work: Work,
  terraform: string,
  words: string[],
): Promise<{ document: unknown } | { problem: string }> {
  const errors: string[] = [];
  const ended = await run(
    work,
    terraform,
    words,
    (line) => errors.length < 200 && errors.push(line),
    maxJsonBytes,
  );
  work.goOn();
  const document = ended.code === 0 ? parseJson(ended.output) : undefined;
  return document === undefined
    ? { problem: ended.problem ?? problemIn(errors) ?? "it printed no JSON" }
    : { document };
}

const run = (
  { job, folder, ending, world, timing }: Work,
  file: string,
  words: string[],
  onLine: (line: string, stream: "out" | "error") => void,
  keep?: number,
): Promise<Ended> => {
  const environment = terraformEnvironment(job, world.environment);
  return runProgram(
    // Terraform tells its own providers.
    {
      file,
      words,
      folder,
      environment,
      interrupt: "SIGINT",
      withChildren: false,
      onLine,
      ...(keep === undefined ? {} : { keep }),
    },
    ending,
    world,
    timing.grace,
  );
};
