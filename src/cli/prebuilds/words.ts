// What the commands of pools share: a pass as it is shown, and the words for what there is nothing to show of.
import type { Context } from "../context.ts";
import { isPresent, type ShownAction, type ShownPool } from "../../prebuilds/reconcile/rules/pool-words.ts";
import { planLines } from "../rules/pool-lines.ts";

export const pausedWords = "Passes over the pools are paused: nothing is made or deleted.";
export const noPools = "No template has a preset that keeps a pool.";

export interface ShownPass {
  outcome: string;
  reconciliation_paused: boolean;
  presets: readonly ShownPool[];
  actions: readonly ShownAction[];
}

export function showPass(context: Context, { outcome, reconciliation_paused, presets, actions }: ShownPass) {
  const pools = presets.filter((pool) => isPresent(pool, actions));
  if (reconciliation_paused) context.say(pausedWords);
  if (pools.length === 0) return context.say(noPools);
  const { columns, bold } = context;
  for (const line of planLines(pools, actions, { now: context.now(), columns, bold })) context.print(line);
  if (actions.length === 0)
    context.say(outcome === "planned" ? "There is nothing to do." : "There was nothing to do.");
}
