// The working folder of a job: private, with the files of the template version, and removed afterwards.
import { access, cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { JobFailure, type JobInterrupt } from "./lease.ts";
import type { Job } from "./rules/job.ts";
import { isLocalFile } from "./rules/terraform.ts";
import { readTar, TarError } from "../kernel/rules/tar.ts";
import type { JobServer } from "./server.ts";

/** The server accepts archives of up to 10 MiB. */
const limits = { entries: 10_000, size: 10 * 1_048_576 };
const maxArchiveBytes = 12 * 1_048_576;

/** Contains host and process ID: a later daemon finds the folders of a killed one. */
const prefixOf = (process: string) =>
  `belfry-job-${hostname()
    .replaceAll(/[^a-zA-Z0-9.]/g, "")
    .slice(0, 40)}-${process}-`;

export const createFolder = (workDir: string): Promise<string> =>
  mkdtemp(join(workDir, prefixOf(String(process.pid))));

export const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 3 });

/** Removes the folders of killed daemons, which contain states and plans with secrets. Resolves with their number. */
export async function removeOrphans(workDir: string): Promise<number> {
  const [start, end] = prefixOf("\0").split("\0") as [string, string];
  const orphans = (await readdir(workDir)).filter((name) => {
    const owner = name.startsWith(start) ? name.slice(start.length).split(end)[0]! : "";
    return /^\d+$/.test(owner) && !isRunning(Number(owner));
  });
  for (const name of orphans) await removeFolder(join(workDir, name));
  return orphans.length;
}

/** Called before this process creates folders: one with its ID is from an earlier process. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** From `DIR/<template>/<version>/` if it exists, else from the server. False if this version has no files. */
export async function putFiles(
  job: Job,
  folder: string,
  templates: string | undefined,
  { server, interrupt }: { server: JobServer; interrupt: JobInterrupt },
): Promise<boolean> {
  const local = templates === undefined ? undefined : await localFolder(templates, job);
  if (local !== undefined) {
    const filter = (source: string) => source === local || !isLocalFile(basename(source));
    // Links, for example to a shared module, are replaced by their targets.
    await cp(local, folder, { recursive: true, dereference: true, filter });
    return true;
  }
  if (job.fileId === undefined) return false;
  const path = `/files/${encodeURIComponent(job.fileId)}`;
  const answer = await server.callUntilAnswered(
    { method: "GET", path, maxBytes: maxArchiveBytes },
    interrupt.raised,
  );
  if (answer.kind === "stopped") return false;
  if (answer.kind !== "done")
    throw new JobFailure(`The template's files can't be downloaded: ${answer.message}`);
  await unpackInto(folder, answer.body);
  return true;
}

async function localFolder(templates: string, { template, version }: Job): Promise<string | undefined> {
  const isName = (name: string) => name !== "" && !/^\.{1,2}$|[/\\\0]/.test(name);
  if (!isName(template.name) || !isName(version.name)) return undefined;
  const folder = join(templates, template.name, version.name);
  return access(folder).then(
    () => folder,
    () => undefined,
  );
}

async function unpackInto(folder: string, archive: Uint8Array): Promise<void> {
  try {
    for (const entry of readTar(archive, limits)) {
      if (entry.path.split("/").some(isLocalFile)) continue;
      const target = join(folder, entry.path);
      await mkdir(entry.kind === "folder" ? target : dirname(target), { recursive: true, mode: 0o700 });
      if (entry.kind === "file")
        await writeFile(target, entry.content, { mode: entry.executable ? 0o700 : 0o600 });
    }
  } catch (error) {
    if (error instanceof TarError) throw new JobFailure(`The template's files are invalid: ${error.message}`);
    throw error;
  }
}
