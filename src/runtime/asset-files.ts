// The files of `public/` on Node, and the version that is part of the addresses of those that pages load.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import type { Deps } from "../kernel/deps.ts";

const folder = fileURLToPath(new URL("../../public/", import.meta.url));
const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json",
  ".yaml": "application/yaml",
  ".md": "text/markdown; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};
/** Those that pages load are directly in `public/`. */
const loaded = new Set([".css", ".js", ".svg", ".png", ".webmanifest"]);

/** Files are read once. */
export function openAssets(): Pick<Deps, "assets" | "assetsVersion"> {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  const assets: Deps["assets"] = async (path) => {
    const type = types[extname(path)];
    const file = normalize(join(folder, path));
    if (type === undefined || !file.startsWith(folder)) return null;
    const bytes =
      kept.get(file) ??
      (await readFile(file)
        .then((read) => new Uint8Array(read))
        .catch(() => null));
    // Missing names are not cached: there is no limit to them.
    if (bytes === null) return null;
    kept.set(file, bytes);
    return new Response(bytes, { headers: { "content-type": type } });
  };
  return { assets, assetsVersion: hashLoaded() };
}

/** Names of the files that pages load. */
export const loadedFiles = (): string[] =>
  readdirSync(folder)
    .toSorted()
    .filter((name) => loaded.has(extname(name)));

/** Of all of them together, since scripts import one another. */
function hashLoaded(): string {
  const hash = createHash("sha256");
  for (const name of loadedFiles()) {
    const content = readFileSync(join(folder, name));
    hash.update(`\0${name}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 12);
}
