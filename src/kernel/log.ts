// One line for each event, written by the runtime. Callers pass ids and messages, never bodies or secrets.

import type { Database } from "../../db/client.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFields = Record<string, string | number | boolean | null | undefined>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log, with these fields on each line. */
  with(fields: LogFields): Log;
}

export interface LogOptions {
  level: LogLevel;
  format: "text" | "json";
  now: () => number;
  write: (line: string, level: LogLevel) => void;
}

export function createLog(options: LogOptions, bound: LogFields = {}): Log {
  const threshold = logLevels.indexOf(options.level);
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (logLevels.indexOf(level) < threshold) return;
      const time = new Date(options.now()).toISOString();
      options.write(format(options.format, { time, level, msg: message, ...bound, ...fields }), level);
    };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (fields) => createLog(options, { ...bound, ...fields }),
  };
}

/** At level debug, the same database with a line for each batch that it sends: counts and times, no SQL, no values. */
export const withBatchLog = (db: Database, log: Log, level: LogLevel): Database =>
  level === "debug" ? db.observe("log", (batch) => log.debug("a database batch", { ...batch })) : db;

function format(kind: "text" | "json", line: LogFields): string {
  if (kind === "json") return JSON.stringify(line);
  const { time, level, msg, ...fields } = line;
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${quote(value)}`);
  return [time, String(level).toUpperCase().padEnd(5), oneLine(String(msg)), ...rest].join(" ");
}

const quote = (value: LogFields[string]) =>
  typeof value === "string" && /[\s"=\p{Cc}]/u.test(value) ? JSON.stringify(value) : String(value);

const oneLine = (text: string) => text.replaceAll(/\p{Cc}+/gu, " ");
