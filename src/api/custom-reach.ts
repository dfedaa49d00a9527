// Route of a dry run: how many people a custom notification would reach. Nothing is sent.
import { Hono } from "hono";
import * as z from "zod";
import { userStatuses } from "../../db/schema.ts";
import { endpoint, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { minutesUntil, takeTurns } from "../notifications/custom/rules/pace.ts";
import type { Reach, SampledPerson } from "../notifications/custom/store/audience.ts";
import { parsePace } from "../notifications/custom/store/pace.ts";
import { field, list, number, shape, string } from "../http/wire.ts";
import { readRecipients, recipientsSchema, type Recipients } from "./custom-recipients.ts";

const sampledShape = shape<SampledPerson>()({
  username: string((row) => row.username),
  status: field(z.enum(userStatuses), (row) => row.status),
  why: field(z.array(z.string()), (row) => JSON.parse(row.why) as string[]),
});

export interface CountedReach extends Reach {
  minutes: number;
  sample: readonly SampledPerson[];
}

/** Active people who have not disabled the kind. */
export const reachedOf = ({ recipients, suspended, disabled, isDisabled }: Reach): number =>
  isDisabled === 1 ? 0 : recipients - suspended - disabled;

export const reachShape = shape<CountedReach>("CustomReach")({
  recipients: number((row) => row.recipients, "people, each counted once"),
  reached: number(reachedOf, "of them: active, and have not disabled custom notifications"),
  suspended: number((row) => row.suspended),
  disabled: number((row) => row.disabled, "have disabled custom notifications, or all have if an owner did"),
  minutes: number(
    (row) => row.minutes,
    "until the last of them gets it by other channels than the inbox: a limited number of people a minute do",
  ),
  sample: list(sampledShape, (row) => row.sample, "the first of them, by name"),
});

/** Throws 400, 403. */
export async function countRecipients(c: Ctx, recipients: Recipients) {
  const { actor, reach, pace, sample } = await readRecipients(c, recipients, { isDryRun: true, also: {} });
  const { config, now } = c.get("deps");
  const at = now();
  const { customPerMinute: perMinute } = config.notifications;
  const turns = takeTurns(parsePace(pace[0]), { count: reach[0]!.recipients, perMinute, now: at });
  const counted = { ...reach[0]!, minutes: minutesUntil(turns.lastAt, at), sample: sample ?? [] };
  return { actor, counted };
}

export const customReachRoutes = new Hono<Env>().post(
  "/notifications/custom/recipients",
  endpoint({
    summary: "Count whom a custom notification would reach, without sending it",
    access: "session",
    answers: { 200: reachShape.schema },
    errors: [400, 401, 403, 413, 415],
  }),
  valid("json", z.strictObject({ recipients: recipientsSchema })),
  async (c) => c.json(reachShape.from((await countRecipients(c, c.req.valid("json").recipients)).counted)),
);
