// belfry prebuilds: the pools of prebuilt workspaces and their reconciliation.
import type { Client } from "../client.ts";
import {
  isPoolShown,
  planTotals,
  type ShownAction,
  type ShownPool,
} from "../prebuilds/reconcile/rules/pool-messages.ts";
import type { Context } from "./context.ts";
import { exit, Failure, notFound } from "./failure.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { planLines, poolLines } from "./rules/pool-lines.ts";
import { plainLine } from "./rules/text.ts";

const pausedMessage =
  "Reconciliation is paused: no prebuilt workspaces are created or deleted. Resume reconciliation: belfry prebuilds resume";
const noPoolsMessage = "No preset has prebuilds.";

interface Reconciliation {
  outcome: string;
  reconciliation_paused: boolean;
  presets: readonly ShownPool[];
  actions: readonly ShownAction[];
}

function showReconciliation(
  context: Context,
  { outcome, reconciliation_paused, presets, actions }: Reconciliation,
) {
  const pools = presets.filter((pool) => isPoolShown(pool, actions));
  if (reconciliation_paused) context.log(pausedMessage);
  if (pools.length === 0) return context.log(noPoolsMessage);
  const { columns, bold } = context;
  for (const line of planLines(pools, actions, { now: context.now(), columns, bold })) context.print(line);
  if (actions.length === 0)
    return context.log(outcome === "planned" ? "Nothing to do." : "No changes needed.");
  const counted = actions.map(({ action, count, done }) => ({ action, count: done ?? count }));
  const isDone = outcome !== "planned";
  const totals = planTotals(counted, isDone) ?? (isDone ? "nothing created or deleted" : "change nothing");
  context.log(isDone ? `Done: ${totals}.` : `The next run would ${totals}.`);
}

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List presets and their prebuilt workspaces: desired, running, ready to be claimed, starting",
  examples: ["belfry prebuilds list", "belfry prebuilds list --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const client = context.client();
    const [all, settings] = await Promise.all([
      client.ask((routes) => routes.prebuilds.presets.$get()),
      client.ask((routes) => routes.prebuilds.settings.$get()),
    ]);
    if (options.output === "json") return context.printJson(all);
    const pools = all.filter((pool) => isPoolShown(pool));
    if (settings.reconciliation_paused) context.log(pausedMessage);
    if (pools.length === 0) return context.log(noPoolsMessage);
    const { columns, bold } = context;
    for (const line of poolLines(pools, { now: context.now(), columns, bold })) context.print(line);
  },
});

export const plan = defineCommand({
  name: "plan",
  summary: "Show what a reconciliation would do now and why; changes nothing",
  details: [
    "Below each preset: ! a workspace that can't be claimed yet, x a failed build, -> an action.",
    "To run it: belfry prebuilds reconcile",
  ],
  examples: ["belfry prebuilds plan", "belfry prebuilds plan --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const result = await context
      .client()
      .ask((routes) => routes.prebuilds.reconcile.$post({ query: { dry_run: "true" } }));
    if (options.output === "json") return context.printJson(result);
    showReconciliation(context, result);
  },
});

export const reconcile = defineCommand({
  name: "reconcile",
  summary: "Run a reconciliation now",
  details: ["Preview it: belfry prebuilds plan"],
  examples: ["belfry prebuilds reconcile"],
  options: { ...outputOption },
  async run(context, { options }) {
    const result = await context.client().ask((routes) => routes.prebuilds.reconcile.$post({ query: {} }));
    if (options.output === "json") return context.printJson(result);
    if (result.outcome === "paused") throw new Failure(exit.failed, pausedMessage);
    showReconciliation(context, result);
  },
});

export const pause = defineCommand({
  name: "pause",
  summary: "Pause reconciliation of all presets; no prebuilt workspaces are created or deleted",
  details: [
    "Existing prebuilt workspaces can still be claimed. Resume reconciliation: belfry prebuilds resume",
  ],
  examples: ["belfry prebuilds pause"],
  options: {},
  run: (context) =>
    setPaused(context, true, "Paused reconciliation. Resume reconciliation: belfry prebuilds resume"),
});

export const resume = defineCommand({
  name: "resume",
  aliases: ["unpause"],
  summary: "Resume a preset stopped after failed builds; without arguments, resume reconciliation",
  args: "[TEMPLATE/PRESET]",
  maxArgs: 2,
  details: [
    "Earlier failures no longer count; the status of the preset is normal again. TEMPLATE PRESET works, too.",
  ],
  examples: ["belfry prebuilds resume docker/small", "belfry prebuilds resume"],
  options: {},
  async run(context, { args }) {
    if (args.length === 0) return setPaused(context, false, "Resumed reconciliation.");
    const [template = "", preset = ""] = args.length === 1 ? args[0]!.split(/\/(.*)/s) : args;
    if (template === "" || preset === "")
      throw new Failure(
        exit.usage,
        `PRESET: missing after "${args[0]!}"`,
        "For example: belfry prebuilds resume docker/small. List presets: belfry prebuilds list",
      );
    const client = context.client();
    const pool = await findPool(client, template, preset);
    await client.ask((routes) => routes.prebuilds.presets[":id"].resume.$post({ param: { id: pool.id } }));
    context.log(plainLine(`Resumed prebuilds of ${pool.template_name}/${pool.name}.`));
  },
});

/** Succeeds if it is so already. */
async function setPaused(context: Context, paused: boolean, done: string): Promise<void> {
  await context
    .client()
    .ask((routes) => routes.prebuilds.settings.$put({ json: { reconciliation_paused: paused } }));
  context.log(done);
}

const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/** The pool of the template's active version. */
async function findPool(client: Client, template: string, preset: string) {
  const all = await client.ask((routes) => routes.prebuilds.presets.$get());
  const pools = all.filter(({ active }) => active);
  const found = pools.find((pool) => isSame(pool.template_name, template) && isSame(pool.name, preset));
  if (found !== undefined) return found;
  const names = pools.map((pool) => `${pool.template_name}/${pool.name}`);
  throw notFound("Preset", `${template}/${preset}`, names, "List presets: belfry prebuilds list");
}
