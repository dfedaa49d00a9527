// Routes of a user's quiet hours.
import { Hono } from "hono";
import * as z from "zod";
import { endpoint, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { timeSchema, toTime, text } from "../http/schemas.ts";
import { invalid } from "../kernel/errors.ts";
import {
  coversWeek,
  maxRanges,
  nextDeliverable,
  parseQuietHours,
  timePattern,
  weekdays,
} from "../notifications/preferences/rules/quiet-hours.ts";
import { changeTiming, noTiming, sendMoved } from "../notifications/preferences/timing.ts";
import { findTiming } from "../notifications/preferences/store/timing.ts";
import { isTimeZone } from "../workspaces/autostart/rules/cron-schedule.ts";
import { loadSubject } from "./preferences.ts";

export const timeZoneName = text(100).refine(isTimeZone, {
  error: "must be the name of a time zone, like Europe/Berlin",
});

const timeOfDay = z
  .string()
  .regex(timePattern, { error: "must be a time like 22:00" })
  .meta({ description: "HH:MM" });

const range = z.strictObject({
  days: z.array(z.enum(weekdays)).min(1).max(7).meta({ description: "The days on which it begins" }),
  from: timeOfDay,
  to: timeOfDay.meta({ description: "Exclusive; not after `from`: on the next day" }),
});

const quietHours = z.object({
  ranges: z.array(range),
  critical_breaks_through: z.boolean(),
  time_zone: z.string().nullable().meta({ description: "The user's; null: unknown, which counts as UTC" }),
  quiet_until: timeSchema.nullable().meta({ description: "null: it isn't quiet now" }),
});

const body = z.strictObject({
  ranges: z.array(range).max(maxRanges).meta({ description: "Empty: no quiet hours" }),
  critical_breaks_through: z
    .boolean()
    .default(false)
    .meta({ description: "Critical notifications don't wait" }),
  time_zone: timeZoneName
    .optional()
    .meta({ description: "Also becomes the user's; needed if they have none" }),
});

export const quietHourRoutes = new Hono<Env>()
  .get(
    "/users/:user/notifications/quiet-hours",
    endpoint({
      summary: "Get the quiet hours in which emails, browser notifications and chat messages to a user wait",
      access: "session",
      answers: { 200: quietHours },
      errors: [401, 404],
    }),
    async (c) => {
      const { userId } = await loadSubject(c, c.req.param("user"));
      const { rows } = await c.get("deps").db.read({ rows: findTiming(userId) });
      return c.json(toAnswer(c, rows));
    },
  )
  .put(
    "/users/:user/notifications/quiet-hours",
    endpoint({
      summary: "Change a user's quiet hours; notifications that wait are moved to the end of the new ones",
      access: "session",
      answers: { 200: quietHours },
      errors: [400, 401, 404, 415],
    }),
    valid("json", body),
    async (c) => {
      const { ranges, critical_breaks_through: critical, time_zone: zone } = c.req.valid("json");
      const { userId } = await loadSubject(c, c.req.param("user"));
      const deps = c.get("deps");
      const { stored } = await deps.db.read({ stored: findTiming(userId) });
      const timeZone = zone ?? stored[0]?.timeZone ?? null;
      const wanted = ranges.length === 0 ? null : { ranges, critical };
      if (wanted !== null && coversWeek(wanted))
        throw invalid(
          "ranges",
          "leave no minute of the week; disable channels instead of having quiet hours",
        );
      if (wanted !== null && timeZone === null)
        throw invalid("time_zone", "missing: the user's time zone is unknown");
      const change = { quietHours: wanted, ...(zone === undefined ? {} : { timeZone: zone }) };
      const { statements, moved } = changeTiming(userId, stored[0] ?? noTiming, change, deps.now());
      const after = await deps.db.write(statements, { rows: findTiming(userId), moved });
      sendMoved(deps, after.moved);
      return c.json(toAnswer(c, after.rows));
    },
  );

function toAnswer(
  c: Ctx,
  [row]: { quietHours: string | null; timeZone: string | null }[],
): z.infer<typeof quietHours> {
  const parsed = parseQuietHours(row?.quietHours ?? null);
  const timeZone = row?.timeZone ?? null;
  const now = c.get("deps").now();
  const until = parsed === null ? now : nextDeliverable(now, parsed, timeZone);
  return {
    ranges: (parsed?.ranges ?? []).map(({ days, from, to }) => ({ days: [...days], from, to })),
    critical_breaks_through: parsed?.critical === true,
    time_zone: timeZone,
    quiet_until: until > now ? toTime(until) : null,
  };
}
