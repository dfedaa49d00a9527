// The checks of the database: its migration, file, disk, clock, last tick and key.
import { fail, type Finding, ok, warn } from "../../../kernel/rules/finding.ts";
import { isTickLate } from "../../../notifications/delivery/rules/delivery-problems.ts";
import { formatSize, formatPeriod } from "./finding.ts";

export interface DatabaseFacts {
  /** The file's path or the server's host. */
  name: string;
  isFile: boolean;
  /** The last migration of the database, and of this release. */
  applied: number;
  known: number;
  state: "ok" | "not_writable" | "unavailable" | "no_migrations";
  /** A message for users, and the database's own; null when it works. */
  problem: string | null;
  reason: string | null;
}

export function checkDatabase(facts: DatabaseFacts): Finding {
  const { name, isFile, applied, known, state, problem, reason } = facts;
  if (applied > known)
    return fail(
      "database",
      `${name} is from a later release: migration ${applied}, this release has ${known}.`,
      "Use the later release, or restore the copy made before the upgrade (belfry.db.before-…).",
    );
  if (applied < known || state === "no_migrations")
    return fail(
      "database",
      `${name} needs migration: it is at migration ${applied} of ${known}.`,
      isFile
        ? "Start this release of the server once; it copies and migrates the database."
        : "Run: belfry admin migrate",
    );
  if (state === "ok") return ok("database", `${name}, migration ${applied}, writable`);
  return fail(
    "database",
    `${name}: ${problem ?? "unavailable."}${reason === null ? "" : ` (${reason})`}`,
    isFile ? fileAdvice(reason ?? "") : serverAdvice(state),
  );
}

/** For a database that can't be opened, by the error's message. */
export function adviceForOpening(message: string): string {
  return /full|I\/O|malformed|not a database|locked/.test(message)
    ? fileAdvice(message)
    : "Fix this first: nothing works without the database.";
}

function fileAdvice(reason: string): string {
  if (/full/.test(reason)) return "Free space on its disk; Belfry then recovers without a restart.";
  if (/readonly|read-only|permission/.test(reason))
    return "Make the file and its folder writable for the user that runs Belfry.";
  if (/malformed|not a database/.test(reason))
    return "Stop the server and restore a backup: belfry admin restore FILE";
  if (/locked|busy/.test(reason)) return "Find the program that locks it, with fuser or lsof.";
  return "Check its disk (dmesg, df) and the server's log.";
}

const serverAdvice = (state: DatabaseFacts["state"]) =>
  state === "not_writable"
    ? "Restart the libSQL server. If it stops again under load, start it with --max-concurrent-connections 2."
    : "Check that it is running, that BELFRY_DATABASE_URL is its address, and that BELFRY_DATABASE_AUTH_TOKEN allows writes.";

/** `damage`: the first complaint of SQLite's check. */
export const checkDamage = (name: string, damage: string): Finding =>
  fail(
    "database",
    `${name} is damaged: ${damage.replaceAll(/\s+/g, " ")}`,
    "Stop the server, copy the file, and restore the latest backup: belfry admin restore FILE",
  );

/** For a database server that refuses large responses. */
export const checkAnswerSize = (name: string): Finding =>
  fail(
    "database",
    `${name} refuses responses of 6 MB: provisioners can't fetch templates, and long lists fail.`,
    "Start the libSQL server without --max-response-size (SQLD_MAX_RESPONSE_SIZE), or with at least 10MB.",
  );

/** For a server that passes writes on to another one. */
export const checkReplica = (name: string): Finding =>
  fail(
    "database",
    `${name} is a replica: a read after a write doesn't always find what was written.`,
    "Set BELFRY_DATABASE_URL to the primary's address.",
  );

export interface DiskFacts {
  folder: string;
  freeBytes: number;
  databaseBytes: number;
}

const minFreeBytes = 50_000_000;
const scarceFreeBytes = 500_000_000;

/** A backup, and the copy before an upgrade, need as much space as the database. */
export function checkDisk({ folder, freeBytes, databaseBytes }: DiskFacts): Finding {
  const message = `${formatSize(freeBytes)} free in ${folder}, database size ${formatSize(databaseBytes)}`;
  const advice = "Free space, or move the database to a larger disk (BELFRY_DATABASE_URL).";
  if (freeBytes < minFreeBytes) return fail("disk", message, advice);
  if (freeBytes < scarceFreeBytes || freeBytes < databaseBytes) return warn("disk", message, advice);
  return ok("disk", message);
}

