// The one-time set-up code: four groups of four letters and digits that nobody mistakes for one another.
import { createHash } from "node:crypto";
import { plainCode } from "./typed-code.ts";

/** Letters and digits that nobody takes for one another. */
export const unmistakable = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
const groups = 4;
const groupLength = 4;

/** `chance(n)` gives a whole number from 0 to n - 1. */
export function makeSetupCode(chance: (below: number) => number): string {
  const letters = Array.from(
    { length: groups * groupLength },
    () => unmistakable[chance(unmistakable.length)]!,
  );
  return Array.from({ length: groups }, (_, group) =>
    letters.slice(group * groupLength, (group + 1) * groupLength).join(""),
  ).join("-");
}

/** SHA-256, hex, of the code as people type or paste it. */
export function hashSetupCode(code: string): string {
  return createHash("sha256").update(plainCode(code)).digest("hex");
}
