// Routes of a user's email digest.
import { Hono } from "hono";
import * as z from "zod";
import { endpoint, valid, type Env } from "../http/endpoint.ts";
import { timeSchema, toTime } from "../http/schemas.ts";
import { previewDigest, previewReads } from "../notifications/digest/preview.ts";
import { nextDigest, parseSchedule, usualSchedule } from "../notifications/digest/rules/schedule.ts";
import { findDigest, type DigestRow } from "../notifications/digest/store/digests.ts";
import { weekdays } from "../notifications/preferences/rules/quiet-hours.ts";
import { findTiming } from "../notifications/preferences/store/timing.ts";
import { changeTiming, noTiming, sendMoved } from "../notifications/preferences/timing.ts";
import { loadSubject } from "./preferences.ts";
import { timeZoneName } from "./quiet-hours.ts";

const hour = z.int().min(0).max(23);

const digest = z.object({
  every: z.enum(["daily", "weekly", "off"]),
  hour: hour.meta({ description: "In the user's time zone" }),
  weekday: z.enum(weekdays).meta({ description: "Of a weekly digest" }),
  time_zone: z.string().nullable().meta({ description: "The user's; null: unknown, which counts as UTC" }),
  next_at: timeSchema.nullable().meta({ description: "null: off" }),
  waiting: z.number().meta({ description: "Notifications that wait for it" }),
});

const body = z.strictObject({
  every: z.enum(["daily", "weekly", "off"]),
  hour: hour.default(usualSchedule.hour),
  weekday: z.enum(weekdays).default("mon"),
  time_zone: timeZoneName.optional().meta({ description: "Also becomes the user's" }),
});

const preview = z.object({
  count: z.number(),
  title: z.string(),
  body: z.string().meta({ description: "Markdown" }),
});

export const digestRoutes = new Hono<Env>()
  .get(
    "/users/:user/notifications/digest",
    endpoint({
      summary: "Get when a user's email digest comes, and how many notifications wait for it",
      access: "session",
      answers: { 200: digest },
      errors: [401, 404],
    }),
    async (c) => {
      const { userId } = await loadSubject(c, c.req.param("user"));
      const { db, now } = c.get("deps");
      const { rows } = await db.read({ rows: findDigest(userId) });
      return c.json(toAnswer(rows[0], now()));
    },
  )
  .put(
    "/users/:user/notifications/digest",
    endpoint({
      summary:
        "Change when a user's email digest comes; off sends what waits, and then each email on its own",
      access: "session",
      answers: { 200: digest },
      errors: [400, 401, 404, 415],
    }),
    valid("json", body),
    async (c) => {
      const { every, hour: at, weekday, time_zone: zone } = c.req.valid("json");
      const { userId } = await loadSubject(c, c.req.param("user"));
      const { db, now } = c.get("deps");
      const { before } = await db.read({ before: findTiming(userId) });
      const schedule = every === "off" ? null : { every, hour: at, weekday: weekdays.indexOf(weekday) };
      const change = { digest: schedule, ...(zone === undefined ? {} : { timeZone: zone }) };
      const { statements, moved } = changeTiming(userId, before[0] ?? noTiming, change, now());
      const after = await db.write(statements, { rows: findDigest(userId), moved });
      sendMoved(c.get("deps"), after.moved);
      return c.json(toAnswer(after.rows[0], now()));
    },
  )
  .get(
    "/users/:user/notifications/digest/preview",
    endpoint({
      summary: "Preview a user's email digest: what it would say now",
      access: "session",
      answers: { 200: preview },
      errors: [401, 404],
    }),
    async (c) => {
      const { userId } = await loadSubject(c, c.req.param("user"));
      const deps = c.get("deps");
      const read = await deps.db.read(previewReads(userId));
      return c.json(previewDigest(deps, read));
    },
  );

function toAnswer(row: DigestRow | undefined, now: number): z.infer<typeof digest> {
  const schedule = parseSchedule(row?.digest);
  const { hour: at, weekday } = schedule ?? usualSchedule;
  const timeZone = row?.timeZone ?? null;
  return {
    every: schedule?.every ?? "off",
    hour: at,
    weekday: weekdays[weekday]!,
    time_zone: timeZone,
    next_at: schedule === null ? null : toTime(nextDigest(now, schedule, timeZone)),
    waiting: row?.waiting ?? 0,
  };
}
