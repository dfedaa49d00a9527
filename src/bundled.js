// Finds the bundle of these sources, or makes it: with it the server starts in a third of the time and in two thirds of the
// memory. Plain JavaScript, like launch.js, which imports it.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** Bundles that are kept, those of other branches for example. */
const kept = 4;

/** The folder with `server.js` and `cli.js`, made of the sources as they are; undefined if they can't be bundled here. */
export function findBundle(root) {
  const packages = join(root, "node_modules");
  const key = keyOf(root);
  const bundles = join(packages, ".cache/bundles");
  const folder = join(bundles, key);
  if (existsSync(folder)) return folder;
  if (!existsSync(join(packages, "esbuild"))) return undefined;
  const unfinished = `${folder}.${process.pid}`;
  try {
    const { status } = spawnSync(process.execPath, [join(root, "src/runtime/bundle.ts"), unfinished], {
      stdio: "ignore",
    });
    // Sources that changed meanwhile would be found under the key of the earlier ones.
    if (status !== 0 || keyOf(root) !== key) return undefined;
    renameSync(unfinished, folder);
    removeOld(bundles);
    return folder;
  } catch {
    // Another process was faster, or the folder can't be written.
    return existsSync(folder) ? folder : undefined;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** A hash of everything that a bundle is made of: places, contents, packages. */
function keyOf(root) {
  const hash = createHash("sha256").update(root);
  const sources = ["src", "db"].flatMap((part) =>
    readdirSync(join(root, part), { recursive: true }).map((name) => join(part, name)),
  );
  const installed = "node_modules/.package-lock.json";
  const packages = existsSync(join(root, installed)) ? installed : "package-lock.json";
  const files = [...sources.filter((name) => /\.(ts|js)$/.test(name)).toSorted(), "tsconfig.json", packages];
  for (const name of files) {
    const content = readFileSync(join(root, name));
    hash.update(`\0${name}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 32);
}

function removeOld(bundles) {
  const folders = readdirSync(bundles).map((name) => join(bundles, name));
  const newestFirst = folders
    .map((path) => ({ path, at: statSync(path).mtimeMs }))
    .toSorted((a, b) => b.at - a.at);
  for (const { path } of newestFirst.slice(kept)) rmSync(path, { recursive: true, force: true });
}