/** The largest, with their indexes; in bytes. */
export const checkTables = (tables: readonly { name: string; bytes: number }[]): Finding =>
  ok("tables", `largest: ${tables.map(({ name, bytes }) => `${name} ${formatSize(bytes)}`).join(", ")}`);

export interface ClockFacts {
  now: number;
  /** Other clocks at the same moment: of the database server, of a receiver. */
  others: { name: string; now: number }[];
  lastTick: number | null;
}

/** The clock can't be earlier. */
const firstRelease = Date.parse("2026-01-01T00:00:00Z");
const warnOffsetMs = 5_000;
const failOffsetMs = 60_000;

export function checkClock({ now, others, lastTick }: ClockFacts): Finding {
  const advice = "Synchronize the clocks of both machines by NTP (timedatectl set-ntp true).";
  if (now < firstRelease)
    return fail("clock", `This machine's date is ${new Date(now).toISOString().slice(0, 10)}.`, advice);
  const worst = others
    .map((other) => ({ ...other, offset: now - other.now }))
    .toSorted((a, b) => Math.abs(b.offset) - Math.abs(a.offset))[0];
  if (worst !== undefined && Math.abs(worst.offset) > warnOffsetMs) {
    const direction = worst.offset > 0 ? "ahead of" : "behind";
    const message = `This machine's clock is ${formatPeriod(worst.offset)} ${direction} the clock of ${worst.name}.`;
    return Math.abs(worst.offset) > failOffsetMs
      ? fail("clock", message, advice)
      : warn("clock", message, advice);
  }
  if (lastTick !== null && lastTick - now > failOffsetMs)
    return fail(
      "clock",
      `The last run was ${formatPeriod(lastTick - now)} in the future: a clock was set back, or an instance's clock is ahead.`,
      advice,
    );
  return ok(
    "clock",
    others.length === 0 ? "plausible" : `in sync with ${others.map(({ name }) => name).join(", ")}`,
  );
}

export interface TickFacts {
  now: number;
  lastTick: number | null;
  /** Milliseconds between two ticks. */
  interval: number;
}

export function checkTick({ now, lastTick, interval }: TickFacts): Finding {
  const advice =
    "Start the server (belfry serve) or check its log; on Workers, check the cron trigger in wrangler.toml.";
  if (lastTick === null)
    return fail("tick", "No periodic run yet: retries and autostart don't work.", advice);
  const age = Math.max(0, now - lastTick);
  if (isTickLate(lastTick, now, interval))
    return fail(
      "tick",
      `The periodic run is overdue: the last one was ${formatPeriod(age)} ago, one is due every ${formatPeriod(interval)}.`,
      advice,
    );
  return ok("tick", `last run ${formatPeriod(age)} ago`);
}

export interface KeyFacts {
  /** BELFRY_SECRET_KEY, or the key file. */
  name: string;
  state: "matches" | "differs" | "missing" | "not_given";
  /** Other users of this machine can read the file. */
  isOpen: boolean;
}

export function checkKey({ name, state, isOpen }: KeyFacts): Finding {
  const lost = "If it is lost: belfry admin accept-key";
  if (state === "not_given")
    return fail(
      "key",
      `${name} is not set; it is required when Belfry listens on other than loopback addresses or uses a database server.`,
      "Set the deployment key on every instance (it may be in belfry.key beside the database). Create a first one: openssl rand -base64 32",
    );
  if (state === "missing")
    return warn(
      "key",
      `${name} does not exist; the server creates a new key when it starts.`,
      "If this database had a key, restore it.",
    );
  if (state === "differs")
    return fail(
      "key",
      `${name} is not the key of this deployment.`,
      `Set the deployment key on every instance (after a restore: belfry.key beside the old database). ${lost}`,
    );
  if (isOpen) return warn("key", `${name} is readable for other users of this machine.`, `chmod 600 ${name}`);
  return ok("key", `${name} is the deployment key`);
}
