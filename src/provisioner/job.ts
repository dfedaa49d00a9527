// One job from its acquisition to its end: folder, files, state, work, state back, and the word to the server.
import { createEnding, EndedEarly, JobFailure, type Ending, keepLease, type Lease } from "./ending.ts";
import { makeFolder, putFiles, removeFolder } from "./folder.ts";
import { openLog, type JobLog } from "./logs.ts";
import { ShapeError, type Completion } from "./rules/completion.ts";
import { describeEnd, type EndReason, type Job } from "./rules/job.ts";
import { createMask } from "./rules/log-lines.ts";
import { rescuedStateFile, stages, stateFile } from "./rules/terraform.ts";
import { runScript, scriptState } from "./script.ts";
import { openState, type JobState } from "./state.ts";
import type { PermanentErrorCode } from "../workspaces/jobs/rules/job.ts";
import { runTerraform } from "./terraform.ts";
import type { WorkerContext, Work } from "./work.ts";
import { jobCall } from "./server.ts";

/** Characters. */
const maxErrorLength = 8_192;

export type JobEnd = "completed" | "failed" | "released" | EndReason;

export async function runJob(job: Job, shop: WorkerContext): Promise<JobEnd> {
  const { server, world, timing } = shop;
  const ending = createEnding();
  const over = new AbortController();
  const sensitive = job.parameters.filter((parameter) => parameter.sensitive).map(({ value }) => value);
  const mask = createMask([job.agentToken, ...sensitive, ...shop.secrets]);
  const log = openLog(job, { server, world, timing, ending }, mask);
  let isChanging = false;
  const lease = keepLease(job, { server, world, timing, ending });
  void world.wait(timing.jobTimeout, over.signal).then(() => over.signal.aborted || ending.end("timeout"));
  const kill = () => ending.end("killed");
  shop.killing.addEventListener("abort", kill, { signal: over.signal });
  if (shop.killing.aborted) kill();
  const folder = await makeFolder(shop.workDir);
  try {
    const files: [string, ...string[]] =
      shop.tool.kind === "script" ? [scriptState] : [rescuedStateFile, stateFile];
    const state = openState(job, { server, ending, world, timing }, folder, files);
    const changing = () => {
      isChanging = true;
      if (shop.tool.kind === "terraform") void state.keepSaving(over.signal);
    };
    const goOn = () => {
      if (ending.reason() !== undefined) throw new EndedEarly();
    };
    const work = { job, folder, hasFiles: false, log, mask, server, ending, world, timing, goOn };
    const result = await attempt(state, shop, { ...work, changing }, log);
    // Before the job's end is told: afterwards the server would not take it.
    const unsaved = isChanging ? await problemOf(() => state.save()) : undefined;
    return await finish(job, shop, { ending, log, lease }, unsaved ?? result);
  } finally {
    over.abort();
    lease.stop();
    await removeFolder(folder);
  }
}

type Result =
  | { kind: "done"; completion: Completion }
  | { kind: "failed"; error: string; code?: PermanentErrorCode | undefined }
  | { kind: "release" };

async function attempt(state: JobState, shop: WorkerContext, work: Work, log: JobLog): Promise<Result> {
  const { job, folder } = work;
  let result: Result = { kind: "release" };
  const problem = await problemOf(async () => {
    log.stage(stages.setUp);
    const hasFiles = await putFiles(job, folder, shop.templates, work);
    await state.restore();
    work.goOn();
    if (shop.stopping.aborted) return;
    const present = { ...work, hasFiles };
    const completion = await (shop.tool.kind === "script"
      ? runScript(present, shop.tool.file)
      : runTerraform(present, shop.tool.file));
    result = { kind: "done", completion };
  });
  return problem ?? result;
}

/** What is nobody's fault but the job's becomes its error; a bug of ours too, but it is also said where we run. */
async function problemOf(
  action: () => Promise<void>,
): Promise<Extract<Result, { kind: "failed" }> | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (error instanceof JobFailure) return { kind: "failed", error: error.message, code: error.code };
    if (error instanceof ShapeError) return { kind: "failed", error: error.message };
    return { kind: "failed", error: `The provisioner failed: ${String(error)}` };
  }
}

async function finish(
  job: Job,
  { server, world, timing }: WorkerContext,
  { ending, log, lease }: { ending: Ending; log: JobLog; lease: Lease },
  result: Result,
): Promise<JobEnd> {
  const tell = (verb: string, json?: unknown) =>
    server.callUntilAnswered(
      { ...jobCall(job, "POST", verb), ...(json === undefined ? {} : { json }) },
      ending.lost,
    );
  // An end that came after the work was done changes nothing any more.
  const reason = result.kind === "done" ? undefined : ending.reason();
  if (reason === "lost" || ending.lost.aborted) return "lost";
  if (result.kind === "release" && reason === undefined) {
    lease.telling();
    await tell("release");
    return "released";
  }
  let error = result.kind === "failed" ? result.error : "";
  const code = result.kind === "failed" && reason === undefined ? result.code : undefined;
  if (reason !== undefined) error = describeEnd(reason, timing.jobTimeout);
  log.stage(stages.cleanUp);
  if (result.kind !== "done") log.note(error, "error");
  await log.flush();
  lease.telling();
  if (result.kind === "done") {
    const answer = await tell("complete", result.completion);
    if (answer.kind === "done") return "completed";
    if (answer.kind !== "refused") return isLateAnswer(answer) ? "completed" : "lost";
    error = `The server refused the result of the job: ${answer.message}`;
  }
  const answer = await tell("fail", {
    error: error.slice(0, maxErrorLength).toWellFormed(),
    ...(code === undefined ? {} : { error_code: code }),
  });
  if (answer.kind === "refused") world.say(`job ${job.id}: the failure was refused. ${answer.message}`);
  if (answer.kind === "lost" && !isLateAnswer(answer)) return "lost";
  return reason ?? "failed";
}

/** The first try was heard, only its answer was lost: the job was over when the second one came. */
const isLateAnswer = (answer: { kind: string; tries?: number }): boolean =>
  answer.kind === "lost" && (answer.tries ?? 0) > 0;
