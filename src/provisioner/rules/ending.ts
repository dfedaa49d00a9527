// Why a job ends before its work is done, and in which words that is told.
import { durationWords } from "../../cli/rules/duration.ts";

/** `lost`: the lease has gone, and with it every right to say something about the job. */
export type EndReason = "canceled" | "timeout" | "killed" | "lost";

export function endWords(reason: EndReason, jobTimeout: number): string {
  switch (reason) {
    case "canceled":
      return "canceled";
    case "timeout":
      return `The build was stopped because it took longer than ${durationWords(jobTimeout)}.`;
    case "killed":
      return "The provisioner was stopped before the build was done.";
    case "lost":
      return "The lease of this job has run out.";
  }
}

/** A canceled job may be lost a moment later, never the other way round. */
export const isStronger = (next: EndReason, present: EndReason | undefined): boolean =>
  present === undefined ||
  (next === "lost" && present !== "lost") ||
  (next === "killed" && present !== "lost");
