// Which states are good news and which are bad: of workspaces, builds, agents, apps, pools, claims and accounts.

const bad = new Set([
  "failed",
  "failure",
  "suspended",
  "deprecated",
  "hard_limited",
  "validation_failed",
  "start_timeout",
  "start_error",
  "shutdown_timeout",
  "shutdown_error",
  "drifts",
]);
const good = new Set(["running", "succeeded", "ready", "complete", "active", "no_drift"]);

/** Undefined for what is neither: it goes on, or it is at rest. */
export const kindOf = (word: string): "good" | "bad" | undefined =>
  bad.has(word) ? "bad" : good.has(word) ? "good" : undefined;
