// The route that says what would become of an event.
import { Hono } from "hono";
import * as z from "zod";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { endpoint, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { text } from "../http/schemas.ts";
import { dryRun, type DryRun } from "../notifications/routing/dry-run.ts";
import { loadSubject } from "./preferences.ts";

const name = text(200).optional();
export const dryRunBody = z.strictObject({
  kind: text(200).meta({ description: "A kind by its name, such as task-failed, or by its id" }),
  template: name,
  preset: name,
  workspace: name,
  owner: name,
  labels: z.record(z.string(), z.string()).default({}),
});

const answer = z.object({
  rules: z
    .array(
      z.object({
        name: z.string(),
        own: z.boolean(),
        verdict: z.enum(["decided", "no_match", "not_asked"]),
        why: z.array(z.string()).meta({ description: "The comparisons because of which it doesn't match" }),
      }),
    )
    .meta({ description: "In the order in which they are asked" }),
  messages: z.array(
    z.object({
      method: z.string(),
      receiver: z.string().nullable(),
      status: z.string(),
      delay_seconds: z.number().nullable().meta({ description: "null: it is final" }),
      reasons: z.array(z.string()),
      explanation: z.string(),
    }),
  ),
  escalation: z
    .object({ rule: z.string(), after_seconds: z.number(), to: z.array(z.string()) })
    .nullable()
    .meta({ description: "Where it goes if nobody has read it by then" }),
});

/** What its reader may see. Throws 400, 401, 404. `user`: me, an id or a username. */
export async function dryRunFor(
  c: Ctx,
  user: string,
  { kind, labels, ...facts }: z.output<typeof dryRunBody>,
): Promise<DryRun> {
  const { actor, userId } = await loadSubject(c, user);
  const seesAll = hasPermission(actor, "deployment:read");
  const { rules, ...rest } = await dryRun(c.get("deps"), { userId, kind, facts, labels });
  // Others learn only which of the deployment's rules decided.
  return { ...rest, rules: rules.filter(({ isOwn, verdict }) => seesAll || isOwn || verdict === "decided") };
}

export const dryRunOfEventRoutes = new Hono<Env>().post(
  "/users/:user/notifications/dry-run",
  endpoint({
    summary: "What would become of an event for a user, and which rule would decide; nothing is sent",
    access: "session",
    answers: { 200: answer },
    errors: [400, 401, 404, 413, 415],
  }),
  valid("json", dryRunBody),
  async (c) => {
    const { rules, messages, escalation } = await dryRunFor(c, c.req.param("user"), c.req.valid("json"));
    return c.json({
      rules: rules.map(({ isOwn: own, ...rule }) => ({ ...rule, own })),
      messages: messages.map(({ wait, text: explanation, ...message }) => ({
        ...message,
        delay_seconds: wait === null ? null : Math.ceil(wait / 1_000),
        explanation,
      })),
      escalation: escalation && {
        rule: escalation.rule,
        after_seconds: Math.ceil(escalation.after / 1_000),
        to: escalation.to,
      },
    });
  },
);
