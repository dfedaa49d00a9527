// Where no process lives between two ticks, an alarm may: it is asked for what is due before the next tick. Nothing depends on
// it, because the tick finds whatever is due.
import type { Deps } from "../../kernel/deps.ts";

export function requestAlarm({ process, config, now }: Deps, at: number): void {
  if (process.alarm !== null && at < now() + config.notifications.fetchInterval) process.alarm(at);
}
