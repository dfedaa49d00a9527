// `npm run check`: formatting, lint with the import laws, types, the worker's bundle. Side by side; seconds. With --coverage, as
// `npm test` runs it, also the tests of the rules and what they reach (coverage.ts).
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadMigrations } from "../db/migrate.ts";
import { loadTemplateFiles } from "../db/template-files.ts";
import { answersFile, answersText } from "./house/answers.ts";
import { registryFile, registryText } from "./house/kinds.ts";
import { lintText } from "./house/lint.ts";
import { rehearseDeployment } from "./support/bundle.ts";

interface Verdict {
  ok: boolean;
  /** What there is to read; for a check that passed, a few words at most. */
  words: string;
}

const typesCache = fileURLToPath(new URL("../node_modules/.cache/types.tsbuildinfo", import.meta.url));
const bin = (name: string) => new URL(`../node_modules/.bin/${name}`, import.meta.url).pathname;

/** Passes when the program does. */
function run(command: string, ...args: string[]): Promise<Verdict> {
  return runToTheEnd([command, ...args], () => "");
}

/** The same; `summary` is what there is to read of its output when it passes. */
function runToTheEnd(args: string[], summary: (output: string) => string): Promise<Verdict> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("close", (code) =>
      resolve({ ok: code === 0, words: code === 0 ? summary(output) : output.trim() }),
    );
  });
}

const minPart = 8;

/** Those that matter, and the rest together. */
function partsText(parts: readonly [string, number][]): string {
  const [large, small] = [
    parts.filter(([, size]) => size >= minPart),
    parts.filter(([, size]) => size < minPart),
  ];
  const rest = small.reduce((sum, [, size]) => sum + size, 0);
  return [...large, ["others", rest] as const]
    .map(([name, size]) => `${name} ${Math.round(size)}`)
    .join(", ");
}

async function bundle(): Promise<Verdict> {
  try {
    const { size, parts, problems } = await rehearseDeployment();
    if (problems.length > 0) return { ok: false, words: problems.join("\n") };
    return { ok: true, words: `${Math.round(size)} KiB compressed: ${partsText(parts)}` };
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    return { ok: false, words: `${stdout}${stderr}`.trim() || String(error) };
  }
}

/** Whether a generated file is what it is generated from. */
async function generated(file: URL, text: () => string, command: string): Promise<Verdict> {
  const isFresh = (await readFile(file, "utf8")) === text();
  const name = file.pathname.slice(new URL("..", import.meta.url).pathname.length);
  return { ok: isFresh, words: isFresh ? "" : `${name} is stale: run \`npm run ${command}\`` };
}

/** Two branches may have taken the same number; then the second is never applied. */
function numbersOfMigrations(): Verdict {
  const migrations = loadMigrations();
  const twice = migrations.filter(({ number }, at) => migrations[at - 1]?.number === number);
  return {
    ok: twice.length === 0,
    words: twice.map(({ name }) => `db/migrations/${name}.sql: its number is taken`).join("\n"),
  };
}

const checks: Record<string, Promise<Verdict>> = {
  formatting: run(bin("oxfmt"), "-c", ".oxfmtrc.json", "--check", "src", "db", "test", "public"),
  lint: run(bin("oxlint"), "-c", ".oxlintrc.json", "--deny-warnings", "src", "db", "test"),
  "import laws": generated(new URL("../.oxlintrc.json", import.meta.url), () => lintText, "rules"),
  "kinds of notification": generated(registryFile, () => registryText(loadTemplateFiles()), "docs"),
  "types of answers": generated(answersFile, answersText, "docs"),
  migrations: Promise.resolve(numbersOfMigrations()),
  // Each checker reads the libraries' types for itself. What has not changed since the last check is not checked again.
  types: run(bin("tsc"), "--checkers", "1", "--incremental", "--tsBuildInfoFile", typesCache),
  "worker's bundle": bundle(),
  ...(process.argv.includes("--coverage")
    ? {
        rules: runToTheEnd([fileURLToPath(new URL("coverage.ts", import.meta.url))], (output) =>
          output.trim().replace("\n", ", "),
        ),
      }
    : {}),
};

await Promise.all(
  Object.entries(checks).map(async ([name, verdict]) => {
    const { ok, words } = await verdict;
    if (ok) console.log(`ok     ${name}${words === "" ? "" : ` (${words})`}`);
    else {
      console.log(`FAILED ${name}\n${words}`);
      process.exitCode = 1;
    }
  }),
);
