// Totals of pools that metrics show. The metrics route reads and shows them.
import type { Family } from "../notifications/rules/exposition.ts";
import { samplesOf, type CounterRow } from "../notifications/rules/totals.ts";
import { replacementsTotal } from "./rules/drift-event.ts";

export const prebuildFamilies = (counters: readonly CounterRow[]): Family[] => [
  {
    name: replacementsTotal,
    type: "counter",
    help: "Claims of prebuilt workspaces that destroyed and made anew a resource: how many claims, not how many resources.",
    samples: samplesOf(counters, replacementsTotal),
  },
];
