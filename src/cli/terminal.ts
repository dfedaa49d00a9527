// What a command has of the process that runs it: streams, environment, signals and a way to end at once. `process` is
// one; other callers pass their own.
import type { Readable, Writable } from "node:stream";

export interface Terminal {
  readonly stdin: Readable & { isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Record<string, string | undefined>;
  on: SignalListening;
  once: SignalListening;
  off: SignalListening;
  exit: (code: number) => void;
}

/** `isTTY` and `columns` are set if it is a screen. */
export type Output = Writable & { isTTY?: boolean; columns?: number };

type SignalListening = (signal: NodeJS.Signals, listener: () => void) => unknown;
