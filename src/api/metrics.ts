// The route for Prometheus: one round trip shows what waits, what was done, and whether the database takes writes.
import { Hono } from "hono";
import * as z from "zod";
import { readKeyCheck } from "../accounts/store/deployment.ts";
import { keyMatches } from "../accounts/key-check.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError } from "../kernel/errors.ts";
import { allChannels } from "../notifications/channels/index.ts";
import { isGone } from "../notifications/delivery/rules/channel-health.ts";
import { outboxFamilies, outboxReads } from "../notifications/delivery/metrics.ts";
import { exposition, expositionType, type Family } from "../kernel/rules/metrics.ts";
import {
  isPaused,
  readGoneEndpoints,
  toGoneEndpoints,
  readLastTick,
  readSettings,
} from "../notifications/preferences/store/settings.ts";
import { prebuildFamilies } from "../prebuilds/claim/rules/claim-metrics.ts";
import { poolFamilies, poolMetricReads } from "../prebuilds/reconcile/report.ts";
import { version } from "../kernel/version.ts";
import { setupRequestOf } from "./users.ts";
import { endpoint, type Ctx, type Env } from "../http/endpoint.ts";
import { probe, type Probe } from "./probe.ts";
import { checkMetricsAccess } from "./rules/metrics-access.ts";
import { readClock } from "../../db/statements.ts";

export const metricsRoutes = new Hono<Env>().get(
  "/metrics",
  endpoint({
    summary:
      "Prometheus metrics; from elsewhere than the server's machine with BELFRY_METRICS_TOKEN as a bearer token",
    access: "anyone",
    answers: {
      200: z
        .string()
        .meta({ contentMediaType: expositionType, description: "Prometheus text format, version 0.0.4" }),
    },
    errors: [401, 404],
  }),
  async (c) => {
    admitScraper(c);
    const deps = c.get("deps");
    const recent = recentPools(deps);
    const found = await probe(deps, {
      ...metricsReads(deps),
      ...(recent === undefined ? poolMetricReads(deps) : {}),
    } as Reads);
    const families = [
      ...(await allFamilies(deps, found, recent)),
      ...(deps.process.measures?.families() ?? []),
    ];
    return c.body(exposition(families), 200, { "content-type": expositionType });
  },
);

function admitScraper(c: Ctx): void {
  const { clientAddress, config } = c.get("deps");
  const { host, forwarded } = setupRequestOf(c, undefined);
  const caller = { address: clientAddress, host, forwarded, authorization: c.req.header("authorization") };
  const verdict = checkMetricsAccess(caller, config.metricsToken);
  if (verdict === "hidden") {
    throw new ApiError(404, "Not found.", { detail: "GET /metrics" });
  }
  if (verdict === "refused") {
    throw new ApiError(401, "The metrics need the token of BELFRY_METRICS_TOKEN.", {
      detail: "Send it as: Authorization: Bearer …",
      headers: { "www-authenticate": 'Bearer realm="metrics"' },
    });
  }
}

const metricsReads = (deps: Deps) => ({
  ...outboxReads(deps.now()),
  settings: readSettings(),
  gone: readGoneEndpoints(),
  lastTick: readLastTick(),
  clock: readClock(),
  keyCheck: readKeyCheck(),
});

type Reads = ReturnType<typeof metricsReads> & ReturnType<typeof poolMetricReads>;
type Found = Probe<Reads>;

/** What a scrape reads of pools grows with them: scrapes that follow within this time show the same. */
const poolsMs = 15_000;

function recentPools({ process, now }: Deps): readonly Family[] | undefined {
  const { value } = process.recentPools;
  return value !== undefined && now() - value.at < poolsMs ? value.families : undefined;
}

async function readPools(deps: Deps, answers: NonNullable<Found["answers"]>): Promise<readonly Family[]> {
  const at = deps.now();
  const families = await poolFamilies(deps, answers);
  deps.process.recentPools.value = { at, families };
  return families;
}

/** `recent`: the families of pools, when they were not read. */
async function allFamilies(
  deps: Deps,
  { state, answers }: Found,
  recent: readonly Family[] | undefined,
): Promise<Family[]> {
  const { config, now } = deps;
  const always = [
    gauge("belfry_build_info", "The release that runs; always 1.", 1, { version }),
    gauge(
      "belfry_database_writable",
      "1 when the database took a write just now, else 0.",
      state === "ok" ? 1 : 0,
    ),
    gauge(
      "belfry_tick_interval_seconds",
      "Interval of the periodic run in seconds.",
      config.notifications.fetchInterval / 1_000,
    ),
  ];
  if (answers === null) return always;
  const { lastTick, settings, gone, clock, keyCheck } = answers;
  const tickAge = lastTick[0] === undefined ? Infinity : Math.max(0, now() - Number(lastTick[0].value));
  return [
    ...always,
    gauge(
      "belfry_tick_age_seconds",
      "Seconds since the last periodic run; +Inf when there was none.",
      tickAge / 1_000,
    ),
    gauge(
      "belfry_clock_offset_seconds",
      "By how much this instance's clock is ahead of the database's.",
      (deps.process.clock.local() - clock[0]!.now) / 1_000,
    ),
    gauge(
      "belfry_secret_key_matches",
      "1 when BELFRY_SECRET_KEY is the one that this deployment works with, else 0.",
      keyMatches(deps, keyCheck[0]?.value) ? 1 : 0,
    ),
    gauge(
      "belfry_notifications_paused",
      "1 while notifications are paused, else 0.",
      isPaused(settings) ? 1 : 0,
    ),
    ...allChannels
      .filter(({ endpoint }) => endpoint !== undefined)
      .map((channel) =>
        gauge(
          `belfry_notifications_${channel.id}_gone`,
          `1 when the ${channel.label.toLowerCase()}'s receiver has answered 410 Gone and gets nothing more, else 0.`,
          isGone(channel, config.notifications.channels[channel.id], toGoneEndpoints(gone)) ? 1 : 0,
        ),
      ),
    ...outboxFamilies(answers, now()),
    ...prebuildFamilies(answers.counters),
    ...(recent ?? (await readPools(deps, answers))),
  ];
}

const gauge = (name: string, help: string, value: number, labels = {}): Family => ({
  name,
  type: "gauge",
  help,
  samples: [{ labels, value }],
});
