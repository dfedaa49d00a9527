// belfry prebuilds: the pools of prebuilt workspaces and their reconciliation.
import type { Client } from "../client.ts";
import { isPresent, type ShownAction, type ShownPool } from "../prebuilds/reconcile/rules/pool-words.ts";
import type { Context } from "./context.ts";
import { exit, Failure } from "./failure.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { nearest } from "./rules/names.ts";
import { planLines, poolLines } from "./rules/pool-lines.ts";
import { plainLine } from "./rules/text.ts";

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

export const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "Show how many workspaces each pool wants, has, and can give away",
  examples: ["belfry prebuilds list", "belfry prebuilds list --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const client = context.client();
    const [all, settings] = await Promise.all([
      client.ask((routes) => routes.prebuilds.presets.$get()),
      client.ask((routes) => routes.prebuilds.settings.$get()),
    ]);
    if (options.output === "json") return context.printJson(all);
    const pools = all.filter((pool) => isPresent(pool));
    if (settings.reconciliation_paused) context.say(pausedWords);
    if (pools.length === 0) return context.say(noPools);
    const { columns, bold } = context;
    for (const line of poolLines(pools, { now: context.now(), columns, bold })) context.print(line);
  },
});

export const plan = defineCommand({
  name: "plan",
  summary: "Say what a pass over the pools would do now and why, and change nothing",
  details: [
    "",
    "Below each pool: ! what can't be claimed yet, x what has failed, -> what a pass would do.",
    "To do it: belfry prebuilds reconcile",
  ],
  examples: ["belfry prebuilds plan", "belfry prebuilds plan --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const pass = await context
      .client()
      .ask((routes) => routes.prebuilds.reconcile.$post({ query: { dry_run: "true" } }));
    if (options.output === "json") return context.printJson(pass);
    showPass(context, pass);
  },
});

export const reconcile = defineCommand({
  name: "reconcile",
  summary: "Make a pass over the pools now, instead of waiting for the next one",
  details: ["What it would do, and why: belfry prebuilds plan"],
  examples: ["belfry prebuilds reconcile"],
  options: { ...outputOption },
  async run(context, { options }) {
    const pass = await context.client().ask((routes) => routes.prebuilds.reconcile.$post({ query: {} }));
    if (options.output === "json") return context.printJson(pass);
    if (pass.outcome === "paused")
      throw new Failure(exit.failed, pausedWords, "To go on: belfry prebuilds resume");
    showPass(context, pass);
  },
});

export const pause = defineCommand({
  name: "pause",
  summary: "Make and delete no prebuilt workspaces, in any pool",
  details: ["Those that are ready can still be claimed. To go on: belfry prebuilds resume"],
  examples: ["belfry prebuilds pause"],
  options: {},
  run: (context) =>
    setPaused(context, true, "Passes over the pools are paused. To go on: belfry prebuilds resume"),
});

export const resume = defineCommand({
  name: "resume",
  summary: "Let a pool that has failed too often try again; without its name, end the pause of all",
  takes: "[TEMPLATE PRESET]",
  most: 2,
  details: ["", "Builds that have failed before no longer count, and its status is normal again."],
  examples: ["belfry prebuilds resume docker small", "belfry prebuilds resume"],
  options: {},
  async run(context, { words: [template, preset] }) {
    if (template === undefined) return setPaused(context, false, "Passes over the pools go on.");
    if (preset === undefined)
      throw new Failure(
        exit.usage,
        "Which preset? Name the template and the preset.",
        "To see all: belfry prebuilds list",
      );
    const client = context.client();
    const pool = await findPool(client, template, preset);
    await client.ask((routes) => routes.prebuilds.presets[":id"].resume.$post({ param: { id: pool.id } }));
    context.say(plainLine(`${pool.template_name}/${pool.name} tries again.`));
  },
});

/** Being so already is a success. */
async function setPaused(context: Context, paused: boolean, done: string): Promise<void> {
  await context
    .client()
    .ask((routes) => routes.prebuilds.settings.$put({ json: { reconciliation_paused: paused } }));
  context.say(done);
}

const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/** The pool of the template's active version. */
async function findPool(client: Client, template: string, preset: string) {
  const all = await client.ask((routes) => routes.prebuilds.presets.$get());
  const pools = all.filter(({ active }) => active);
  const found = pools.find((pool) => isSame(pool.template_name, template) && isSame(pool.name, preset));
  if (found !== undefined) return found;
  const names = pools.map((pool) => `${pool.template_name} ${pool.name}`);
  const near = nearest(`${template} ${preset}`, names);
  throw new Failure(
    exit.failed,
    `The template "${template}" has no pool "${preset}".${near === undefined ? "" : ` Did you mean: ${near}?`}`,
    "To see all: belfry prebuilds list",
  );
}
