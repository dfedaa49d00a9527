// `belfry provisioner start`, in this process or, to be killed, as a process of its own; and the programs that it runs in
// tests.
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { onTestFinished } from "vitest";
import { startLong } from "./command.ts";
import { cleanEnvironment, packedLauncher, temporaryFolder } from "./program.ts";

export interface Daemon {
  kill: (signal: NodeJS.Signals) => void;
  saying: (text: string) => Promise<void>;
  ended: Promise<{ code: number | null; stderr: string }>;
  workDir: string;
}

type DaemonArguments = [
  server: { url: string; key: string },
  words: string[],
  environment?: Record<string, string>,
];

async function describe(...[server, words, environment]: DaemonArguments) {
  const workDir = await temporaryFolder();
  const all = [
    "provisioner",
    "start",
    "--heartbeat",
    "200ms",
    "--grace",
    "500ms",
    "--work-dir",
    workDir,
    ...words,
  ];
  const own = { BELFRY_URL: server.url, BELFRY_PROVISIONER_KEY: server.key, BELFRY_CONFIG_DIR: workDir };
  return { workDir, words: all, environment: { ...own, ...environment } };
}

/** It is stopped at the test's end, and what it runs is killed. */
export async function startDaemon(...what: DaemonArguments): Promise<Daemon> {
  const { workDir, words, environment } = await describe(...what);
  const { signal, says, ended } = startLong(words, { environment: cleanEnvironment(environment) });
  onTestFinished(async () => {
    for (let times = 0; times < 2; times += 1) signal("SIGTERM");
    await ended;
  });
  return { kill: signal, saying: says, ended, workDir };
}

/** For SIGKILL. */
export async function startDaemonProcess(...what: DaemonArguments): Promise<Daemon> {
  const { workDir, words, environment } = await describe(...what);
  const child = spawn(process.execPath, [await packedLauncher(), ...words], {
    env: cleanEnvironment(environment),
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  const listeners = new Set<() => void>();
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const listener of listeners) listener();
  });
  const end = new Promise<{ code: number | null; stderr: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, stderr })),
  );
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await end;
  });
  const saying = (text: string) =>
    new Promise<void>((resolve) => {
      const listener = () => stderr.includes(text) && resolve();
      listeners.add(listener);
      listener();
    });
  return { kill: (signal) => void child.kill(signal), saying, ended: end, workDir };
}

export async function script(lines: string): Promise<string> {
  const file = join(await temporaryFolder(), "build.sh");
  await writeFile(file, `#!/bin/sh\n${lines}\n`);
  await chmod(file, 0o755);
  return file;
}

/** A folder for `--templates` with one version in it. */
export async function templates(main: string): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "web", "v1", ".terraform"), { recursive: true });
  await writeFile(join(folder, "web", "v1", "main.tf"), main);
  // Somebody has tried it out by hand; none of that may reach a job.
  await writeFile(join(folder, "web", "v1", "terraform.tfstate"), "not a state");
  return folder;
}

const terraformScript = new URL("terraform.js", import.meta.url).pathname;
export const standIn = () => script(`exec "${process.execPath}" "${terraformScript}" "$@"`);

/** OpenTofu or Terraform of this machine. */
export const real = [
  ...(process.env["BELFRY_TEST_TERRAFORM"] === undefined ? [] : [process.env["BELFRY_TEST_TERRAFORM"]]),
  ...["tofu", "terraform"].flatMap((name) =>
    (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name)),
  ),
].find((file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

/** The template that the documentation shows. */
export async function docsTemplate(): Promise<string> {
  const docs = new URL("../../public/docs/administration/templates/provisioner.md", import.meta.url);
  return /```hcl\n([\s\S]*?)```/.exec(await readFile(docs, "utf8"))![1]!;
}

/** For the names of tests. */
export const realWords = real === undefined ? "the stand-in: there is no OpenTofu or Terraform here" : real;
