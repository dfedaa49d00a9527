// belfry rules: rules that decide how events reach people and receivers.
import type { Context } from "./context.ts";
import { exit, Failure } from "./failure.ts";
import { actionOptions, describeActions, readActions, ruleFields, userOption } from "./rule-options.ts";
import { defineCommand, outputOption, type Group } from "./rules/command.ts";
import { dryRun } from "./rules-dry-run.ts";
import { rulesOf, type Rule } from "./rules-of.ts";

const list = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List rules in the order in which they are asked",
  examples: ["belfry rules list", "belfry rules list --user me"],
  options: { ...userOption, ...outputOption },
  async run(context, { options }) {
    const rules = await rulesOf(context, options.user).list();
    if (options.output === "json") return context.printJson(rules);
    if (rules.length === 0)
      return context.log(
        `No rules found. Create one: belfry rules create NAME --filter 'severity < warning' --channels inbox`,
      );
    const rows = rules.map((rule) => [
      String(rule.position),
      rule.name,
      rule.enabled ? "enabled" : "disabled",
      rule.filter === "" ? "all events" : rule.filter,
      describeActions(rule),
      rule.problems.join(" "),
    ]);
    context.printTable(["#", "NAME", "STATUS", "FILTER", "ACTIONS", "PROBLEMS"], rows, { cut: true });
  },
});

const languageDetails = [
  'A filter compares facts of an event: severity >= warning and template in ("docker", "gpu-*")',
  "Facts: kind, severity, group, template, preset, workspace, owner, label.NAME. Operators: =, !=, in, not in; for severity",
  "also >=, >, <=, <. Join with and, or, not and brackets. Strings are in double quotes; * stands for any text.",
];

const create = defineCommand({
  name: "create",
  summary: "Create a rule, after the others",
  args: "NAME",
  minArgs: 1,
  fields: ruleFields,
  details: [
    "The first rule that matches an event decides, and the next ones as long as each continues. The deployment's are asked",
    "first, then the recipient's own. Notifications that protect an account, such as passcodes, are never subject to rules.",
    ...languageDetails,
  ],
  examples: [
    `belfry rules create gpu --filter 'template = "gpu-*" and severity >= warning' --receivers pager`,
    `belfry rules create quiet --user me --filter 'severity = info' --channels inbox`,
    `belfry rules create flapping --filter 'kind = "workspace-autobuild-failed"' --delay 10m`,
  ],
  options: { ...actionOptions, ...userOption, ...outputOption },
  async run(context, { options, args }) {
    const rules = rulesOf(context, options.user);
    report(
      context,
      "Created",
      await rules.create({ name: args[0]!, ...readActions(options) }),
      options.output,
    );
  },
});

const update = defineCommand({
  name: "update",
  summary: "Change a rule, move it, or disable or enable it",
  args: "NAME",
  minArgs: 1,
  fields: { ...ruleFields, name: "--rename", position: "--position" },
  details: languageDetails,
  examples: [
    "belfry rules update gpu --position 1",
    `belfry rules update quiet --user me --filter 'severity <= success'`,
    "belfry rules update flapping --disable",
  ],
  options: {
    rename: { type: "string", value: "NAME", text: "new name" },
    ...actionOptions,
    "no-suppress": { type: "boolean", text: "don't suppress any more" },
    stop: { type: "boolean", text: "don't ask the rules after it" },
    position: { type: "string", value: "NUMBER", text: "its place, from 1" },
    enable: { type: "boolean", text: "apply it again" },
    disable: { type: "boolean", text: "don't apply it" },
    ...userOption,
    ...outputOption,
  },
  async run(context, { options, args }) {
    for (const [yes, no] of [
      ["enable", "disable"],
      ["continue", "stop"],
      ["suppress", "no-suppress"],
    ] as const)
      if (options[yes] === true && options[no] === true)
        throw new Failure(exit.usage, `Use either --${yes} or --${no}.`);
    const json = {
      ...readActions(options),
      ...(options.rename === undefined ? {} : { name: options.rename }),
      ...(options["no-suppress"] === true ? { suppress: false } : {}),
      ...(options.stop === true ? { continue: false } : {}),
      ...(options.position === undefined ? {} : { position: positionOf(options.position) }),
      ...(options.enable === true ? { enabled: true } : {}),
      ...(options.disable === true ? { enabled: false } : {}),
    };
    if (Object.keys(json).length === 0)
      throw new Failure(exit.usage, "Use at least one option to change something.");
    const rules = rulesOf(context, options.user);
    const name = await rules.find(args[0]!, "Nothing was changed.");
    report(context, "Changed", await rules.change(name, json), options.output);
  },
});

function positionOf(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new Failure(exit.usage, "--position: must be a number from 1");
}

const remove = defineCommand({
  name: "delete",
  aliases: ["rm", "remove"],
  summary: "Delete rules",
  args: "NAME…",
  minArgs: 1,
  maxArgs: Infinity,
  examples: ["belfry rules delete gpu", "belfry rules delete quiet --user me"],
  options: { ...userOption },
  async run(context, { options, args }) {
    const rules = rulesOf(context, options.user);
    // All names are looked up before the first rule is deleted.
    const names: string[] = [];
    for (const word of args) names.push(await rules.find(word, "Nothing was deleted."));
    for (const name of names) {
      await rules.remove(name);
      context.log(`Deleted rule ${name}.`);
    }
  },
});

function report(context: Context, done: string, rule: Rule, output: string | undefined): void {
  if (output === "json") return context.printJson(rule);
  const disabled = rule.enabled ? "" : ", which is disabled";
  context.log(`${done} rule ${rule.name}, number ${rule.position}${disabled}: ${describeActions(rule)}.`);
}

export const notificationRules: Group = {
  name: "rules",
  aliases: ["rule"],
  summary: "Decide how events reach people and receivers: the deployment's rules, and your own",
  commands: [list, create, update, remove, dryRun],
};
