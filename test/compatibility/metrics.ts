// Coder's metrics beside Belfry's.
import { absent, better, same, type Row } from "./row.ts";

const pool = "coderd_prebuilt_workspaces_";
const total =
  "counted by the database in the write that they count, so right over restarts and over all instances";
const live = "read for each scrape; there as old as 15 s";

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
  better(
    `${pool}resource_replacements_total`,
    "counted in the very write that completes the claim; Coder's begins anew with each start",
  ),
  better(`${pool}created_total`, total),
  better(`${pool}failed_total`, total),
  better(`${pool}claimed_total`, total),
  better(`${pool}desired`, live),
  better(`${pool}running`, live),
  better(`${pool}eligible`, live),
  better(`${pool}preset_hard_limited`, live),
  better(`${pool}metrics_last_updated`, live),
  same(`${pool}reconciliation_paused`),
  better("coderd_workspace_creation_duration_seconds", "counted in the write that completes the build"),
  better("coderd_prebuilt_workspace_claim_duration_seconds", "counted in the write that completes the claim"),
];
