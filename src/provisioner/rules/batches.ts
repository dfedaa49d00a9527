// Log lines on their way to the server: how many go at once, and what is left out while it is away.
import type { Level } from "./lines.ts";

export interface LogLine {
  /** Made once, so that a line that is sent twice is kept once. */
  id: string;
  level: Level;
  source: "provisioner" | "provisioner_daemon";
  stage: string;
  output: string;
  created_at: string;
}

export const batchLines = 100;
const batchCharacters = 200_000;
/** More than these are never held: a server that is away must not fill the memory. */
export const mostWaiting = 10_000;

/** How many of the first lines make the next batch. */
export function batchSize(lines: readonly LogLine[]): number {
  let characters = 0;
  const over = lines.findIndex((line, at) => {
    characters += line.output.length;
    return at >= batchLines || (at > 0 && characters > batchCharacters);
  });
  return over === -1 ? lines.length : over;
}
