// The table of a bench: medians over the rounds and ratios to a floor, as Markdown in this folder.
import { execFileSync } from "node:child_process";
import { statfsSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";

export interface Measurement {
  /** What was measured; rows with the same subject are compared. */
  subject: string;
  callers: number;
  contender: string;
  round: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  cpuUsPerRequest: number;
  failed: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle - 1)]! + sorted[Math.floor(middle)]!) / 2;
}

type Numbers = "perSecond" | "p50Ms" | "p99Ms" | "cpuUsPerRequest";

/** One row for each subject, number of callers and contender. `baselines`: the contenders that ratios refer to. */
function tableRows(measurements: readonly Measurement[], baselines: readonly string[]): string[][] {
  const keyOf = ({ subject, callers, contender }: Measurement) =>
    JSON.stringify([subject, callers, contender]);
  return [...Map.groupBy(measurements, keyOf).values()].map((rounds) => {
    const { subject, callers, contender } = rounds[0]!;
    const bases = measurements.filter(
      (other) =>
        baselines.includes(other.contender) && other.subject === subject && other.callers === callers,
    );
    const middle = (of: Numbers) => median(rounds.map((round) => round[of]));
    /** Of each round, since the machine may slow down between rounds. */
    const ratio = (of: Numbers) => {
      const ratios = rounds.flatMap((round) => {
        const base = bases.find((other) => other.round === round.round);
        return base === undefined ? [] : [round[of] / base[of]];
      });
      return ratios.length === 0 ? "" : formatNumber(median(ratios), 2);
    };
    const failed = rounds.reduce((sum, round) => sum + round.failed, 0);
    return [
      subject,
      callers === 0 ? "" : String(callers),
      contender,
      formatNumber(middle("perSecond"), 0),
      formatNumber(middle("p50Ms"), 2),
      formatNumber(middle("p99Ms"), 2),
      formatNumber(middle("cpuUsPerRequest"), 0),
      ratio("perSecond"),
      ratio("cpuUsPerRequest") + (failed === 0 ? "" : ` (${failed} requests failed)`),
    ];
  });
}

const valueColumns = ["Request", "Callers", "Server", "Requests/s", "p50 ms", "p99 ms", "CPU µs each"];

const formatNumber = (value: number, digits: number) =>
  Number.isFinite(value)
    ? value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })
    : "";

export function renderTable(rows: readonly string[][], isText: (column: number) => boolean): string {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const pad = (cell: string, at: number) =>
    isText(at) ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!);
  const [head, ...body] = rows.map((row) => `| ${row.map(pad).join(" | ")} |`);
  const rule = widths.map((width, at) => (isText(at) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [head, `| ${rule.join(" | ")} |`, ...body].join("\n");
}

/** File systems in memory make every fsync free. */
const isInMemory = (folder: string) => statfsSync(folder).type === 0x01021994;

function describeMachine(): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB of memory`;
  const disk = isInMemory(tmpdir()) ? "a file system in memory" : "a disk";
  return `${cpus().length} cores (${cpus()[0]!.model.trim()}), ${memory}, databases on ${disk}, Node ${process.versions.node}`;
}

function describeCommit(): string {
  try {
    const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
    return (
      git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain") === "" ? "" : ", with changes")
    );
  } catch {
    return "unknown";
  }
}

export interface Run {
  title?: string;
  /** In this folder. */
  file?: string;
  command: string;
  /** Markdown below the table. */
  notes: readonly string[];
}

export interface ComparingRun extends Run {
  /** The contenders that ratios refer to, one of each subject. */
  baselines?: readonly string[];
}

/** Writes the results and prints their table. */
export function writeReport(measurements: readonly Measurement[], run: ComparingRun): void {
  const { baselines = ["floor"] } = run;
  const columns = [...valueColumns, `Rate ÷ ${baselines[0]}`, `CPU ÷ ${baselines[0]}`];
  writeTable([columns, ...tableRows(measurements, baselines)], run, (column) => column === 0 || column === 2);
}

/** The first row has the names of the columns; numbers are aligned to the right. */
export function writeTable(
  rows: readonly string[][],
  { title = "Results of the bench", file = "RESULTS.md", command, notes }: Run,
  isText = (column: number): boolean => column === 0,
): void {
  const table = renderTable(rows, isText);
  const text = `# ${title}

- Date: ${new Date().toISOString().slice(0, 10)}
- Machine: ${describeMachine()}
- Load average of the last 15 minutes: ${loadavg()[2]!.toFixed(1)}; above the number of cores, times are mostly waits for other programs
- Commit: ${describeCommit()}
- Command: \`${command}\`

${table}

${notes.map((note) => `- ${note}`).join("\n")}
`;
  writeFileSync(new URL(file, import.meta.url), text);
  console.log(table);
}
