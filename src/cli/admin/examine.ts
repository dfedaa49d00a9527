// Gathers what there is to know about a deployment, from where its server runs, and has it judged. Changes nothing but
// one row that stands for a write. `belfry admin doctor` calls it.
import { existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { createDatabase, type Answers, type DatabaseClient } from "../../../db/client.ts";
import { DatabaseError } from "../../../db/errors.ts";
import { appliedMigrations, loadMigrations } from "../../../db/migrate.ts";
import { findSharedMailboxes, sharedMailboxMessage } from "../../accounts/canonical-emails.ts";
import { keyMatches } from "../../accounts/key-check.ts";
import { readDeploymentId, readKeyCheck } from "../../accounts/store/deployment.ts";
import { countPeople } from "../../accounts/store/people.ts";
import { probe, type Probe } from "../../api/probe.ts";
import { readClock, readLargeAnswer } from "../../../db/health.ts";
import { ConfigError, parseConfig, type Config } from "../../config/config.ts";
import { createLog } from "../../kernel/log.ts";
import { countLiving, findFailing } from "../../notifications/delivery/store/metrics.ts";
import {
  isPaused,
  readGoneEndpoints,
  readLastTick,
  readSettings,
  toGoneEndpoints,
} from "../../notifications/preferences/store/settings.ts";
import { databaseFile, databaseName, openClient } from "../../runtime/database.ts";
import { failureWords } from "../../runtime/failure.ts";
import { keyFile, mustBeGiven, openKeys } from "../../runtime/secret-key.ts";
import { examineDelivery, type Outlets } from "./examine-delivery.ts";
import { fail, ok, warn, type Finding } from "../../kernel/rules/finding.ts";
import {
  adviceForOpening,
  judgeClock,
  judgeDamage,
  judgeDatabase,
  judgeDisk,
  judgeKey,
  judgeSmallAnswers,
  judgeTick,
  type KeyFacts,
} from "./rules/check-database.ts";
import { judgeOutbox, judgePeople } from "./rules/check-delivery.ts";

export interface Examination {
  environment: Record<string, string | undefined>;
  now: () => number;
}

export async function examine({ environment, now }: Examination): Promise<Finding[]> {
  const warnings: string[] = [];
  let config: Config;
  try {
    config = parseConfig(environment, (message) => warnings.push(message));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [fail("configuration", error.message, "Correct these variables of the server's environment.")];
  }
  const { findings, answers } = await examineDatabase(config, now);
  const { findings: delivered, clocks } = await examineDelivery(config, outletsOf(answers, now));
  const lastTick = toTime(answers?.lastTick[0]?.value);
  const isServer = databaseFile(config.databaseUrl) === undefined;
  const database =
    isServer && answers !== null
      ? [{ name: databaseName(config.databaseUrl), now: answers.clock[0]!.now }]
      : [];
  return [
    ...judgeConfiguration(config, warnings),
    ...findings,
    judgeClock({ now: now(), others: [...database, ...clocks], lastTick }),
    ...(answers === null ? [] : judgeContent(config, answers, now())),
    ...delivered,
  ];
}

function judgeConfiguration(config: Config, warnings: string[]): Finding[] {
  const isLocal = /^(localhost|::1|127\..*)$/.test(config.host);
  const leadsHere = /^(localhost|127\..*|\[::1\])$/.test(new URL(config.accessUrl).hostname);
  return [
    ...warnings.map((warning) => warn("configuration", warning, "Take it out, or correct its name.")),
    ...(!isLocal && leadsHere
      ? [
          warn(
            "configuration",
            `Links in messages lead to ${config.accessUrl}, where only this machine gets.`,
            "Set BELFRY_ACCESS_URL to the address that people use.",
          ),
        ]
      : []),
    ...(warnings.length === 0 ? [ok("configuration", "can be read")] : []),
  ];
}

const day = 86_400_000;
const factReads = (now: number) => ({
  clock: readClock(),
  lastTick: readLastTick(),
  settings: readSettings(),
  gone: readGoneEndpoints(),
  living: countLiving(now),
  failing: findFailing(now - day),
  people: countPeople(),
  keyCheck: readKeyCheck(),
  deployment: readDeploymentId(),
});
type Facts = Answers<ReturnType<typeof factReads>>;

/** Milliseconds for a database server to answer. */
const requestTimeout = 3_000;

async function examineDatabase(
  config: Config,
  now: () => number,
): Promise<{ findings: Finding[]; answers: Facts | null }> {
  const file = databaseFile(config.databaseUrl);
  const onDisk = file === undefined || !existsSync(file) ? [] : examineFile(file);
  const nothing = (finding: Finding) => ({ findings: [finding, ...onDisk], answers: null });
  if (file !== undefined && !existsSync(file)) {
    return nothing(
      fail(
        "database",
        `There is none at ${file}.`,
        "Start the server once, or run this in its folder and with its environment (BELFRY_DATABASE_URL).",
      ),
    );
  }
  let client: DatabaseClient | undefined;
  try {
    client = await openClient(config, { requestTimeout });
    const applied = (await appliedMigrations(client)).at(-1) ?? 0;
    const found = await ask(client, now);
    const facts = { name: databaseName(config.databaseUrl), isFile: file !== undefined, ...found };
    const known = loadMigrations().at(-1)!.number;
    const isSmall = facts.state === "ok" && !facts.isFile && (await refusesLargeAnswers(client));
    const shared =
      facts.state === "ok" && applied === known ? await findSharedMailboxes(createDatabase(client)) : [];
    const damage = facts.isFile && facts.state === "ok" ? await findDamage(client) : null;
    return {
      findings: [
        judgeDatabase({ ...facts, applied, known }),
        ...shared.map((one) =>
          warn("people", sharedMailboxMessage(one), "belfry users list shows both; an owner deletes one."),
        ),
        ...(damage === null ? [] : [judgeDamage(facts.name, damage)]),
        ...(isSmall ? [judgeSmallAnswers(facts.name)] : []),
        ...onDisk,
      ],
      answers: applied === known ? found.answers : null,
    };
  } catch (error) {
    const words = failureWords(error, config.databaseUrl);
    return nothing(fail("database", words, adviceForOpening(words)));
  } finally {
    client?.close();
  }
}

/** The same question as /readyz asks. */
function ask(client: DatabaseClient, now: () => number): Promise<Probe<ReturnType<typeof factReads>>> {
  const log = createLog({ level: "error", format: "text", now, write: () => {} });
  const db = createDatabase(client, { patience: requestTimeout });
  return probe({ db, log, now }, factReads(now()));
}

/** The first thing that is wrong with the pages of a file; null when nothing is. Reads all of it. */
async function findDamage(client: DatabaseClient): Promise<string | null> {
  const { rows } = await client.execute("PRAGMA quick_check(1)");
  const found = String(rows[0]?.[0] ?? "");
  return found === "ok" ? null : found;
}

async function refusesLargeAnswers(client: DatabaseClient): Promise<boolean> {
  try {
    await createDatabase(client, { patience: requestTimeout }).read({ large: readLargeAnswer() });
    return false;
  } catch (error) {
    if (error instanceof DatabaseError && error.kind === "too_large") return true;
    throw error;
  }
}

function examineFile(file: string): Finding[] {
  const folder = dirname(file);
  const { bavail, bsize } = statfsSync(folder);
  const { size, mode } = statSync(file);
  return [
    judgeDisk({ folder, freeBytes: bavail * bsize, databaseBytes: size + sizeOf(`${file}-wal`) }),
    ...((mode & 0o077) === 0
      ? []
      : [warn("database", `${file} can be read by others on this machine.`, `chmod 600 ${file}`)]),
  ];
}

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function judgeContent(config: Config, facts: Facts, now: number): Finding[] {
  const { fetchInterval } = config.notifications;
  const since = facts.living.flatMap(({ waitingSince }) => (waitingSince === null ? [] : [waitingSince]));
  return [
    judgeTick({ now, lastTick: toTime(facts.lastTick[0]?.value), interval: fetchInterval }),
    judgeKey(keyFacts(config, facts.keyCheck[0]?.value)),
    judgePeople({ ...facts.people[0]!, accessUrl: config.accessUrl }),
    judgeOutbox({
      waiting: facts.living.reduce((sum, { count }) => sum + count, 0),
      oldest: since.length === 0 ? 0 : Math.max(0, now - Math.min(...since)),
      isPaused: isPaused(facts.settings),
    }),
  ];
}

function keyFacts(config: Config, stored: string | undefined): KeyFacts {
  const file = databaseFile(config.databaseUrl);
  const kept = config.secretKey === undefined && file !== undefined ? keyFile(file) : undefined;
  const name = kept ?? "BELFRY_SECRET_KEY";
  const isOpen = kept !== undefined && existsSync(kept) && (statSync(kept).mode & 0o077) !== 0;
  if (mustBeGiven(config)) return { name: "BELFRY_SECRET_KEY", state: "not_given", isOpen };
  if (kept !== undefined && !existsSync(kept)) return { name, state: "missing", isOpen };
  return { name, state: keyMatches({ keysFor: openKeys(config) }, stored) ? "matches" : "differs", isOpen };
}

const toTime = (text: string | undefined) => (text === undefined ? null : Number(text));

function outletsOf(facts: Facts | null, now: () => number): Outlets {
  return {
    expectedId: facts?.deployment[0]?.value ?? null,
    gone: toGoneEndpoints(facts?.gone ?? []),
    failing: (facts?.failing ?? []).map(({ method, status, count, at, answer }) => {
      return { method, status, count, answer, age: Math.max(0, now() - at) };
    }),
  };
}
