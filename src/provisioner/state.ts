// The Terraform state of a workspace: downloaded into the job's folder, uploaded soon after each change while the job runs,
// and again at its end.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { type JobConnection, JobFailure } from "./lease.ts";
import { parseJson } from "../kernel/rules/json.ts";
import type { Job } from "./rules/job.ts";
import { jobCall } from "./server.ts";

const maxPackedBytes = 8 * 1_048_576;
const maxUnpackedBytes = 512 * 1_048_576;

export interface JobState {
  /** Downloads the previous build's state, if there is one. */
  restore: () => Promise<void>;
  /** Until the signal aborts or `save` is called: uploads each changed, complete state with one attempt. */
  keepSaving: (over: AbortSignal) => Promise<void>;
  /** Resolves when it is uploaded or the job is lost. Throws `JobFailure` if the server refuses it. */
  save: () => Promise<void>;
}

export function openState(
  job: Job,
  { server, interrupt, environment, timing }: JobConnection,
  folder: string,
  /** By priority: the first that exists is uploaded. */
  files: [string, ...string[]],
): JobState {
  const put = jobCall(job, "PUT", "state");
  let saved = "";
  let saving: Promise<void> = Promise.resolve();
  let isStopped = false;
  const changed = async () => {
    const content = await readFirst(folder, files);
    if (content === undefined || content.length === 0 || hashOf(content) === saved) return undefined;
    return { content, hash: hashOf(content) };
  };
  const saveOnce = async () => {
    const state = await changed();
    // It may be incomplete: Terraform may be writing it.
    if (state === undefined || parseJson(state.content.toString("utf8")) === undefined) return;
    const outcome = await server.call({ ...put, bytes: await packed(state.content) });
    if (outcome.ok) saved = state.hash;
  };
  return {
    restore: async () => {
      if (!job.hasState) return;
      const answer = await server.callUntilAnswered(
        { ...jobCall(job, "GET", "state"), maxBytes: maxPackedBytes + 1 },
        interrupt.raised,
      );
      if (answer.kind === "stopped") return;
      if (answer.kind !== "done") {
        if (answer.status === 409) interrupt.raise("lost");
        throw new JobFailure(`The state of the previous build can't be downloaded: ${answer.message}`);
      }
      if (answer.body.length === 0) return;
      const content = await unpacked(answer.body);
      saved = hashOf(content);
      await writeFile(join(folder, files.at(-1)!), content, { mode: 0o600 });
    },
    keepSaving: async (over) => {
      for (;;) {
        await environment.wait(timing.stateIntervalMs, over);
        if (isStopped || over.aborted || interrupt.lost.aborted) return;
        await (saving = saveOnce().catch(() => {}));
      }
    },
    save: async () => {
      // An older state that is being uploaded must not arrive after this one.
      isStopped = true;
      await saving;
      const state = await changed();
      if (state === undefined) return;
      const bytes = await packed(state.content);
      const answer = await server.callUntilAnswered({ ...put, bytes }, interrupt.lost);
      if (answer.kind === "lost") interrupt.raise("lost");
      if (answer.kind === "refused") throw new JobFailure(`The server refused the state: ${answer.message}`);
      saved = state.hash;
    },
  };
}

async function readFirst(folder: string, files: string[]): Promise<Buffer | undefined> {
  for (const file of files) {
    const content = await readFile(join(folder, file)).catch(() => undefined);
    if (content !== undefined) return content;
  }
  return undefined;
}

const hashOf = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

const packed = (content: Uint8Array): Promise<Buffer> => promisify(gzip)(content);

async function unpacked(content: Uint8Array): Promise<Buffer> {
  const unpack = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip);
  try {
    return await unpack(content, { maxOutputLength: maxUnpackedBytes });
  } catch {
    throw new JobFailure("The state of the previous build is damaged and can't be unpacked.");
  }
}
