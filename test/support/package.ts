// The package that people install: bundles, migrations, templates, pages and docs in one tarball. Node strips no types
// under node_modules, so the sources don't do. Of what the bundles use, only the database's native part is installed.
import { execFile } from "node:child_process";
import { chmod, copyFile, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundle, native } from "../../src/runtime/bundle.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

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

/** What the tarball holds, as a folder. */
export async function fillPackage(stage: string): Promise<void> {
  await mkdir(stage, { recursive: true });
  await bundle({ folder: stage, isLocal: false });
  for (const part of ["db/migrations", "db/templates", "public", "README.md"])
    await cp(join(root, part), join(stage, part), { recursive: true });
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
