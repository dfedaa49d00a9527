// What `belfry admin doctor` says of one thing.

export interface Finding {
  /** What was looked at. */
  check: string;
  level: "ok" | "warn" | "fail";
  message: string;
  /** What to do about it. */
  advice?: string;
}

export const ok = (check: string, message: string): Finding => ({ check, level: "ok", message });
export const warn = (check: string, message: string, advice: string): Finding => ({
  check,
  level: "warn",
  message,
  advice,
});
export const fail = (check: string, message: string, advice: string): Finding => ({
  check,
  level: "fail",
  message,
  advice,
});
