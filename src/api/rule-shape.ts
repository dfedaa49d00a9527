// A rule on the wire, and what is given for one.
import * as z from "zod";
import { boolean, field, number, shape, string, time } from "../http/wire.ts";
import { text } from "../http/schemas.ts";
import { methods } from "../notifications/channels/index.ts";
import { noActions, type GivenRule } from "../notifications/routing/rules/given-rule.ts";
import type { RuleChange } from "../notifications/routing/manage.ts";
import type { ViewedRule } from "../notifications/routing/view.ts";

const digests = ["daily", "weekly"] as const;

const channels = z
  .array(z.enum(methods))
  .max(methods.length)
  .nullable()
  .meta({ description: "The only channels to people; empty: none; null: as usual" });
const receivers = z
  .array(z.string())
  .max(100)
  .nullable()
  .meta({ description: "The only receivers, by name; empty: none; null: each by its own filter" });
const delay = z
  .number()
  .int()
  .nullable()
  .meta({ description: "Seconds until it is sent; the inbox has it at once; null: no delay" });
const digest = z
  .enum(digests)
  .nullable()
  .meta({ description: "Emails are held for the recipient's digest; null: as the recipient chose" });

const escalateAfter = z
  .number()
  .int()
  .nullable()
  .meta({ description: "Seconds after which it goes to others, too, if nobody has read it; null: never" });
const escalateTargets = z
  .array(z.string())
  .max(100)
  .nullable()
  .meta({ description: "Those others, such as user:mia, group:sre and receiver:pager" });

export const ruleShape = shape<ViewedRule & { place: number }>("NotificationRule")({
  id: string((row) => row.id),
  name: string((row) => row.name),
  position: number((row) => row.place, "from 1; the rules are asked in this order"),
  filter: string((row) => row.filter ?? "", "which events it is for; empty: all"),
  enabled: boolean((row) => row.isEnabled),
  continue: boolean((row) => row.continues, "the rules after it are asked, too"),
  suppress: boolean((row) => row.actions.suppress === true, "nobody gets it"),
  channels: field(channels, (row) => (row.actions.channels ?? null) as z.infer<typeof channels>),
  receivers: field(receivers, (row) => row.receivers && [...row.receivers]),
  delay_seconds: field(delay, (row) =>
    row.actions.delayMs === undefined ? null : row.actions.delayMs / 1_000,
  ),
  digest: field(digest, (row) => row.actions.digest ?? null),
  escalate_after_seconds: field(escalateAfter, (row) =>
    row.actions.escalate === undefined ? null : row.actions.escalate.afterMs / 1_000,
  ),
  escalate_to: field(escalateTargets, (row) => row.escalateTo && [...row.escalateTo]),
  problems: field(z.array(z.string()).meta({ description: "What it names that no longer exists" }), (row) => [
    ...row.problems,
  ]),
  created_by: field(z.string().nullable().meta({ description: "A username" }), (row) => row.creator),
  created_at: time((row) => row.createdAt),
});

const fields = {
  filter: text(4_000).or(z.literal("")).meta({ description: "Which events it is for; empty: all" }),
  enabled: z.boolean(),
  continue: z.boolean().meta({ description: "The rules after it are asked, too" }),
  suppress: z.boolean().meta({ description: "Nobody gets it" }),
  channels,
  receivers,
  delay_seconds: delay,
  digest,
  escalate_after_seconds: escalateAfter,
  escalate_to: escalateTargets,
};

export const createRuleBody = z.strictObject({ name: text(1_024), ...z.object(fields).partial().shape });
export const changeRuleBody = z.strictObject({
  name: text(1_024).optional(),
  position: z.number().int().min(1).max(1_000).optional().meta({ description: "Its place among the others" }),
  ...z.object(fields).partial().shape,
});

export function givenRule(body: z.infer<typeof createRuleBody>): GivenRule {
  const usual = { ...noActions, filter: "", continues: false, isEnabled: true };
  return { ...usual, ...ruleChange(body), name: body.name };
}

const toMs = (seconds: number | null | undefined) => (seconds == null ? seconds : seconds * 1_000);

/** What isn't given stays as it is. */
export function ruleChange(body: z.infer<typeof changeRuleBody>): RuleChange {
  const {
    enabled: isEnabled,
    continue: continues,
    delay_seconds: delaySeconds,
    escalate_after_seconds: escalateSeconds,
    escalate_to: escalateTo,
    ...same
  } = body;
  const change = {
    ...same,
    isEnabled,
    continues,
    delayMs: toMs(delaySeconds),
    escalateMs: toMs(escalateSeconds),
    escalateTo,
  };
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as RuleChange;
}

/** `all`: those of one owner, in their order. */
export const rulesToJson = (all: readonly ViewedRule[]) =>
  all.map((row, at) => ruleShape.from({ ...row, place: at + 1 }));
