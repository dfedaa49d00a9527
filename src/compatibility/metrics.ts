// Coder's metrics beside Belfry's.
import { absent, better, notYet, same, type Row } from "./row.ts";

const pool = "coderd_prebuilt_workspaces_";

export const metrics: Row[] = [
  better(
    "coderd_notifications_dispatch_attempts_total",
    "right over restarts and over all instances, as every total here: it is kept in the database",
  ),
  same("coderd_notifications_retry_count"),
  better(
    "coderd_notifications_queued_seconds",
    "the time that a message waited; Coder's is 0 for a first try",
  ),
  same("coderd_notifications_dispatcher_send_seconds"),
  same("coderd_notifications_inflight_dispatches"),
  absent("coderd_notifications_pending_updates", "results are written as they come"),
  absent("coderd_notifications_synced_updates_total", "results are written as they come"),
  absent(`${pool}created_total`, notYet),
  absent(`${pool}failed_total`, notYet),
  absent(`${pool}claimed_total`, notYet),
  better(
    `${pool}resource_replacements_total`,
    "counted in the very write that completes the claim; Coder's begins anew with each start",
  ),
  absent(`${pool}desired`, notYet),
  absent(`${pool}running`, notYet),
  absent(`${pool}eligible`, notYet),
  absent(`${pool}preset_hard_limited`, notYet),
  absent(`${pool}metrics_last_updated`, notYet),
  absent(`${pool}reconciliation_paused`, notYet),
];
