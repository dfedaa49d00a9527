// belfry prebuilds pause and resume: the switch for all pools, and the way on for one that has failed too often.
import type { Client } from "../../client.ts";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand } from "../rules/command.ts";
import { nearest } from "../rules/nearest.ts";
import { plainLine } from "../rules/text.ts";

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
