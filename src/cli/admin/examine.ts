// Collects the facts about a deployment on the server's machine and checks them. It changes nothing but one row, to test a
// write.
import { existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { createDatabase, type Answers, type DatabaseClient } from "../../../db/client.ts";
import { appliedMigrations, loadMigrations } from "../../../db/migrate.ts";
import { findSharedMailboxes, sharedMailboxMessage } from "../../accounts/maintenance.ts";
import { keyMatches } from "../../accounts/key-check.ts";
import { readDeploymentId, readKeyCheck } from "../../accounts/store/deployment.ts";
import { countUsersByRole } from "../../accounts/store/directory.ts";
import { probe, type Probe } from "../../api/probe.ts";
import { readClock } from "../../../db/statements.ts";
import { ConfigError, parseConfig, type Config } from "../../config/config.ts";
import { createLog } from "../../kernel/log.ts";
import { countUnfinished, findFailing } from "../../notifications/delivery/store/metrics.ts";
import {
  isPaused,
  readGoneEndpoints,
  readLastTick,
  readSettings,
  toGoneEndpoints,
} from "../../notifications/preferences/store/settings.ts";
import { databaseFile, databaseName, openClient } from "../../runtime/database.ts";
import { describeFailure } from "../../runtime/startup-messages.ts";
import { keyFile, requiresSecretKey, openKeys } from "../../runtime/prepare.ts";
import { examineTables, findDamage, refusesLargeAnswers, requestTimeoutMs } from "./examine-content.ts";
import { examineDelivery, type DeliveryFacts } from "./examine-delivery.ts";
import { findReplica } from "./examine-replica.ts";
import { fail, ok, warn, type Finding } from "../../kernel/rules/finding.ts";
import {
  adviceForOpening,
  checkClock,
  checkDamage,
  checkDatabase,
  checkDisk,
  checkKey,
  checkAnswerSize,
  checkReplica,
  checkTick,
  type KeyFacts,
} from "./rules/check-database.ts";
import { isFailing } from "../../notifications/receivers/rules/breaker.ts";
import { listReceiverStates } from "../../notifications/receivers/store/receivers.ts";
import { checkOutbox, checkPeople, checkReceivers } from "./rules/check-delivery.ts";

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
    return [fail("configuration", error.message, "Fix these variables in the server's environment.")];
  }
  const { findings, answers } = await examineDatabase(config, now);
  const { findings: delivered, clocks } = await examineDelivery(config, deliveryFactsOf(answers, now));
  const lastTick = toTime(answers?.lastTick[0]?.value);
  const isServer = databaseFile(config.databaseUrl) === undefined;
  const database =
    isServer && answers !== null
      ? [{ name: databaseName(config.databaseUrl), now: answers.clock[0]!.now }]
      : [];
  return [
    ...checkConfiguration(config, warnings),
    ...findings,
    checkClock({ now: now(), others: [...database, ...clocks], lastTick }),
    ...(answers === null ? [] : checkContent(config, answers, now())),
    ...delivered,
  ];
}

function checkConfiguration(config: Config, warnings: string[]): Finding[] {
  const isLocal = /^(localhost|::1|127\..*)$/.test(config.host);
  const isLoopbackUrl = /^(localhost|127\..*|\[::1\])$/.test(new URL(config.accessUrl).hostname);
  return [
    ...warnings.map((warning) => warn("configuration", warning, "Remove it or fix its name.")),
    ...(!isLocal && isLoopbackUrl
      ? [
          warn(
            "configuration",
            `Links in messages point to ${config.accessUrl}, which only this machine can reach.`,
            "Set BELFRY_ACCESS_URL to the address that users open.",
          ),
        ]
      : []),
    ...(warnings.length === 0 ? [ok("configuration", "valid")] : []),
  ];
}

