// The package that people install: bundles, migrations, templates, pages and docs in one tarball. Node strips no types
// under node_modules, so the sources don't do. Of what the bundles use, only the database's native part is installed.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, copyFile, cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundle, native } from "../../src/runtime/bundle.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** What goes into it as it is. */
const contents = ["db/migrations", "db/templates", "public", "README.md"];

interface PackageFile {
  version: string;
  [field: string]: unknown;
}

const readPackage = async (folder: string) =>
  JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as PackageFile;

/** Leaves the tarball in `folder`, which is emptied before, and gives its path. */
export async function pack(folder: string): Promise<string> {
  const stage = join(folder, "package");
  await rm(stage, { recursive: true, force: true });
  await fillPackage(stage);
  const words = ["pack", "--json", "--pack-destination", folder, stage];
  const { stdout } = await promisify(execFile)("npm", words, { cwd: folder });
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  return join(folder, packed!.filename);
}

/** Packages that are kept, those of other branches for example. */
const kept = 3;

/** What the tarball holds, in a folder of this one that is named by its content; made if it isn't there. */
export async function keepPackage(cache: string): Promise<string> {
  const folder = join(cache, await hashSources());
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  await fillPackage(unfinished);
  // Another process may have been faster.
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true }));
  const others = await Promise.all(
    (await readdir(cache)).map(async (name) => ({ name, at: (await stat(join(cache, name))).mtimeMs })),
  );
  for (const { name } of others.toSorted((one, other) => other.at - one.at).slice(kept))
    await rm(join(cache, name), { recursive: true, force: true });
  return folder;
}

/** Of everything that a package is made of. */
async function hashSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const part of [
    "src",
    "db",
    "public",
    "README.md",
    "test/support/package.ts",
    "package-lock.json",
    "tsconfig.json",
  ]) {
    const path = join(root, part);
    const isFolder = (await stat(path)).isDirectory();
    const names = isFolder ? await readdir(path, { recursive: true, withFileTypes: true }) : [];
    const files = isFolder
      ? names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name))
      : [path];
    for (const file of files.toSorted()) hash.update(`\0${file}\0`).update(await readFile(file));
  }
  return hash.digest("hex").slice(0, 32);
}

/** What the tarball holds, as a folder. */
export async function fillPackage(stage: string): Promise<void> {
  await mkdir(stage, { recursive: true });
  await bundle({ folder: stage, isLocal: false });
  for (const part of contents) await cp(join(root, part), join(stage, part), { recursive: true });
  await copyFile(join(root, "src/launch.js"), join(stage, "launch.js"));
  await chmod(join(stage, "launch.js"), 0o755);
  await writeFile(join(stage, "package.json"), `${JSON.stringify(await describe(), null, 2)}\n`);
}

async function describe(): Promise<PackageFile> {
  const { name, version, description, license, type, engines } = await readPackage(root);
  const { version: nativeVersion } = await readPackage(join(root, "node_modules", native));
  return {
    name,
    version,
    description,
    license,
    type,
    engines,
    bin: { belfry: "launch.js" },
    dependencies: { [native]: nativeVersion },
  };
}
