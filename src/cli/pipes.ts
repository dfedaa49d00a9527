// Real pipes for another program's output. Node gives its children sockets, and on Linux a script that writes to
// /dev/stderr fails on one. `program.ts` calls it.
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";

export interface Pipe {
  /** For the program; ours has to be closed once it has started. */
  writeEnd: number;
  readEnd: Readable;
}

/** Undefined where sockets do as well, and where pipes can't be had. */
export function openPipes(): [out: Pipe, error: Pipe] | undefined {
  if (process.platform !== "linux") return undefined;
  const folder = mkdtempSync(join(tmpdir(), "belfry-run-"));
  const files = [join(folder, "out"), join(folder, "error")] as const;
  try {
    execFileSync("mkfifo", files, { stdio: "ignore" });
    return [openPipe(files[0]), openPipe(files[1])];
  } catch {
    return undefined;
  } finally {
    // Open pipes need no names.
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The reader comes first and doesn't wait for a writer; the writer must not be told to wait, as any program's. */
function openPipe(file: string): Pipe {
  const reader = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(file, constants.O_WRONLY);
  return { writeEnd, readEnd: new Socket({ fd: reader, readable: true, writable: false }) };
}

export function closeWriteEnds(pipes: readonly Pipe[]): void {
  for (const { writeEnd } of pipes) closeSync(writeEnd);
}
