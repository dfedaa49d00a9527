// Bundles the Worker as a deployment would, for `npm run check` and for the tests that run it in workerd.
import { execFile } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const root = fileURLToPath(new URL("../../", import.meta.url));
const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");

/** Kilobytes, compressed: far below what Workers take (10 MiB), because each one more is a slower start. */
export const largestBundle = 300;

export interface Bundle {
  /** A folder of its own, to be removed by whoever asked for the bundle. */
  folder: string;
  file: string;
  /** Kilobytes of 1024 bytes, compressed. */
  size: number;
  /** What in it doesn't belong on Workers, in words. */
  problems: string[];
}

export async function bundleWorker(): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-worker-"));
  await promisify(execFile)(
    process.execPath,
    [wrangler, "deploy", "--dry-run", "--minify", "--outdir", folder],
    {
      cwd: root,
      env: {
        ...process.env,
        WRANGLER_SEND_METRICS: "false",
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
        CI: "true",
      },
    },
  );
  const file = join(folder, "worker.js");
  const code = await readFile(file);
  const size = (await promisify(gzip)(code)).length / 1024;
  return { folder, file, size, problems: findProblems(code.toString("utf8"), size) };
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
