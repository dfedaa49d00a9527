// What the hooks of a session keep between them: a small file for each, so that a tool call needs no request. Without it
// every hook reports, and Belfry sees what has changed.
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Memory } from "./rules/decide.ts";

/** Belfry forgets a session that has ended after as long. */
const keptMs = 7 * 24 * 3_600_000;

export interface MemoryFile {
  read: () => Memory | undefined;
  /** Undefined: nothing is kept any more. */
  write: (memory: Memory | undefined) => void;
}

/** `name`: the server and the session's key. */
export function openMemory(environment: Record<string, string | undefined>, name: string): MemoryFile {
  const folder = join(stateFolder(environment), "belfry", "agent-sessions");
  const file = join(folder, `${createHash("sha256").update(name).digest("hex").slice(0, 32)}.json`);
  return {
    read: () => attempt(() => toMemory(JSON.parse(readFileSync(file, "utf8")))),
    write: (memory) =>
      attempt(() => {
        if (memory === undefined) return rmSync(file, { force: true });
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const partial = `${file}.${randomUUID()}`;
        writeFileSync(partial, JSON.stringify(memory), { mode: 0o600 });
        renameSync(partial, file);
      }),
  };
}

/** Removes the files of sessions that nobody has heard of for long. */
export function forgetOld(environment: Record<string, string | undefined>, now: number): void {
  const folder = join(stateFolder(environment), "belfry", "agent-sessions");
  attempt(() => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (now - statSync(path).mtimeMs > keptMs) rmSync(path, { force: true });
    }
  });
}

function stateFolder({ XDG_STATE_HOME: chosen, HOME: home }: Record<string, string | undefined>): string {
  if (chosen !== undefined && chosen !== "") return chosen;
  return join(home !== undefined && home !== "" ? home : homedir(), ".local/state");
}

function toMemory(value: unknown): Memory | undefined {
  const memory = value as Partial<Memory>;
  return typeof memory.title === "string" && typeof memory.reportedAt === "number"
    ? (memory as Memory)
    : undefined;
}

/** A folder that can't be read or written is no reason to stop an agent. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
