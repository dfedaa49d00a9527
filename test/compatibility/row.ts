// One thing of Coder's beside Belfry's. The tables in this folder are the source of the page
// reference/coder-compatibility.md; a test holds them against the program.

/** `different`: it exists, but a client written for Coder has to know the difference. `absent`: it doesn't exist, or not yet. */
export type Verdict = "same" | "better" | "different" | "absent";

export interface Row {
  /** Coder's name. */
  coder: string;
  /** Belfry's; empty when absent. */
  ours: string;
  verdict: Verdict;
  note: string;
}

/** `ours` where it goes by another name. */
export const same = (coder: string, note = "", ours = coder): Row => ({
  coder,
  ours,
  verdict: "same",
  note,
});
export const better = (coder: string, note: string, ours = coder): Row => ({
  coder,
  ours,
  verdict: "better",
  note,
});
export const different = (coder: string, note: string, ours = coder): Row => ({
  coder,
  ours,
  verdict: "different",
  note,
});
export const absent = (coder: string, note: string): Row => ({ coder, ours: "", verdict: "absent", note });

/** Notes that recur. */
export const notYet = "not yet";
export const notOurs = "out of scope";
