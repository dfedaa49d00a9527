// Changes when messages reach a person: quiet hours, the digest's time, the time zone of both. What waits is moved by the same
// write.
import type { SQL, Statement } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { nudge } from "../delivery/wake.ts";
import { nextDigest, parseSchedule, type DigestSchedule } from "../digest/rules/schedule.ts";
import { kinds } from "../kinds/kinds.ts";
import { nextDeliverable, parseQuietHours, waitsForQuiet, type QuietHours } from "./rules/quiet-hours.ts";
import { findMoved, moveDigest, moveWaiting, saveTiming, type TimingRow } from "./store/timing.ts";

type User = SQL<string> | string;

export interface TimingChange {
  /** Null: none. What is missing stays. */
  quietHours?: QuietHours | null;
  /** Null: none; what waits is sent with a last one. */
  digest?: DigestSchedule | null;
  timeZone?: string | null;
}

/** `before`: as it is stored. */
export function changeTiming(
  user: User,
  before: TimingRow,
  change: TimingChange,
  now: number,
): { statements: Statement[]; moved: ReturnType<typeof findMoved> } {
  const { quietHours, digest, timeZone } = change;
  const stored: Partial<Omit<TimingRow, "severities">> = {
    ...(quietHours === undefined ? {} : { quietHours: toText(quietHours) }),
    ...(digest === undefined ? {} : { digest: toText(digest) }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
  const after = { ...before, ...stored };
  return {
    statements: [
      saveTiming(user, stored, now),
      ...(quietHours === undefined && timeZone === undefined ? [] : [moveQuiet(user, after, now)]),
      ...(digest === undefined && (timeZone === undefined || after.digest === null)
        ? []
        : [moveDigest(user, digestAfter(after, now), now)]),
    ],
    moved: findMoved(user, now),
  };
}

const toText = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));

function moveQuiet(
  user: User,
  { quietHours: text, timeZone, severities }: TimingRow,
  now: number,
): Statement {
  const quietHours = parseQuietHours(text);
  const until = quietHours === null ? now : nextDeliverable(now, quietHours, timeZone);
  const exempt = Object.values(kinds)
    .filter(({ id }) => quietHours === null || !waitsForQuiet(quietHours, { id, severities }))
    .map(({ id }) => id);
  return moveWaiting(user, { quietHours: text, timeZone, until, exempt, now });
}

function digestAfter({ digest, timeZone }: TimingRow, now: number): number {
  const schedule = parseSchedule(digest);
  return schedule === null ? now : nextDigest(now, schedule, timeZone);
}

/** To be called after the write. */
export function sendMoved(deps: Deps, moved: readonly Parameters<typeof nudge>[1][number][]): void {
  if (moved.length > 0) nudge(deps, moved);
}

export const noTiming: TimingRow = { quietHours: null, digest: null, timeZone: null, severities: null };
