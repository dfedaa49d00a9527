// What a pass can do about a pool, and why.
import type { PermanentFailure, Pool } from "./snapshot.ts";

/** A workspace as it was seen: it is only touched while `buildId` is still its latest build. */
export interface Target {
  workspaceId: string;
  name: string;
  buildId: string;
}

interface Common {
  pool: Pool;
  /** A sentence without its full stop. */
  reason: string;
}
/** The first four change workspaces, the marks the preset; the others say why nothing happens. */
export type Action = Common &
  (
    | { kind: "create"; count: number }
    | { kind: "delete"; why: "outdated" | "expired" | "extraneous"; targets: Target[] }
    | { kind: "cancel"; targets: Target[] }
    | { kind: "mark_hard_limited"; failed: number }
    | {
        kind: "mark_validation_failed";
        missing: string[];
        invalid: Pool["invalidParameters"];
        failure: PermanentFailure | null;
      }
    | { kind: "mark_normal" }
    | { kind: "backoff"; until: number }
    | { kind: "suppress"; count: number }
    | { kind: "wait"; count: number }
  );
