// Coder's metrics beside Belfry's.
import { absent, better, same, type Row } from "./row.ts";

const pool = "coderd_prebuilt_workspaces_";
const total = "stored in the database: correct across restarts and instances";

export const metrics: Row[] = [
  better(
    "coderd_notifications_dispatch_attempts_total",
    "stored in the database, like every total: correct across restarts and instances",
  ),
  same("coderd_notifications_retry_count"),
  better(
    "coderd_notifications_queued_seconds",
    "the time that a message waited; Coder's is 0 for a first attempt",
  ),
  same("coderd_notifications_dispatcher_send_seconds"),
  same("coderd_notifications_inflight_dispatches"),
  absent("coderd_notifications_pending_updates", "results are written as they come"),
  absent("coderd_notifications_synced_updates_total", "results are written as they come"),
  better(
    `${pool}resource_replacements_total`,
    "counted in the write that completes the claim; Coder's restarts at 0",
  ),
  better(`${pool}created_total`, total),
  better(`${pool}failed_total`, total),
  better(`${pool}claimed_total`, total),
  same(`${pool}desired`),
  same(`${pool}running`),
  same(`${pool}eligible`),
  same(`${pool}preset_hard_limited`),
  same(`${pool}metrics_last_updated`),
  same(`${pool}reconciliation_paused`),
  better("coderd_api_requests_processed_total", "pages too; `instance_id` tells instances apart"),
  better("coderd_api_request_latencies_seconds", "pages too; `instance_id` tells instances apart"),
  absent("coderd_api_concurrent_requests", "`belfry_http_requests_in_flight`, not by route"),
  better("coderd_workspace_creation_duration_seconds", "counted in the write that completes the build"),
  better("coderd_prebuilt_workspace_claim_duration_seconds", "counted in the write that completes the claim"),
];
