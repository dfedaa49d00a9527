// Arguments, options and files as values. A `Failure` names the argument and says what is allowed.
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import type { Context } from "./context.ts";
import { exit, Failure } from "./failure.ts";
import { suggest } from "./rules/names.ts";
import { parseDuration } from "../kernel/rules/duration.ts";
import type { SiteRole } from "../../db/rules/values.ts";
import { readRoles } from "./rules/user.ts";
import { parseParameters } from "./rules/workspace.ts";

/** Milliseconds. `example` is like `30s or 5m`. */
export function requireDuration(name: string, text: string, example: string): number {
  const duration = parseDuration(text);
  if (duration !== undefined) return duration;
  throw new Failure(exit.usage, `${name}: "${text}" is not a duration, use one like ${example}`);
}

export function requireOneOf<T extends string>(name: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === text);
  if (found !== undefined) return found;
  const list = `${allowed.slice(0, -1).join(", ")} or ${allowed.at(-1)}`;
  throw new Failure(exit.usage, `${name}: "${text}" is invalid, use ${list}.${suggest(text, allowed)}`);
}

export function requireRoles(names: string[]): SiteRole[] {
  const verdict = readRoles(names);
  if (verdict.ok) return verdict.roles;
  throw new Failure(exit.usage, verdict.problem);
}

/** From `--parameter NAME=VALUE`. */
export function requireParameters(texts: readonly string[] | undefined) {
  const verdict = parseParameters(texts ?? []);
  if (verdict.ok) return verdict.parameters;
  throw new Failure(exit.usage, verdict.problem);
}

const fileErrors: Record<string, string> = {
  ENOENT: "no such file or folder",
  ENOTDIR: "not a folder",
  EISDIR: "is a folder",
  EACCES: "permission denied",
};

/** What fails about a file names its path. */
export async function withPath<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new Failure(exit.failed, `${path}: ${fileErrors[code] ?? message}`);
  }
}

/** A value; `-` is standard input, which keeps a secret out of the list of processes. */
export const readValue = async (context: Context, value: string): Promise<string> =>
  value === "-" ? (await readInput(context, "-")).toString("utf8").trim() : value;

/** `-` is standard input. */
export const readInput = ({ terminal }: Context, file: string): Promise<Buffer> =>
  file === "-" ? buffer(terminal.stdin) : withPath(file, readFile(file));
