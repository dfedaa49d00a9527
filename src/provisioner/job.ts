// Runs one job from its acquisition to its end: folder, files, state, build, upload of the state, report to the server.
import {
  createInterrupt,
  InterruptedError,
  JobFailure,
  type JobInterrupt,
  keepLease,
  type Lease,
} from "./lease.ts";
import { createFolder, putFiles, removeFolder } from "./folder.ts";
import { openLog, type JobLog } from "./logs.ts";
import { ShapeError, type Completion } from "./rules/completion.ts";
import { describeInterrupt, type InterruptReason, type Job } from "./rules/job.ts";
import { createMask } from "./rules/log-lines.ts";
import { rescuedStateFile, stages, stateFile } from "./rules/terraform.ts";
import { runScript, scriptState } from "./script.ts";
import { openState, type JobState } from "./state.ts";
import type { PermanentErrorCode } from "../workspaces/jobs/rules/job.ts";
import { runTerraform } from "./terraform.ts";
import type { Environment } from "./environment.ts";
import type { JobContext, WorkerContext } from "./worker-context.ts";
import { jobCall } from "./server.ts";

/** Characters. */
const maxErrorLength = 8_192;

export type JobEnd = "completed" | "failed" | "released" | InterruptReason;

export async function runJob(job: Job, context: WorkerContext): Promise<JobEnd> {
  const { server, environment, timing } = context;
  const interrupt = createInterrupt();
  const ended = new AbortController();
  const sensitive = job.parameters.filter((parameter) => parameter.sensitive).map(({ value }) => value);
  const mask = createMask([job.agentToken, ...sensitive, ...context.secrets]);
  const log = openLog(job, { server, environment, timing, interrupt }, mask);
  let isChanging = false;
  const lease = keepLease(job, { server, environment, timing, interrupt });
  void environment
    .wait(timing.jobTimeoutMs, ended.signal)
    .then(() => ended.signal.aborted || interrupt.raise("timeout"));
  const kill = () => interrupt.raise("killed");
  context.killing.addEventListener("abort", kill, { signal: ended.signal });
  if (context.killing.aborted) kill();
  const folder = await createFolder(context.workDir);
  try {
    const files: [string, ...string[]] =
      context.tool.kind === "script" ? [scriptState] : [rescuedStateFile, stateFile];
    const state = openState(job, { server, interrupt, environment, timing }, folder, files);
    const markChanging = () => {
      isChanging = true;
      if (context.tool.kind === "terraform") void state.keepSaving(ended.signal);
    };
    const throwIfInterrupted = () => {
      if (interrupt.reason() !== undefined) throw new InterruptedError();
    };
    const shared = { job, folder, log, mask, server, interrupt, environment, timing };
    const result = await attempt(state, context, {
      ...shared,
      hasFiles: false,
      throwIfInterrupted,
      markChanging,
    });
    // Before the end is reported: afterwards the server refuses the state.
    const unsaved = isChanging ? await failureOf(job, environment, () => state.save()) : undefined;
    return await reportEnd(job, context, { interrupt, log, lease }, unsaved ?? result);
  } finally {
    ended.abort();
    lease.stop();
    await removeFolder(folder);
  }
}

type Result =
  | { kind: "done"; completion: Completion }
  | { kind: "failed"; error: string; code?: PermanentErrorCode | undefined }
  | { kind: "release" };

async function attempt(
  state: JobState,
  { templates, stopping, tool }: WorkerContext,
  work: JobContext,
): Promise<Result> {
  const { job, folder, log, environment } = work;
  let result: Result = { kind: "release" };
  const failure = await failureOf(job, environment, async () => {
    log.stage(stages.setUp);
    const hasFiles = await putFiles(job, folder, templates, work);
    await state.restore();
    work.throwIfInterrupted();
    if (stopping.aborted) return;
    const prepared = { ...work, hasFiles };
    const completion = await (tool.kind === "script"
      ? runScript(prepared, tool.file)
      : runTerraform(prepared, tool.file));
    result = { kind: "done", completion };
  });
  return failure ?? result;
}

/** Undefined if `action` succeeded. An unexpected error is also logged by the daemon. */
async function failureOf(
  job: Job,
  environment: Environment,
  action: () => Promise<void>,
): Promise<Extract<Result, { kind: "failed" }> | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (error instanceof JobFailure) return { kind: "failed", error: error.message, code: error.code };
    if (error instanceof ShapeError) return { kind: "failed", error: error.message };
    environment.log(`job ${job.id}: unexpected error: ${String(error)}`);
    return { kind: "failed", error: `The provisioner failed: ${String(error)}` };
  }
}

async function reportEnd(
  job: Job,
  { server, environment, timing }: WorkerContext,
  { interrupt, log, lease }: { interrupt: JobInterrupt; log: JobLog; lease: Lease },
  result: Result,
): Promise<JobEnd> {
  const report = (verb: string, json?: unknown) =>
    server.callUntilAnswered(
      { ...jobCall(job, "POST", verb), ...(json === undefined ? {} : { json }) },
      interrupt.lost,
    );
  // An interrupt after the build was done changes nothing.
  const reason = result.kind === "done" ? undefined : interrupt.reason();
  if (reason === "lost" || interrupt.lost.aborted) return "lost";
  if (result.kind === "release" && reason === undefined) {
    lease.startReporting();
    await report("release");
    return "released";
  }
  let error = result.kind === "failed" ? result.error : "";
  const code = result.kind === "failed" && reason === undefined ? result.code : undefined;
  if (reason !== undefined) error = describeInterrupt(reason, timing.jobTimeoutMs);
  log.stage(stages.cleanUp);
  if (result.kind !== "done") log.note(error, "error");
  await log.flush();
  lease.startReporting();
  if (result.kind === "done") {
    const answer = await report("complete", result.completion);
    if (answer.kind === "done") return "completed";
    if (answer.kind !== "refused") return isLateAnswer(answer) ? "completed" : "lost";
    error = `The server refused the result of the job: ${answer.message}`;
  }
  const answer = await report("fail", {
    error: error.slice(0, maxErrorLength).toWellFormed(),
    ...(code === undefined ? {} : { error_code: code }),
  });
  if (answer.kind === "refused")
    environment.log(`job ${job.id}: the server rejected the failure report: ${answer.message}`);
  if (answer.kind === "lost" && !isLateAnswer(answer)) return "lost";
  return reason ?? "failed";
}

/** An earlier attempt arrived and ended the job; only its response was lost. */
const isLateAnswer = (answer: { kind: string; tries?: number }): boolean =>
  answer.kind === "lost" && (answer.tries ?? 0) > 0;
