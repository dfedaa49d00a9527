// Reads a template's folder: the files that a tar of it has. `belfry templates push` calls it.
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { exit, Failure } from "../failure.ts";
import { TarPathError, writeTar, type TarFile } from "../rules/tar.ts";

/** What the server takes. */
const largestTar = 10_485_760;

/** Of one machine, of the history, or full of secrets: never sent. */
const isLeftOut = (name: string) =>
  name === ".terraform" || name === ".git" || /\.tfstate(\..*)?$/.test(name);

/** A tar of all that is in the folder. Throws `Failure` with the path of what can't be sent. */
export async function readFolder(folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const files = await collect(folder, "");
  if (files.length === 0) throw new Failure(exit.failed, `${folder} has no files that could be sent.`);
  const tar = pack(folder, files);
  if (tar.length <= largestTar) return tar;
  const [largest] = files.toSorted((a, b) => b.content.length - a.content.length);
  throw new Failure(
    exit.failed,
    `${folder} has ${tar.length} bytes as a tar, ${largestTar} are allowed.`,
    `The largest file is ${join(folder, largest!.path)}, ${largest!.content.length} bytes.`,
  );
}

function pack(folder: string, files: TarFile[]): Uint8Array<ArrayBuffer> {
  try {
    return writeTar(files);
  } catch (error) {
    if (!(error instanceof TarPathError)) throw error;
    throw new Failure(exit.failed, `${join(folder, error.path)}: the path is too long for a tar.`);
  }
}

async function collect(folder: string, inside: string): Promise<TarFile[]> {
  const path = join(folder, inside);
  const files: TarFile[] = [];
  for (const entry of await readable(path, readdir(path, { withFileTypes: true }))) {
    if (isLeftOut(entry.name)) continue;
    const name = inside === "" ? entry.name : `${inside}/${entry.name}`;
    const full = join(folder, name);
    if (entry.isDirectory()) files.push(...(await collect(folder, name)));
    else if (entry.isFile()) {
      const { mode } = await readable(full, stat(full));
      const content = await readable(full, readFile(full));
      files.push({ path: name, content, executable: (mode & 0o111) !== 0 });
    } else {
      const kind = entry.isSymbolicLink() ? "a symbolic link" : "no file and no folder";
      throw new Failure(exit.failed, `${full} is ${kind}: it can't be sent.`, "Put the file itself there.");
    }
  }
  return files;
}

/** Words for what a disk says. */
const reasons: Record<string, string> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "it is no folder",
  EACCES: "you may not read it",
  EISDIR: "it is a folder",
};

export async function readable<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new Failure(exit.failed, `${path} can't be read: ${reasons[code] ?? message}.`);
  }
}
