// `npm run coverage`, a part of `npm test`: runs the tests of the rules and names each line and branch of the rules (src/**/rules/)
// that they don't reach. There is none.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

interface Position {
  line: number;
  column: number;
}
interface Span {
  start: Position;
  end: Position;
}
/** What the coverage provider writes for each file: spans by number, and how often each was reached. */
interface FileCoverage {
  path: string;
  statementMap: Record<string, Span>;
  branchMap: Record<string, { type: string; loc: Span; locations: Partial<Span>[] }>;
  fnMap: Record<string, { name: string; decl: Span }>;
  s: Record<string, number>;
  b: Record<string, number[]>;
  f: Record<string, number>;
}
interface Gap {
  line: number;
  what: string;
}

const root = fileURLToPath(new URL("..", import.meta.url));

async function measure(): Promise<FileCoverage[]> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-coverage-"));
  try {
    const report = `--coverage.reporter=json --coverage.reportsDirectory=${folder}`;
    const words =
      // Each worker reads the sources for itself: four take twice the processor time of one.
      "run --config test/vitest.config.ts --project rules --maxWorkers 1 --reporter dot --coverage --coverage.provider=v8 " +
      `--coverage.include=src/**/rules/**/*.ts ${report}`;
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const child = spawn(process.execPath, [vitest, ...words.split(" ")], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
      // Removing types is all that is asked of it, and stable enough.
      env: { ...process.env, NODE_NO_WARNINGS: "1" },
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise((resolve) => child.on("close", resolve));
    if (code !== 0) throw new Error(`The tests of the rules failed.\n${output}`);
    console.log(/Tests.*?(\d+ passed)/.exec(stripVTControlCharacters(output))?.[1] ?? "");
    return Object.values(
      JSON.parse(await readFile(join(folder, "coverage-final.json"), "utf8")) as Record<string, FileCoverage>,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Branches, functions and statements that were never reached; a statement on a line that is already listed adds nothing. */
function gapsOf(file: FileCoverage): Gap[] {
  const gaps: Gap[] = [];
  for (const [id, { type, loc, locations }] of Object.entries(file.branchMap))
    for (const [index, { start }] of locations.entries())
      // An `else` that isn't written has no place of its own.
      if (file.b[id]![index] === 0)
        gaps.push({
          line: (start?.line === undefined ? loc : { start }).start.line,
          what: `branch (${type})`,
        });
  for (const [id, { name, decl }] of Object.entries(file.fnMap))
    if (file.f[id] === 0) gaps.push({ line: decl.start.line, what: `function ${name}` });
  for (const [id, span] of Object.entries(file.statementMap))
    if (file.s[id] === 0 && !gaps.some(({ line }) => line === span.start.line))
      gaps.push({ line: span.start.line, what: "statement" });
  return gaps.toSorted((one, other) => one.line - other.line);
}

const covered = await measure();
let total = 0;
for (const coverage of covered)
  for (const { line, what } of gapsOf(coverage)) {
    total += 1;
    console.log(`${relative(root, coverage.path)}:${line}  ${what} is not reached`);
  }
console.log(`${covered.length} files of rules, ${total} gaps in their coverage`);
if (total > 0) process.exitCode = 1;
