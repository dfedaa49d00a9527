// The receivers that an event can go to, as they are read with its template.
import type { PlanReceiver } from "../../outbox/rules/plan.ts";

interface StoredReceiver extends Omit<PlanReceiver, "followsSituations"> {
  follows: number;
}

/** JSON; most deployments have none. */
export const parseReceivers = (text: string): PlanReceiver[] =>
  text === "[]"
    ? []
    : (JSON.parse(text) as StoredReceiver[]).map(({ follows, ...receiver }) => ({
        ...receiver,
        followsSituations: follows === 1,
      }));
