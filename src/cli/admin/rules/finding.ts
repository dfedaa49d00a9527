// How findings of `belfry admin doctor` are printed, and times and sizes in them.
import type { Finding } from "../../../kernel/rules/finding.ts";

const marks = { ok: "ok  ", warn: "warn", fail: "FAIL" };

/** One line for each, and one below it for what to do. */
export function findingLines(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings.flatMap(({ check, level, message, advice }) => {
    const [first, ...others] = message.split("\n");
    const indent = " ".repeat(marks.ok.length + width + 4);
    return [
      `${marks[level]}  ${check.padEnd(width)}  ${first}`,
      ...others.map((line) => `${indent}${line}`),
      ...(advice === undefined ? [] : [`${indent}→ ${advice}`]),
    ];
  });
}

/** The last line. */
export function verdict(findings: readonly Finding[]): string {
  const count = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
  const [failures, warnings] = [count("fail"), count("warn")];
  if (failures === 0 && warnings === 0) return "All is well.";
  const words = [
    ...(failures === 0 ? [] : [`${failures} ${failures === 1 ? "thing is" : "things are"} wrong`]),
    ...(warnings === 0 ? [] : [`${warnings} ${warnings === 1 ? "thing" : "things"} to look at`]),
  ];
  return `${words.join(", ")}.`;
}

/** `3 minutes`, for people. */
export function timeWords(milliseconds: number): string {
  const units: [size: number, name: string][] = [
    [86_400_000, "day"],
    [3_600_000, "hour"],
    [60_000, "minute"],
    [1_000, "second"],
  ];
  const size = Math.abs(milliseconds);
  const [unit, name] = units.find(([least]) => size >= least) ?? units.at(-1)!;
  const count = Math.round(size / unit);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

export function sizeWords(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1_000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
