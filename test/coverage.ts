// `npm run coverage [-- FILTER]`: which lines and branches of the rules (src/**/rules/) the tests in test/**/rules/ don't reach.
// Files listed in house/coverage.ts may have as many gaps as it says; a number that can be lower is lowered.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { knownGaps } from "./house/coverage.ts";

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
  branchMap: Record<string, { type: string; locations: Span[] }>;
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
const listFile = fileURLToPath(new URL("house/coverage.ts", import.meta.url));

async function measure(): Promise<FileCoverage[]> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-coverage-"));
  try {
    const report = `--coverage.reporter=json --coverage.reportsDirectory=${folder}`;
    const words =
      "run --config test/vitest.config.ts --project rules --reporter dot --coverage --coverage.provider=v8 " +
      `--coverage.include=src/**/rules/**/*.ts ${report}`;
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const child = spawn(process.execPath, [vitest, ...words.split(" ")], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise((resolve) => child.on("close", resolve));
    if (code !== 0) throw new Error(`The tests of the rules failed.\n${output}`);
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
  for (const [id, { type, locations }] of Object.entries(file.branchMap))
    for (const [index, span] of locations.entries())
      if (file.b[id]![index] === 0) gaps.push({ line: span.start.line, what: `branch (${type})` });
  for (const [id, { name, decl }] of Object.entries(file.fnMap))
    if (file.f[id] === 0) gaps.push({ line: decl.start.line, what: `function ${name}` });
  for (const [id, span] of Object.entries(file.statementMap))
    if (file.s[id] === 0 && !gaps.some(({ line }) => line === span.start.line))
      gaps.push({ line: span.start.line, what: "statement" });
  return gaps.toSorted((one, other) => one.line - other.line);
}

const listText = (
  gaps: Record<string, number>,
): string => `// The files of rules that tests don't reach completely, and the number of gaps in each. \`npm run coverage\` fails when a number
// grows, and lowers it when it can be lower.
export const knownGaps: Readonly<Record<string, number>> = {
${Object.entries(gaps)
  .toSorted(([one], [other]) => (one < other ? -1 : 1))
  .map(([file, count]) => `  "${file}": ${count},\n`)
  .join("")}};
`;

const filter = process.argv[2] ?? "";
const allowed: Record<string, number> = {};
const reports: { file: string; gaps: Gap[]; known: number }[] = [];
const covered = await measure();
for (const coverage of covered) {
  const file = relative(root, coverage.path);
  const gaps = gapsOf(coverage);
  const known = knownGaps[file] ?? 0;
  if (gaps.length === 0) continue;
  reports.push({ file, gaps, known });
  if (known > 0) allowed[file] = Math.min(gaps.length, known);
}

for (const { file, gaps } of reports.filter((report) => report.file.includes(filter)))
  for (const { line, what } of gaps) console.log(`${file}:${line}  ${what}`);

const total = reports.reduce((sum, { gaps }) => sum + gaps.length, 0);
console.log(`${covered.length} files of rules, ${reports.length} with gaps, ${total} gaps`);
if (JSON.stringify(allowed) !== JSON.stringify({ ...knownGaps }))
  await writeFile(listFile, listText(allowed));
for (const { file, gaps, known } of reports)
  if (gaps.length > known) {
    console.log(`FAILED ${file}: ${gaps.length} gaps, ${known} known`);
    process.exitCode = 1;
  }
