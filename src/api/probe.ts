// Whether the database works, found out by a write with a time limit: a server whose writers block one another answers
// reads all the while. Readiness and metrics ask, and read in the same round trip what they show.
import type { Answers, Reads } from "../../db/client.ts";
import { DatabaseError } from "../../db/errors.ts";
import { writeProbe } from "../../db/statements.ts";
import type { Deps } from "../kernel/deps.ts";
import { describeDatabase, type DatabaseState } from "./rules/database-state.ts";

export interface Probe<T extends Reads> {
  state: DatabaseState;
  /** What is wrong, in words that may be shown to anyone; null when nothing is. */
  problem: string | null;
  /** What the write failed with, for the operator; null when it didn't. */
  reason: string | null;
  /** Null when the database can't even be read. */
  answers: Answers<T> | null;
}

/** Milliseconds. Together the limits stay under two seconds, which is what load balancers wait for. */
const writing = { timeoutMs: 1_000, limit: 1_400 };
const reading = { timeoutMs: 300, limit: 450 };

export async function probe<T extends Reads>(
  deps: Pick<Deps, "db" | "log" | "now">,
  reads: T,
): Promise<Probe<T>> {
  const { db, log, now } = deps;
  const written = await within(writing.limit, db.write([writeProbe(now())], reads, writing.timeoutMs));
  if (written.ok) return { state: "ok", problem: null, reason: null, answers: written.value };
  const read =
    written.failure === "schema" ? undefined : await within(reading.limit, db.read(reads, reading.timeoutMs));
  const state =
    written.failure === "schema" ? "no_migrations" : read?.ok === true ? "not_writable" : "unavailable";
  log.error("the database check failed", { state, reason: written.reason });
  return {
    state,
    problem: describeDatabase(state, written.code),
    reason: written.reason,
    answers: read?.ok === true ? read.value : null,
  };
}

type Tried<T> = { ok: true; value: T } | { ok: false; failure: string; code: string; reason: string };

/** Throws only what is a mistake of ours. */
async function within<T>(limit: number, work: Promise<T>): Promise<Tried<T>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Tried<T>>((resolve) => {
    const reason = `no answer within ${limit} ms`;
    timer = setTimeout(() => resolve({ ok: false, failure: "unavailable", code: "TIMEOUT", reason }), limit);
  });
  const done = work.then(
    (value): Tried<T> => ({ ok: true, value }),
    (error: unknown): Tried<T> => {
      if (!(error instanceof DatabaseError) || !["unavailable", "schema"].includes(error.kind)) throw error;
      return { ok: false, failure: error.kind, code: error.code, reason: error.message };
    },
  );
  // What is answered too late is nobody's concern.
  done.catch(() => {});
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
