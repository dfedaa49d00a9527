// The receivers that an event can go to, as they are read with its template.
import type { Cache } from "../../../kernel/ports.ts";
import { storedFilter } from "../../routing/rules/rule.ts";
import type { PlanReceiver } from "../../outbox/rules/plan.ts";

interface StoredReceiver extends Omit<PlanReceiver, "followsSituations" | "filter"> {
  follows: number;
  filter: string | null;
}

/** JSON; most deployments have none. Each filter is parsed once in a process. */
export const parseReceivers = (cache: Cache, text: string): PlanReceiver[] =>
  text === "[]"
    ? []
    : (JSON.parse(text) as StoredReceiver[]).map(({ follows, filter, ...receiver }) => ({
        ...receiver,
        filter: filter === null ? null : cache(`filter ${filter}`, () => storedFilter(filter)),
        followsSituations: follows === 1,
      }));
