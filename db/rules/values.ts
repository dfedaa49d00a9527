// The enumerations of columns, for programs too: they have no drizzle.

export const userStatuses = ["active", "suspended"] as const;
export const siteRoles = ["owner", "user-admin", "template-admin", "auditor"] as const;
export const tokenScopes = ["all", "read", "notify"] as const;
/** `pending`, `leased` and `temporary_failure` are alive (`due_at` is set); the others are final. */
export const messageStatuses = [
  "pending",
  "leased",
  "sent",
  "temporary_failure",
  "permanent_failure",
  "inhibited",
] as const;
/** What an attempt counts as: Coder's words where it has them. `inhibited`: the message ended without an attempt. */
export const attemptResults = [
  "success",
  "temp_fail",
  "perm_fail",
  "recipient_refused",
  "inhibited",
] as const;
export type AttemptResult = (typeof attemptResults)[number];
export const attemptOutcomes = ["started", "sent", "temporary_failure", "permanent_failure"] as const;

export const muteThings = ["workspace", "template", "preset", "session"] as const;

export type MuteThing = (typeof muteThings)[number];
export type UserStatus = (typeof userStatuses)[number];
export type SiteRole = (typeof siteRoles)[number];
export type TokenScope = (typeof tokenScopes)[number];
export type MessageStatus = (typeof messageStatuses)[number];
export type AttemptOutcome = (typeof attemptOutcomes)[number];
export interface Action {
  label: string;
  url: string;
}

/** The system user who owns prebuilt workspaces until they are claimed, with Coder's id. */
export const prebuildsUser = { id: "c42fdf75-3097-471c-8c33-fb52454d81c0", username: "prebuilds" } as const;
/** The system user whose messages go to receivers: a name that nobody can choose. */
export const everybodyUser = {
  id: "01940000-0000-7000-8000-0000000e0e0e",
  username: "(everybody)",
} as const;
export const prebuildStatuses = ["normal", "hard_limited", "validation_failed"] as const;
export const transitions = ["start", "stop", "delete"] as const;
/** Coder's job states. */
export const buildStatuses = ["pending", "running", "succeeded", "failed", "canceling", "canceled"] as const;
export const buildReasons = ["initiator", "autostart", "prebuild", "prebuild_claim"] as const;
export const buildStages = ["none", "create", "claim"] as const;
export const logLevels = ["trace", "debug", "info", "warn", "error"] as const;
export const lifecycleStates = [
  "created",
  "starting",
  "start_timeout",
  "start_error",
  "ready",
  "shutting_down",
  "shutdown_timeout",
  "shutdown_error",
  "off",
] as const;
export const appStates = ["working", "idle", "complete", "failure"] as const;
/** `stale`: it said that it works, and then nothing for long. */
export const agentSessionStates = ["working", "waiting", "done", "failed", "stale"] as const;
export const questionStates = ["open", "answered", "timed_out", "withdrawn"] as const;
/** What a receiver understands. */
export const receiverFormats = [
  "coder",
  "slack",
  "teams",
  "discord",
  "ntfy",
  "pagerduty",
  "alertmanager",
  "json",
] as const;
/** A receiver gets an event once, or a message for each recipient. */
export const receiverRecipients = ["everybody", "each"] as const;
/** From which severity on a receiver gets notifications. */
export const minSeverities = ["info", "warning", "critical"] as const;
/** What sends to a source. */
export const sourceKinds = ["coder"] as const;

export type PrebuildStatus = (typeof prebuildStatuses)[number];
export type Transition = (typeof transitions)[number];
export type BuildStatus = (typeof buildStatuses)[number];
export type BuildReason = (typeof buildReasons)[number];
export type BuildStage = (typeof buildStages)[number];
export type BuildLogLevel = (typeof logLevels)[number];
export type LifecycleState = (typeof lifecycleStates)[number];
export type AppState = (typeof appStates)[number];
export type AgentSessionState = (typeof agentSessionStates)[number];
export type QuestionState = (typeof questionStates)[number];
export type ReceiverFormat = (typeof receiverFormats)[number];
export type ReceiverRecipients = (typeof receiverRecipients)[number];
export type MinSeverity = (typeof minSeverities)[number];
export type SourceKind = (typeof sourceKinds)[number];
