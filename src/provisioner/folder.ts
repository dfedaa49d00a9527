// The working folder of a job: clean, for its owner's eyes only, with the files of the template's version in it.
import { access, cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { JobFailure, type Ending } from "./ending.ts";
import type { Job } from "./rules/job.ts";
import { isLeftOver } from "./rules/terraform.ts";
import { readTar, TarError } from "../kernel/rules/tar.ts";
import type { JobServer } from "./server.ts";

/** A template has at most 10 MiB as an archive. */
const limits = { entries: 10_000, size: 10 * 1_048_576 };
const maxArchiveBytes = 12 * 1_048_576;

/** Says whose it is, so that a later daemon knows the folders of one that was killed. */
const prefixOf = (process: string) =>
  `belfry-job-${hostname()
    .replaceAll(/[^a-zA-Z0-9.]/g, "")
    .slice(0, 40)}-${process}-`;

export const makeFolder = (workDir: string): Promise<string> =>
  mkdtemp(join(workDir, prefixOf(String(process.pid))));

export const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 3 });

/** What daemons that were killed have left here: states and plans, with what is secret in them. */
export async function removeOrphans(workDir: string): Promise<number> {
  const [start, end] = prefixOf("\0").split("\0") as [string, string];
  const orphans = (await readdir(workDir)).filter((name) => {
    const owner = name.startsWith(start) ? name.slice(start.length).split(end)[0]! : "";
    return /^\d+$/.test(owner) && !isRunning(Number(owner));
  });
  for (const name of orphans) await removeFolder(join(workDir, name));
  return orphans.length;
}

/** Called before this process has folders of its own: one with its number is of another life. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** From `DIR/<template>/<version>/` where that exists, else from the server. False: this version has no files. */
export async function putFiles(
  job: Job,
  folder: string,
  templates: string | undefined,
  { server, ending }: { server: JobServer; ending: Ending },
): Promise<boolean> {
  const local = templates === undefined ? undefined : await localFolder(templates, job);
  if (local !== undefined) {
    const filter = (source: string) => source === local || !isLeftOver(basename(source));
    // A link to a module beside the template becomes what it leads to.
    await cp(local, folder, { recursive: true, dereference: true, filter });
    return true;
  }
  if (job.fileId === undefined) return false;
  const path = `/files/${encodeURIComponent(job.fileId)}`;
  const answer = await server.callUntilAnswered({ method: "GET", path, most: maxArchiveBytes }, ending.ended);
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
      if (entry.path.split("/").some(isLeftOver)) continue;
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
