// Changes a person's quiet hours or their time zone: messages that wait are moved by the same write.
import type { SQL, Statement } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { invalid } from "../../kernel/errors.ts";
import { nudge } from "../delivery/wake.ts";
import { kinds } from "../kinds/kinds.ts";
import { coversWeek, nextDeliverable, waitsForQuiet, type QuietHours } from "./rules/quiet-hours.ts";
import { findMoved, moveWaiting, saveQuietHours } from "./store/quiet-hours.ts";

export interface QuietChoice {
  quietHours: QuietHours | null;
  timeZone: string | null;
}

/** Throws 400 if they leave no time to notify anybody. */
export function requireValidQuietHours(quietHours: QuietHours): void {
  if (coversWeek(quietHours))
    throw invalid("ranges", "leave no minute of the week; disable channels instead of having quiet hours");
}

/** The statements of a change, and the read that finds what it has made due. */
export function changeQuietHours(
  user: SQL<string> | string,
  { quietHours, timeZone }: QuietChoice,
  now: number,
): { statements: Statement[]; moved: ReturnType<typeof findMoved> } {
  const stored = quietHours === null ? null : JSON.stringify(quietHours);
  const until = quietHours === null ? now : nextDeliverable(now, quietHours, timeZone);
  const exempt = Object.values(kinds)
    .filter(({ id }) => quietHours === null || !waitsForQuiet(quietHours, id))
    .map(({ id }) => id);
  return {
    statements: [
      saveQuietHours(user, { quietHours: stored, timeZone, now }),
      moveWaiting(user, { quietHours: stored, timeZone, until, exempt, now }),
    ],
    moved: findMoved(user, now),
  };
}

/** To be called after the write. */
export function sendMoved(deps: Deps, moved: readonly Parameters<typeof nudge>[1][number][]): void {
  if (moved.length > 0) nudge(deps, moved);
}
