// What the facts about the database, its disk, its clock, its last tick and its key mean to an operator.
import { fail, type Finding, ok, warn } from "../../../kernel/rules/finding.ts";
import { sizeWords, timeWords } from "./finding.ts";

export interface DatabaseFacts {
  /** A file's path or a server's host. */
  name: string;
  isFile: boolean;
  /** The last migration that it has, and that this release knows. */
  applied: number;
  known: number;
  state: "ok" | "not_writable" | "unavailable" | "no_migrations";
  /** In words for everybody, and the database's own; null when nothing is wrong. */
  problem: string | null;
  reason: string | null;
}

export function judgeDatabase(facts: DatabaseFacts): Finding {
  const { name, isFile, applied, known, state, problem, reason } = facts;
  if (applied > known)
    return fail(
      "database",
      `${name} is of a later release: migration ${applied}, this program knows ${known}.`,
      "Run the program of that release, or restore the copy made before the upgrade (belfry.db.before-…).",
    );
  if (applied < known || state === "no_migrations")
    return fail(
      "database",
      `${name} is not at this release: migration ${applied} of ${known}.`,
      isFile
        ? "Start this release of the server once; it copies the database and brings it up to date."
        : "Run: belfry admin migrate",
    );
  if (state === "ok") return ok("database", `${name}, migration ${applied}, takes writes`);
  return fail(
    "database",
    `${name}: ${problem ?? "it does not work."}${reason === null ? "" : ` (${reason})`}`,
    isFile ? fileAdvice(reason ?? "") : serverAdvice(state),
  );
}

/** For one that can't even be opened; the failure's own words may say more. */
export function adviceForOpening(words: string): string {
  return /full|I\/O|malformed|not a database|locked/.test(words)
    ? fileAdvice(words)
    : "Nothing works without it: mend this first.";
}

function fileAdvice(reason: string): string {
  if (/full/.test(reason)) return "Make room on its disk; Belfry goes on by itself.";
  if (/readonly|read-only|permission/.test(reason))
    return "Give the file and its folder to the user that Belfry runs as, and the folder write permission.";
  if (/malformed|not a database/.test(reason))
    return "Stop the server and restore a backup: belfry admin restore FILE";
  if (/locked|busy/.test(reason)) return "Find the program that holds it: fuser, or lsof, tells which.";
  return "Look at its disk (dmesg, df), and at the server's log.";
}

const serverAdvice = (state: DatabaseFacts["state"]) =>
  state === "not_writable"
    ? "Restart the libSQL server. If it stops again under load, start it with --max-concurrent-connections 2."
    : "Is it running, and is BELFRY_DATABASE_URL its address, BELFRY_DATABASE_AUTH_TOKEN good for writing?";

/** `damage`: what SQLite's check of the pages found first. */
export const judgeDamage = (name: string, damage: string): Finding =>
  fail(
    "database",
    `${name} is damaged: ${damage.replaceAll(/\s+/g, " ")}`,
    "Stop the server, keep a copy of the file, and restore the last backup: belfry admin restore FILE",
  );

/** For a server that works, and gives less at once than the largest answer needs. */
export const judgeSmallAnswers = (name: string): Finding =>
  fail(
    "database",
    `${name} refuses answers of 6 MB: templates can't be fetched by provisioners, and long lists fail.`,
    "Start the libSQL server without --max-response-size (SQLD_MAX_RESPONSE_SIZE), or with 10MB or more.",
  );

export interface DiskFacts {
  folder: string;
  freeBytes: number;
  databaseBytes: number;
}

const leastFree = 50_000_000;
const scarceFree = 500_000_000;

