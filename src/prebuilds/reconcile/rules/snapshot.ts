// The snapshot that a run decides by: the state of one moment, read in one batch.
import type { BuildStatus, LifecycleState, PrebuildStatus, Transition } from "../../../../db/schema.ts";

/** A preset with prebuilds. */
export interface Pool {
  /** Older pools have smaller numbers. */
  seq: number;
  presetId: string;
  presetName: string;
  templateId: string;
  templateName: string;
  organizationId: string;
  organizationName: string;
  versionId: string;
  versionName: string;
  hasAiTask: boolean;
  usesActiveVersion: boolean;
  isDeleted: boolean;
  isDeprecated: boolean;
  /** When no schedule applies. */
  desiredInstances: number;
  ttlSeconds: number | null;
  timezone: string | null;
  schedules: { cron: string; instances: number }[];
  status: PrebuildStatus;
  /** When it got its status; null for `normal`. */
  limitedAt: number | null;
  /** The notification event about its status; null for `normal`. */
  limitEventId: string | null;
  /** Template admins know that its workspaces have no agent. */
  isAgentMissing: boolean;
  /** When it was last resumed. */
  forgivenAt: number | null;
  /** Prebuilds created until then are outdated; null: none are. */
  invalidatedAt: number | null;
  /** Required parameters without a value. */
  missingParameters: string[];
  /** Parameters with an invalid value, and why. */
  invalidParameters: { name: string; problem: string }[];
}

export interface Agent {
  name: string;
  lifecycleState: LifecycleState;
  lifecycleChangedAt: number | null;
  createdAt: number;
}

/** A workspace of a pool whose latest build is a start that succeeded. */
export interface Prebuild {
  workspaceId: string;
  name: string;
  presetId: string;
  /** Its latest build. Changes apply only while it still is. */
  buildId: string;
  /** Of the workspace; its age counts from then. */
  createdAt: number;
  agents: Agent[];
}

/** A workspace of a pool whose latest build has not ended. */
export interface Underway {
  workspaceId: string;
  name: string;
  presetId: string;
  buildId: string;
  transition: Transition;
  status: Extract<BuildStatus, "pending" | "running" | "canceling">;
  /** The first build of a workspace that a run created. */
  isCreation: boolean;
}

/** Failed builds that a pool backs off for. */
export interface Failures {
  presetId: string;
  failed: number;
  /** When the latest of them was created. */
  lastBuildAt: number;
}

/** The latest creation of a preset that failed in a way that a retry can't fix. */
export interface PermanentFailure {
  presetId: string;
  buildId: string;
  buildNumber: number;
  workspaceName: string;
  error: string;
}

export interface Snapshot {
  pools: readonly Pool[];
  running: readonly Prebuild[];
  underway: readonly Underway[];
  backoffs: readonly Failures[];
  /** Presets whose latest builds all failed. */
  atLimit: readonly { presetId: string; failed: number }[];
  /** Of presets without a success or a resume since then, and with the same values. */
  permanentFailures: readonly PermanentFailure[];
  /** Presets with a successful build since they reached the limit. */
  recovered: readonly { presetId: string }[];
  /** Prebuild jobs that wait for a provisioner. */
  pending: number;
}

export interface Policy {
  /** Milliseconds for each failed build. */
  backoffInterval: number;
  /** Consecutive failures after which no prebuilds are created; 0: no limit. */
  failureHardLimit: number;
  /** Prebuild jobs that can wait at a time. */
  maxPending: number;
}

/** A failed build among the latest of a pool. */
export interface FailedBuild {
  presetId: string;
  buildId: string;
  buildNumber: number;
  workspaceId: string;
  workspaceName: string;
  error: string;
  errorCode: string | null;
  /** 1 is the preset's latest build; a missing rank did not fail. */
  rank: number;
  createdAt: number;
}
