// The live inbox, held by this process, or by a Durable Object.
import { openEvents, type EventsHolder } from "../api/inbox-events.ts";
import { openFrames } from "../api/inbox-watch.ts";
import type { Deps } from "../kernel/deps.ts";
import type { InboxWatch } from "../kernel/ports.ts";
import { createPageFormat } from "../pages/inbox-live.ts";
import type { OwnProcess } from "./process.ts";

/** Who holds the live inbox, with what that takes. */
export const holderOf = ({
  db,
  log,
  now,
  process,
}: Pick<Deps, "db" | "log" | "now"> & { process: OwnProcess }): EventsHolder => ({
  db,
  log,
  hub: process.hub,
  stopping: process.stopping,
  pageFormat: createPageFormat({ now, rendered: process.rendered }),
});

export async function watchHere(
  holder: EventsHolder,
  openSocket: Deps["openSocket"],
  { as, ...watch }: InboxWatch,
): Promise<Response> {
  return as.way === "events"
    ? openEvents(holder, { ...watch, as })
    : openSocket(await openFrames(holder, { ...watch, as }));
}
