// Bundles the Worker: for a deployment, for `npm run check` and for the tests that run it in workerd.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { rolldown, type Plugin } from "rolldown";
import { createApi } from "../../src/api/index.ts";
import { openApiDocument } from "../../src/http/openapi.ts";
import { openAssets } from "../../src/runtime/asset-files.ts";

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
  /** What in it doesn't belong on Workers, in words. */
  problems: string[];
}

/** As it is deployed, in a folder of its own, for a test to run. */
export const bundleWorker = async (): Promise<Bundle> =>
  buildWorker(await mkdtemp(join(tmpdir(), "belfry-worker-")));

/** zod's JSON Schema, which every schema drags along: the document that needs it is made here, beforehand. */
const withoutJsonSchema: Plugin = {
  name: "without-json-schema",
  load: {
    filter: { id: /\/zod\/v4\/core\/(to-json-schema|json-schema-(processors|generator))\.js$/ },
    handler: () =>
      ["createToJSONSchemaMethod", "createStandardJSONSchemaMethod"]
        .map((name) => `export const ${name} = () => undefined;`)
        .concat("export const toJSONSchema = undefined, JSONSchemaGenerator = undefined;")
        .join("\n"),
  },
};

/**
 * The validator of JSON Schema in MCP's library, for what a server asks of its client, or what a tool declares of its results:
 * neither is so here.
 */
const withoutSchemaValidator: Plugin = {
  name: "without-schema-validator",
  load: {
    filter: { id: /\/@modelcontextprotocol\/server\/dist\/shimsWorkerd\.mjs$/ },
    handler: () =>
      'export class DefaultJsonSchemaValidator { getValidator() { throw new Error("no JSON Schema is validated"); } }',
  },
};

/** wrangler's own bundler keeps what another takes out, which is a twentieth of the whole. */
export async function buildWorker(folder: string): Promise<Bundle> {
  const inSources = (path: string) => join(root, path);
  const built = await rolldown({
    input: inSources("src/runtime/worker.ts"),
    platform: "browser",
    external: [/^node:/, /^cloudflare:/],
    resolve: {
      conditionNames: ["workerd", "worker", "browser", "import"],
      // HTML 5's entities are as large as a room of ours (see that file).
      alias: { entities: inSources("src/notifications/texts/rules/entities.ts") },
    },
    transform: {
      target: "es2024",
      define: { ASSETS_VERSION: JSON.stringify(openAssets().assetsVersion) },
    },
    // No module here does anything but by what it exports.
    treeshake: { moduleSideEffects: false },
    plugins: [withoutJsonSchema, withoutSchemaValidator],
    // That what was left out is missing.
    checks: { importIsUndefined: false },
  });
  const { output } = await built.generate({ format: "es", minify: true });
  await built.close();
  const [{ code }] = output;
  const file = join(folder, "worker.js");
  await mkdir(folder, { recursive: true });
  // In one step: somebody else may be reading it.
  await writeFile(`${file}.${process.pid}`, code);
  await rename(`${file}.${process.pid}`, file);
  await cp(inSources("public"), join(folder, "public"), { recursive: true });
  await writeFile(join(folder, "public/openapi.json"), JSON.stringify(openApiDocument(createApi(), "")));
  return { folder, file, ...(await examine(code)) };
}

const examine = async (code: string): Promise<Pick<Bundle, "size" | "problems">> => {
  const size = (await promisify(gzip)(code)).length / 1024;
  return { size, problems: findProblems(code, size) };
};

/** Builds what wrangler would deploy, by wrangler.toml, into dist/. Throws with its words when it objects. */
export async function rehearseDeployment(): Promise<Pick<Bundle, "size" | "problems">> {
  await promisify(execFile)(process.execPath, [wrangler, "deploy", "--dry-run"], {
    cwd: root,
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      CI: "true",
    },
  });
  return examine(await readFile(join(root, "dist/worker.js"), "utf8"));
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
