// Bundles the Worker: for a deployment, for `npm run check` and for the tests that run it in workerd.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { rolldown, type OutputOptions, type Plugin } from "rolldown";
import { createApi } from "../../src/api/index.ts";
import { openApiDocument } from "../../src/http/openapi.ts";
import { fileHeaders } from "../../src/http/rules/default-headers.ts";
import { loadedFiles, openAssets } from "../../src/runtime/asset-files.ts";
import { partsOf, type SourceMap } from "./bundle-parts.ts";
import { byLikeness, entry } from "./bundle-order.ts";
import { shortTemplates, withoutDescriptions, withoutIndexes } from "./bundle-plugins.ts";
import * as libraryPlugins from "./library-plugins.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");

/** Kilobytes, compressed: far below what Workers take (10 MiB), because each one more is a slower start. */
export const largestBundle = 400;

export interface Bundle {
  /** A folder of its own, to be removed by whoever asked for the bundle; the files that the Worker serves are in `public`. */
  folder: string;
  file: string;
  /** Kilobytes of 1024 bytes, compressed. */
  size: number;
  /** The same by its parts, the largest first. */
  parts: [part: string, size: number][];
  /** What in it doesn't belong on Workers, in words. */
  problems: string[];
}

/** As it is deployed, in a folder of its own, for a test to run. */
export const bundleWorker = async (): Promise<Bundle> =>
  buildWorker(await mkdtemp(join(tmpdir(), "belfry-worker-")));

/** wrangler's own bundler keeps what another takes out, which is a twentieth of the whole. */
export async function buildWorker(folder: string): Promise<Bundle> {
  const found = await bundleModules([], [], {});
  const { code, map } = await bundleModules(
    byLikeness(Object.keys(found.modules)),
    [withoutDescriptions, withoutIndexes, shortTemplates],
    { minify: true, sourcemap: true },
  );
  const file = join(folder, "worker.js");
  await mkdir(folder, { recursive: true });
  await replaceFile(`${file}.map`, JSON.stringify({ ...map, sourcesContent: undefined }));
  await replaceFile(file, code);
  await copyFiles(join(folder, "public"));
  return { folder, file, ...(await examine(file)) };
}

/** `first`: paths of modules that come first, in this order, as far as they don't need each other. */
async function bundleModules(
  first: readonly string[],
  plugins: readonly Plugin[],
  how: Pick<OutputOptions, "minify" | "sourcemap">,
) {
  const inSources = (path: string) => join(root, path);
  const built = await rolldown({
    input: entry.name,
    platform: "browser",
    external: [/^node:/, /^cloudflare:/],
    resolve: {
      conditionNames: ["workerd", "worker", "browser", "import"],
      // HTML 5's entities are as large as a room of ours (see that file).
      alias: {
        entities: inSources("src/notifications/texts/rules/entities.ts"),
        "punycode.js": inSources("src/notifications/texts/rules/punycode.ts"),
      },
    },
    transform: {
      target: "es2024",
      define: { ASSETS_VERSION: JSON.stringify(openAssets().assetsVersion) },
    },
    // No module here does anything but by what it exports.
    treeshake: { moduleSideEffects: false },
    plugins: [
      entry.importing(inSources("src/runtime/worker.ts"), first),
      ...Object.values(libraryPlugins),
      ...plugins,
    ],
    // That what was left out is missing.
    checks: { importIsUndefined: false },
  });
  const { output } = await built.generate({ format: "es", entryFileNames: "worker.js", ...how });
  await built.close();
  return output[0];
}

/** In one step: somebody else may be reading it. */
async function replaceFile(file: string, content: string): Promise<void> {
  await writeFile(`${file}.${process.pid}`, content);
  await rename(`${file}.${process.pid}`, file);
}

/** What pages load is where the platform serves it itself, with our headers; the rest where only the Worker reads it. */
async function copyFiles(folder: string): Promise<void> {
  const served = join(folder, "assets", openAssets().assetsVersion);
  await rm(folder, { recursive: true, force: true });
  await cp(join(root, "public"), join(folder, "_files"), { recursive: true });
  await writeFile(join(folder, "_files/openapi.json"), JSON.stringify(openApiDocument(createApi(), "")));
  await mkdir(served, { recursive: true });
  for (const name of loadedFiles()) await cp(join(root, "public", name), join(served, name));
  const lines = Object.entries(servedHeaders).map(([name, value]) => `  ${name}: ${value}\n`);
  await writeFile(join(folder, "_headers"), `/assets/*\n${lines.join("")}`);
}

/** The Worker's own, with what it adds to each response over HTTPS. */
const servedHeaders = { ...fileHeaders, "strict-transport-security": "max-age=31536000" };

const examine = async (file: string): Promise<Pick<Bundle, "size" | "parts" | "problems">> => {
  const code = await readFile(file, "utf8");
  const size = (await promisify(gzip)(code)).length / 1024;
  const map = JSON.parse(await readFile(`${file}.map`, "utf8")) as SourceMap;
  return { size, parts: partsOf(code, map, size), problems: findProblems(code, size) };
};

/** Builds what wrangler would deploy, by wrangler.toml, into dist/. Throws with its words when it objects. */
export async function rehearseDeployment(): Promise<Pick<Bundle, "size" | "parts" | "problems">> {
  await promisify(execFile)(process.execPath, [wrangler, "deploy", "--dry-run"], {
    cwd: root,
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      CI: "true",
    },
  });
  return examine(join(root, "dist/worker.js"));
}

function findProblems(code: string, size: number): string[] {
  const modules = [...code.matchAll(/(?:from|import)\s*\(?["'](node:[\w/]+)["']/g)].map(([, name]) => name!);
  const foreign = [...new Set(modules)].filter((name) => !["node:crypto", "node:buffer"].includes(name));
  return [
    ...foreign.map((name) => `it imports ${name}, which only the Node runtime may`),
    ...(/\b(eval|new Function)\s*\(/.test(code) ? ["it makes code from strings, which Workers refuse"] : []),
    ...(/\bWebAssembly\b/.test(code) ? ["it makes WebAssembly as it runs, which Workers refuse"] : []),
    ...(size > largestBundle
      ? [`it has ${Math.round(size)} KiB compressed, more than ${largestBundle}`]
      : []),
  ];
}