const dayMs = 86_400_000;
const factReads = (now: number) => ({
  clock: readClock(),
  lastTick: readLastTick(),
  settings: readSettings(),
  gone: readGoneEndpoints(),
  living: countUnfinished(now),
  failing: findFailing(now - dayMs),
  receivers: listReceiverStates(),
  people: countUsersByRole(),
  keyCheck: readKeyCheck(),
  deployment: readDeploymentId(),
});
type Facts = Answers<ReturnType<typeof factReads>>;

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
        `${file} does not exist.`,
        "Start the server once, or run this in its folder with its environment (BELFRY_DATABASE_URL).",
      ),
    );
  }
  let client: DatabaseClient | undefined;
  try {
    client = await openClient(config, { requestTimeoutMs });
    const applied = (await appliedMigrations(client)).at(-1) ?? 0;
    const found = await ask(client, now);
    const facts = { name: databaseName(config.databaseUrl), isFile: file !== undefined, ...found };
    const known = loadMigrations().at(-1)!.number;
    const isSmall = facts.state === "ok" && !facts.isFile && (await refusesLargeAnswers(client));
    const isReplica = facts.state === "ok" && !facts.isFile && (await findReplica(client, now()));
    const shared =
      facts.state === "ok" && applied === known ? await findSharedMailboxes(createDatabase(client)) : [];
    const damage = facts.isFile && facts.state === "ok" ? await findDamage(client) : null;
    return {
      findings: [
        checkDatabase({ ...facts, applied, known }),
        ...shared.map((one) =>
          warn(
            "people",
            sharedMailboxMessage(one),
            "List both with belfry users list; an owner must delete one.",
          ),
        ),
        ...(damage === null ? [] : [checkDamage(facts.name, damage)]),
        ...(isSmall ? [checkAnswerSize(facts.name)] : []),
        ...(facts.state === "ok" ? await examineTables(client) : []),
        ...(isReplica ? [checkReplica(facts.name)] : []),
        ...onDisk,
      ],
      answers: applied === known ? found.answers : null,
    };
  } catch (error) {
    const message = describeFailure(error, config.databaseUrl);
    return nothing(fail("database", message, adviceForOpening(message)));
  } finally {
    client?.close();
  }
}

/** The same probe as /readyz. */
function ask(client: DatabaseClient, now: () => number): Promise<Probe<ReturnType<typeof factReads>>> {
  const log = createLog({ level: "error", format: "text", now, write: () => {} });
  const db = createDatabase(client, { timeoutMs: requestTimeoutMs });
  return probe({ db, log, now }, factReads(now()));
}

function examineFile(file: string): Finding[] {
  const folder = dirname(file);
  const { bavail, bsize } = statfsSync(folder);
  const { size, mode } = statSync(file);
  return [
    checkDisk({ folder, freeBytes: bavail * bsize, databaseBytes: size + sizeOf(`${file}-wal`) }),
    ...((mode & 0o077) === 0
      ? []
      : [warn("database", `${file} is readable for other users of this machine.`, `chmod 600 ${file}`)]),
  ];
}

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function checkContent(config: Config, facts: Facts, now: number): Finding[] {
  const { fetchInterval } = config.notifications;
  const since = facts.living.flatMap(({ waitingSince }) => (waitingSince === null ? [] : [waitingSince]));
  return [
    checkTick({ now, lastTick: toTime(facts.lastTick[0]?.value), interval: fetchInterval }),
    checkKey(keyFacts(config, facts.keyCheck[0]?.value)),
    checkPeople({ ...facts.people[0]!, accessUrl: config.accessUrl }),
    checkOutbox({
      waiting: facts.living.reduce((sum, { count }) => sum + count, 0),
      oldest: since.length === 0 ? 0 : Math.max(0, now - Math.min(...since)),
      isPaused: isPaused(facts.settings),
    }),
    ...checkReceivers(
      facts.receivers.map((receiver) => ({ ...receiver, isFailing: isFailing(receiver.failures) })),
    ),
  ];
}

function keyFacts(config: Config, stored: string | undefined): KeyFacts {
  const file = databaseFile(config.databaseUrl);
  const kept = config.secretKey === undefined && file !== undefined ? keyFile(file) : undefined;
  const name = kept ?? "BELFRY_SECRET_KEY";
  const isOpen = kept !== undefined && existsSync(kept) && (statSync(kept).mode & 0o077) !== 0;
  if (requiresSecretKey(config)) return { name: "BELFRY_SECRET_KEY", state: "not_given", isOpen };
  if (kept !== undefined && !existsSync(kept)) return { name, state: "missing", isOpen };
  return { name, state: keyMatches({ keysFor: openKeys(config) }, stored) ? "matches" : "differs", isOpen };
}

const toTime = (text: string | undefined) => (text === undefined ? null : Number(text));

function deliveryFactsOf(facts: Facts | null, now: () => number): DeliveryFacts {
  return {
    expectedId: facts?.deployment[0]?.value ?? null,
    gone: toGoneEndpoints(facts?.gone ?? []),
    failing: (facts?.failing ?? []).map(({ method, status, count, at, answer }) => {
      return { method, status, count, answer, age: Math.max(0, now() - at) };
    }),
  };
}
