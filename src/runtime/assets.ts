// Node's files of `public/`, read once and kept.
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../public/", import.meta.url));
const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".md": "text/markdown; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};

export function createAssets(): (path: string) => Promise<Response | null> {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  return async (path) => {
    const type = types[extname(path)];
    const file = normalize(join(folder, path));
    if (type === undefined || !file.startsWith(folder)) return null;
    const bytes =
      kept.get(file) ??
      (await readFile(file)
        .then((read) => new Uint8Array(read))
        .catch(() => null));
    // What is not there is not kept: such names are endless.
    if (bytes === null) return null;
    kept.set(file, bytes);
    return new Response(bytes, { headers: { "content-type": type } });
  };
}
