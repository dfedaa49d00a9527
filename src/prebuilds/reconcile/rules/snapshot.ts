// The snapshot that a run decides by: the state of one moment, read in one batch.
import type { BuildStatus, LifecycleState, PrebuildStatus, Transition } from "../../../../db/schema.ts";

/** A preset that keeps a pool. */
export interface Pool {
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
  /** At times when no schedule holds. */
  desiredInstances: number;
  ttlSeconds: number | null;
  timezone: string | null;
  schedules: { cron: string; instances: number }[];
  status: PrebuildStatus;
  /** Since when it has its status; null for `normal`. */
  limitedAt: number | null;
  /** The event that told of its status; null for `normal`. */
  limitEventId: string | null;
  /** When somebody last resumed it. */
  forgivenAt: number | null;
  /** Its workspaces made until then are outdated; null: none are. */
  invalidatedAt: number | null;
  /** Parameters that its version requires and it gives no value. */
  missingParameters: string[];
  /** Parameters whose value its version doesn't allow, and why. */
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
  /** Its latest build; a change is only made while it still is. */
  buildId: string;
  /** Of the workspace: its age counts from here. */
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
  /** Its first build, made by a pass: nothing exists before it. */
  isCreation: boolean;
}

/** Failed builds that a pool waits for. */
export interface Failures {
  presetId: string;
  failed: number;
  /** When the newest of them was made. */
  lastBuildAt: number;
}

/** A creation that failed in a way that a retry can't fix: the newest one of its preset. */
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
  /** Presets whose newest builds have all failed. */
  atLimit: readonly { presetId: string; failed: number }[];
  /** Of presets that have made no workspace since, were not resumed since and have the same values still. */
  permanentFailures: readonly PermanentFailure[];
  /** Presets that have made a workspace since their limit was told. */
  recovered: readonly { presetId: string }[];
  /** Jobs of pools that nobody has taken yet. */
  pending: number;
}

export interface Policy {
  /** Milliseconds for each failed build. */
  backoffInterval: number;
  /** Failures in a row after which nothing new is made; 0: no limit. */
  failureHardLimit: number;
  /** Jobs of pools that may wait at a time. */
  maxPending: number;
}

/** The newest builds that a pool's failures are shown of. */
export interface FailedBuild {
  presetId: string;
  buildId: string;
  buildNumber: number;
  workspaceId: string;
  workspaceName: string;
  error: string;
  errorCode: string | null;
  /** 1 is the preset's newest build; ranks that are missing have not failed. */
  rank: number;
  createdAt: number;
}
