// The state of a process: its clock, groups, queues, caches and the live hub.
import type { Database } from "../../db/client.ts";
import { readClock } from "../../db/statements.ts";
import { unknownUntil } from "../accounts/rules/api-key.ts";
import { findValidKeys } from "../accounts/store/keys.ts";
import { createCache, type Clock, type MailPool } from "../kernel/ports.ts";
import type { Deps, Process } from "../kernel/deps.ts";
import type { Log } from "../kernel/log.ts";
import type { Measures } from "../kernel/measures.ts";
import type { Tracer } from "../kernel/tracer.ts";
import { createLeases } from "../notifications/delivery/leases.ts";
import { createHub, type Hub } from "../notifications/inbox/hub.ts";
import { createFairQueue, createRequestLimit, createSemaphore } from "../kernel/rules/limits.ts";
import { maxRequestsPerMinute } from "../sources/rules/source.ts";
import { createTextCache } from "../kernel/rules/text-cache.ts";
import { createQuestionWaker } from "../agent-sessions/questions/wait-for-answer.ts";
import { createJobWaker } from "../workspaces/jobs/wait-for-job.ts";

/** What tests set otherwise. */
export interface ProcessTuning {
  passwordCost?: number | undefined;
  /** Milliseconds between checks for other processes' notifications, and for answers. */
  inboxInterval?: number | undefined;
}

export interface ProcessOptions extends ProcessTuning {
  clock: Clock;
  db: Database;
  log: Log;
  stopping: AbortSignal;
  /** Password hashes at a time. */
  hashes: number;
  mail: MailPool | null;
  /** Requests of a caller in a minute; 0 or omitted: no limit. */
  apiRateLimit?: number;
  measures?: Measures;
  tracer?: Tracer | null;
  /** What earlier invocations have kept. */
  kept?: Kept;
  /** Creates the dependencies of background work. Not called before the first of it. */
  deps: () => Deps;
}

/** The process for the runtime, which adds readers to the hub and closes it. */
export interface OwnProcess extends Process {
  hub: Hub;
}

/** Parsing four of the largest plans takes about 250 MB. */
const largeBodies = { concurrency: 4, perHolder: 2, maxWaiting: 32 };
/** Characters of rendered notifications: those of about a hundred pages. */
const maxTitles = 1_000_000;
const maxBodies = 4_000_000;
const maxReasons = 200_000;
const maxTimes = 500_000;
const defaultInboxInterval = 1_000;

/** Rules of people, each of whom may change theirs. */
const maxFilters = 2_000;

/** What was made of texts, and what never changes: nothing of it belongs to a connection. */
export type Kept = Pick<Process, "templates" | "filters" | "rendered" | "documents" | "deploymentId">;

export const createKept = (): Kept => ({
  templates: createCache(),
  filters: createCache(maxFilters),
  rendered: {
    titles: createTextCache(maxTitles),
    bodies: createTextCache(maxBodies),
    reasons: createTextCache(maxReasons),
    times: createTextCache(maxTimes),
  },
  documents: createCache(),
  deploymentId: { value: undefined },
});

export function createProcess(options: ProcessOptions): OwnProcess {
  const { clock, db, log, stopping, hashes, mail, passwordCost, apiRateLimit = 0, deps } = options;
  const { inboxInterval = defaultInboxInterval, measures = null, tracer = null } = options;
  return {
    clock,
    deps,
    ...(options.kept ?? createKept()),
    mail,
    unsignedUntil: { value: unknownUntil },
    // process-groups.ts has those of a process with many requests.
    enqueueGroup: null,
    nudges: null,
    leases: createLeases(deps),
    claiming: new Set(),
    reconciliations: null,
    hub: createHub({
      db,
      interval: inboxInterval,
      now: clock.now,
      validKeys: async (keyIds) => (await db.read({ keys: findValidKeys(keyIds, clock.now()) })).keys,
      onError: (error) =>
        log.warn("the live inbox could not check for new notifications", { reason: String(error) }),
    }),
    largeBodies: createSemaphore(largeBodies),
    maxPlanBytes: 32 * 1_048_576,
    jobs: createJobWaker(stopping),
    questions: createQuestionWaker({
      db,
      interval: inboxInterval,
      stopping,
      now: clock.now,
      onError: (error) => log.warn("could not check for answers to questions", { reason: String(error) }),
    }),
    dispatchLimits: null,
    alarm: null,
    replica: { isSeen: false },
    printsSetupCode: true,
    requests: apiRateLimit === 0 ? null : createRequestLimit(apiRateLimit),
    sourceMessages: createRequestLimit(maxRequestsPerMinute),
    hashing: createFairQueue(hashes),
    ...(passwordCost === undefined ? {} : { passwordCost }),
    recentFailures: new Map(),
    measures,
    tracer,
    recentPools: { value: undefined },
    stopping,
  };
}

export interface ClockOptions {
  /** Epoch milliseconds of this machine. */
  local: () => number;
  /** Whether to follow the database's clock. */
  follow: boolean;
}

/** The machine's clock, corrected by the database's, so that leases mean the same on all machines. */
export function createClock({ local, follow }: ClockOptions): Clock {
  let offset = 0;
  return {
    local,
    now: () => local() + offset,
    observe: (database, asked) => {
      const before = offset;
      if (follow) offset = nextOffset(offset, { database, asked, answered: local() });
      return offset - before;
    },
  };
}

/** Epoch milliseconds of the database's clock, and of ours before the query and after its result. */
export interface ClockReading {
  database: number;
  asked: number;
  answered: number;
}

/** The database read its clock between query and result: an offset within those bounds stays. */
export function nextOffset(present: number, { database, asked, answered }: ClockReading): number {
  const min = database - answered;
  const max = database - asked;
  return present >= min && present <= max ? present : Math.round((min + max) / 2);
}

/** Before the first request: leases rely on the clock. */
export async function setClock(db: Database, clock: Clock): Promise<void> {
  const asked = clock.local();
  const answer = await db.read({ clock: readClock() });
  clock.observe(answer.clock[0]!.now, asked);
}
