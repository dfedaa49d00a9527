// The package that people install: bundles, migrations, templates, pages and docs in one tarball. Node strips no types
// under node_modules, so the sources don't do. Of what the bundles use, only the database's native part is installed.
import { execFile } from "node:child_process";
import { chmod, copyFile, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));
const native = "libsql";

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
  await bundle(stage);
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

async function bundle(stage: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { server: "src/runtime/node.ts", cli: "src/cli/main.ts" },
    outdir: stage,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.18",
    external: [native],
    // Stack traces are to be read; names and lines stay.
    minifySyntax: true,
    legalComments: "eof",
    // Packages in CommonJS load Node's own modules so.
    banner: {
      js: 'import { createRequire as createPackageRequire } from "node:module"; const require = createPackageRequire(import.meta.url);',
    },
    plugins: [placesOfSources],
    logLevel: "error",
  });
}

/** What a source finds beside itself, a bundle finds as if that source lay where it does in the repository. */
const placesOfSources: Plugin = {
  name: "places of sources",
  setup(builder) {
    builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes("node_modules")) return undefined;
      const source = await readFile(path, "utf8");
      const place = JSON.stringify(`./${relative(root, path)}`);
      return {
        contents: source.replaceAll("import.meta.url", `new URL(${place}, import.meta.url).href`),
        loader: "ts",
        resolveDir: dirname(path),
      };
    });
  },
};
