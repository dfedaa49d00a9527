// The live inbox, held by this process.
import { openEvents, type EventsHolder } from "../api/inbox-events.ts";
import { openFrames } from "../api/inbox-watch.ts";
import type { Deps } from "../kernel/deps.ts";
import type { InboxWatch } from "../kernel/ports.ts";
import { createPageFormat } from "../pages/inbox-live.ts";
import type { OwnProcess } from "./process.ts";

/** Who holds the live inbox, with what that takes. */
export const inboxHolder = ({
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

/** The live inbox, from this process. */
export const createWatch =
  (holder: EventsHolder, accept: Deps["openSocket"]) =>
  async ({ as, ...watch }: InboxWatch): Promise<Response> =>
    as.way === "events"
      ? openEvents(holder, { ...watch, as })
      : accept(await openFrames(holder, { ...watch, as }));
