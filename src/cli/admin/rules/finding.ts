// How findings of `belfry admin doctor` are printed, with their times and sizes.
import type { Finding } from "../../../kernel/rules/finding.ts";

const marks = { ok: "ok  ", warn: "warn", fail: "FAIL" };

/** A line for each finding, with its advice below. */
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
export function findingSummary(findings: readonly Finding[]): string {
  const count = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
  const [failures, warnings] = [count("fail"), count("warn")];
  if (failures === 0 && warnings === 0) return "All checks passed.";
  const counts = [
    ...(failures === 0 ? [] : [failures === 1 ? "1 check failed" : `${failures} checks failed`]),
    ...(warnings === 0 ? [] : [warnings === 1 ? "1 warning" : `${warnings} warnings`]),
  ];
  return `${counts.join(", ")}.`;
}

/** `3 minutes` */
export function formatPeriod(milliseconds: number): string {
  const units: [size: number, name: string][] = [
    [86_400_000, "day"],
    [3_600_000, "hour"],
    [60_000, "minute"],
    [1_000, "second"],
  ];
  const size = Math.abs(milliseconds);
  const [unit, name] = units.find(([min]) => size >= min) ?? units.at(-1)!;
  const count = Math.round(size / unit);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

export function formatSize(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1_000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
