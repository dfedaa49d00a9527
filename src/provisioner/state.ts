// What Terraform remembers of a workspace, between the server and a job's folder. It goes back while the job runs, soon
// after each change, and for certain at its end.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { JobFailure, type Ending } from "./ending.ts";
import { parseJson } from "../kernel/rules/json.ts";
import type { Job } from "./rules/job.ts";
import { jobCall, type JobServer } from "./server.ts";
import type { Timing, Environment } from "./worker-context.ts";

/** Bytes: as it is sent, and unpacked. */
const maxPackedBytes = 8 * 1_048_576;
const maxUnpackedBytes = 512 * 1_048_576;

export interface JobState {
  /** The file that the previous build's state is put into; false when there is none. */
  restore: () => Promise<void>;
  /** From now on until the signal or `save`: whenever it has changed and is whole, one try. */
  keepSaving: (over: AbortSignal) => Promise<void>;
  /** Resolves once the server has it, or the job is lost. Throws `JobFailure` when the server won't have it. */
  save: () => Promise<void>;
}

interface StateContext {
  server: JobServer;
  ending: Ending;
  world: Environment;
  timing: Timing;
}

export function openState(
  job: Job,
  { server, ending, world, timing }: StateContext,
  folder: string,
  /** In the order in which they count. */
  files: [string, ...string[]],
): JobState {
  const put = jobCall(job, "PUT", "state");
  let saved = "";
  let saving: Promise<void> = Promise.resolve();
  let isLast = false;
  const changed = async () => {
    const content = await readFirst(folder, files);
    if (content === undefined || content.length === 0 || hashOf(content) === saved) return undefined;
    return { content, hash: hashOf(content) };
  };
  const saveInPassing = async () => {
    const present = await changed();
    // It may have been read in the middle of being written.
    if (present === undefined || parseJson(present.content.toString("utf8")) === undefined) return;
    const outcome = await server.call({ ...put, bytes: await packed(present.content) });
    if (outcome.ok) saved = present.hash;
  };
  return {
    restore: async () => {
      if (!job.hasState) return;
      const answer = await server.callUntilAnswered(
        { ...jobCall(job, "GET", "state"), most: maxPackedBytes + 1 },
        ending.ended,
      );
      if (answer.kind === "stopped") return;
      if (answer.kind !== "done") {
        if (answer.status === 409) ending.end("lost");
        throw new JobFailure(`The state of the previous build can't be downloaded: ${answer.message}`);
      }
      if (answer.body.length === 0) return;
      const content = await unpacked(answer.body);
      saved = hashOf(content);
      await writeFile(join(folder, files.at(-1)!), content, { mode: 0o600 });
    },
    keepSaving: async (over) => {
      for (;;) {
        await world.wait(timing.state, over);
        if (isLast || over.aborted || ending.lost.aborted) return;
        await (saving = saveInPassing().catch(() => {}));
      }
    },
    save: async () => {
      // An older one that is on its way must not arrive after it.
      isLast = true;
      await saving;
      const present = await changed();
      if (present === undefined) return;
      const bytes = await packed(present.content);
      const answer = await server.callUntilAnswered({ ...put, bytes }, ending.lost);
      if (answer.kind === "lost") ending.end("lost");
      if (answer.kind === "refused") throw new JobFailure(`The server refused the state: ${answer.message}`);
      saved = present.hash;
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
