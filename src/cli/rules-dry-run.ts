// belfry rules dry-run: what would become of an event, and which rule decides.
import { segment } from "../client.ts";
import type { Context } from "./context.ts";
import { exit, Failure } from "./failure.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { formatDuration } from "./rules/time.ts";

const things = {
  template: { type: "string", value: "NAME", text: "template that it is about" },
  preset: { type: "string", value: "NAME", text: "preset that it is about" },
  workspace: { type: "string", value: "NAME", text: "workspace that it is about" },
  owner: { type: "string", value: "USER", text: "owner of the workspace" },
} as const;

export const dryRun = defineCommand({
  name: "dry-run",
  summary: "Show what would become of an event for a user, and which rule decides; nothing is sent",
  args: "KIND",
  minArgs: 1,
  fields: { kind: "KIND", labels: "--label" },
  details: [
    "KIND is the name of a kind of notification. For the other rules, it shows which comparison was false.",
    "What the user has muted isn't taken into account.",
  ],
  examples: [
    "belfry rules dry-run workspace-autobuild-failed --template docker --owner mia",
    "belfry rules dry-run task-failed --user mia --label task=migrate",
  ],
  options: {
    user: { type: "string", value: "USER", text: "whom it is for (default: you)" },
    ...things,
    label: { type: "string", multiple: true, value: "NAME=VALUE", text: "a label of the event" },
    ...outputOption,
  },
  async run(context, { options, args }) {
    const { user = "me", template, preset, workspace, owner } = options;
    const given = Object.entries({ template, preset, workspace, owner }).filter(
      ([, value]) => value !== undefined,
    ) as [string, string][];
    const json = { kind: args[0]!, ...Object.fromEntries(given), labels: labelsOf(options.label) };
    const result = await context
      .client()
      .ask((routes) =>
        routes.users[":user"].notifications["dry-run"].$post({ param: { user: segment(user) }, json }),
      );
    if (options.output === "json") return context.printJson(result);
    show(context, result);
  },
});

function labelsOf(given: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf("=");
      if (at < 1)
        throw new Failure(exit.usage, `--label: "${text}" must be a name and a value like task=migrate`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

interface Result {
  rules: { name: string; own: boolean; verdict: "decided" | "no_match" | "not_asked"; why: string[] }[];
  messages: {
    method: string;
    receiver: string | null;
    status: string;
    delay_seconds: number | null;
    explanation: string;
  }[];
  escalation: { rule: string; after_seconds: number; to: string[] } | null;
}

const verdicts = { decided: "decides", no_match: "doesn't match", not_asked: "not asked" };

function show(context: Context, { rules, messages, escalation }: Result): void {
  const rows = rules.map(({ name, own, verdict, why }) => [
    own ? `${name} (own)` : name,
    verdicts[verdict],
    why.join("; "),
  ]);
  if (rows.length > 0) context.printTable(["RULE", "VERDICT", "WHY"], rows);
  for (const { method, receiver, status, delay_seconds: delay, explanation } of messages) {
    const to = receiver === null ? method : `${method} ${receiver}`;
    const what =
      status === "inhibited"
        ? "not sent"
        : delay === null || delay === 0
          ? "sent"
          : `sent in ${formatDuration(delay * 1_000)}`;
    context.print(`${to}: ${what}. ${explanation}`);
  }
  if (messages.length === 0) context.print("Nobody is notified.");
  if (escalation !== null)
    context.print(
      `If nobody has read it after ${formatDuration(escalation.after_seconds * 1_000)}, the rule ${escalation.rule} escalates it to ${escalation.to.join(", ")}.`,
    );
}
