// Whether a prebuilt workspace can be claimed, and in words why not: every agent of it must have reported ready.
import type { Agent, Prebuild } from "./snapshot.ts";

/** One without agents is never ready: nothing would tell. */
export const isReady = ({ agents }: Pick<Prebuild, "agents">): boolean =>
  agents.length > 0 && agents.every(({ lifecycleState }) => lifecycleState === "ready");

/** Null for one that is ready. */
export function whyNotReady({ agents }: Pick<Prebuild, "agents">, now: number): string | null {
  if (agents.length === 0) return "it has no agent that could report ready";
  const waiting = agents.find(({ lifecycleState }) => lifecycleState !== "ready");
  return waiting === undefined ? null : wordsFor(waiting, now);
}

function wordsFor({ name, lifecycleState, lifecycleChangedAt, createdAt }: Agent, now: number): string {
  const since = span(now - (lifecycleChangedAt ?? createdAt));
  switch (lifecycleState) {
    case "start_timeout":
      return `agent ${name} has not reported ready; its start script has run out of time ${since} ago`;
    case "start_error":
      return `the start script of agent ${name} has failed ${since} ago`;
    case "shutting_down":
    case "shutdown_timeout":
    case "shutdown_error":
    case "off":
      return `agent ${name} has been shut down ${since} ago`;
    default:
      return `agent ${name} has not reported ready for ${since}`;
  }
}

const units: [size: number, name: string][] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
];

/** Milliseconds in the largest unit that they fill, rounded down: `4 min`. */
export function span(milliseconds: number): string {
  const [size, name] = units.find(([size]) => milliseconds >= size) ?? [1_000, "s"];
  return `${Math.max(0, Math.floor(milliseconds / size))} ${name}`;
}