/** A backup, and the copy before an upgrade, need as much again as the database has. */
export function judgeDisk({ folder, freeBytes, databaseBytes }: DiskFacts): Finding {
  const words = `${sizeWords(freeBytes)} free in ${folder}, the database has ${sizeWords(databaseBytes)}`;
  const advice = "Make room, or move the database to a larger disk (BELFRY_DATABASE_URL).";
  if (freeBytes < leastFree) return fail("disk", words, advice);
  if (freeBytes < scarceFree || freeBytes < databaseBytes) return warn("disk", words, advice);
  return ok("disk", words);
}

export interface ClockFacts {
  now: number;
  /** What others say at the same moment, by their name: the database's server, a receiver. */
  others: { name: string; now: number }[];
  lastTick: number | null;
}

/** No release is older. */
const firstRelease = Date.parse("2026-01-01T00:00:00Z");
const slightOffset = 5_000;
const largeOffset = 60_000;

export function judgeClock({ now, others, lastTick }: ClockFacts): Finding {
  const advice = "Set the clock by NTP (timedatectl set-ntp true), on this machine and on the other.";
  if (now < firstRelease)
    return fail("clock", `This machine thinks it is ${new Date(now).toISOString().slice(0, 10)}.`, advice);
  const worst = others
    .map((other) => ({ ...other, offset: now - other.now }))
    .toSorted((a, b) => Math.abs(b.offset) - Math.abs(a.offset))[0];
  if (worst !== undefined && Math.abs(worst.offset) > slightOffset) {
    const direction = worst.offset > 0 ? "ahead of" : "behind";
    const words = `This machine's clock is ${timeWords(worst.offset)} ${direction} that of ${worst.name}.`;
    return Math.abs(worst.offset) > largeOffset ? fail("clock", words, advice) : warn("clock", words, advice);
  }
  if (lastTick !== null && lastTick - now > largeOffset)
    return fail(
      "clock",
      `The last tick was ${timeWords(lastTick - now)} in the future: a clock was set back, or an instance's is ahead.`,
      advice,
    );
  return ok(
    "clock",
    others.length === 0 ? "plausible" : `agrees with ${others.map(({ name }) => name).join(", ")}`,
  );
}

export interface TickFacts {
  now: number;
  lastTick: number | null;
  /** Milliseconds between two. */
  interval: number;
}

export function judgeTick({ now, lastTick, interval }: TickFacts): Finding {
  const advice =
    "Start the server (belfry serve), or look at its log; on Workers, see that wrangler.toml has its cron trigger.";
  if (lastTick === null)
    return fail("tick", "There was none yet: nothing that failed is tried again.", advice);
  const age = Math.max(0, now - lastTick);
  if (age > 3 * interval)
    return fail(
      "tick",
      `The last one was ${timeWords(age)} ago, there should be one every ${timeWords(interval)}.`,
      advice,
    );
  return ok("tick", `${timeWords(age)} ago`);
}

export interface KeyFacts {
  /** BELFRY_SECRET_KEY, or the file that keeps it. */
  name: string;
  state: "matches" | "differs" | "missing" | "not_given";
  /** Others on this machine can read the file. */
  isOpen: boolean;
}

export function judgeKey({ name, state, isOpen }: KeyFacts): Finding {
  const lost = "If it is lost for good: belfry admin accept-key";
  if (state === "not_given")
    return fail(
      "key",
      `${name} is not set; one is needed as soon as Belfry listens beyond this machine or its database is a server.`,
      "Set the deployment's, the same on every instance (it may be in belfry.key beside the database); a first one is made with: openssl rand -base64 32",
    );
  if (state === "missing")
    return warn(
      "key",
      `${name} is not there; the server makes a new one when it starts.`,
      "Put the one back that belongs to this database, if there was one.",
    );
  if (state === "differs")
    return fail(
      "key",
      `${name} is not the key that this deployment works with.`,
      `Set the right one, the same on every instance (after a restore: the belfry.key from beside the old database). ${lost}`,
    );
  if (isOpen) return warn("key", `${name} can be read by others on this machine.`, `chmod 600 ${name}`);
  return ok("key", `${name} is the deployment's`);
}
