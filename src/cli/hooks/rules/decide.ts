// Which report a hook sends, from what it says and what was reported before. Most hooks send none: a tool call changes
// nothing while the agent works.
import { maxTitleBytes, type ReportedState } from "../../../agent-sessions/rules/report.ts";
import { cutToBytes } from "../../../kernel/rules/text.ts";
import { plain, plainLine } from "../../rules/text.ts";
import type { HookInput, Sign } from "./sign.ts";

export interface Report {
  state: ReportedState;
  title: string;
  message: string;
}

/** What is kept between the hooks of a session. */
export interface Memory extends Report {
  /** While it waits for a permission or an answer: the sub-agent that asked, or "" for the agent itself. */
  asker?: string | undefined;
  /** When the server was last told. */
  reportedAt: number;
  /** When a report last failed; undefined after one that arrived. */
  failedAt?: number | undefined;
}

export interface Decision {
  report: Report | undefined;
  /** To be kept once the report has arrived; undefined: the session is over, nothing is kept. */
  memory: Memory | undefined;
}

/** A notification shows less; Belfry takes 2,000. */
const maxMessageBytes = 1_000;
/** A session that works is stale after 30 minutes without a report. */
const signOfLifeMs = 5 * 60_000;
/** After a failed report, how long tool calls don't wait for another. */
const pauseMs = 30_000;

export function decide(before: Memory | undefined, { folder, sign }: HookInput, now: number): Decision {
  const next = nextReport(before, sign, folder);
  if (next === undefined) return { report: undefined, memory: before };
  const { asker, ...report } = next;
  const memory = { ...report, asker, reportedAt: now };
  if (!isDue(before, next, sign.kind, now)) return { report: undefined, memory: before };
  return { report, memory: sign.kind === "ended" ? undefined : memory };
}

/** What is kept of a report that didn't arrive: the server still has the one before. */
export const afterFailure = (before: Memory | undefined, report: Report, now: number): Memory => ({
  state: before?.state ?? report.state,
  title: report.title,
  message: before?.message ?? "",
  asker: before?.asker,
  reportedAt: now,
  failedAt: now,
});

function isDue(before: Memory | undefined, next: Report, kind: Sign["kind"], now: number): boolean {
  if (before === undefined) return true;
  if (before.failedAt !== undefined) return kind !== "tool" || now - before.failedAt >= pauseMs;
  if (before.state !== next.state || before.title !== next.title || before.message !== next.message)
    return true;
  return next.state === "working" && now - before.reportedAt >= signOfLifeMs;
}

type Next = Report & { asker?: string | undefined };

function nextReport(before: Memory | undefined, sign: Sign, folder: string): Next | undefined {
  const title = before?.title ?? titleOf(folder);
  switch (sign.kind) {
    case "prompt":
      return { state: "working", title: titleOf(sign.text) || title, message: "" };
    case "tool":
      return mayGoOn(before, sign.by) ? { state: "working", title, message: "" } : undefined;
    case "asks":
      // A hook that said what for has come before it.
      if (sign.isGeneric === true && before?.asker !== undefined) return undefined;
      return { state: "waiting", title, message: messageOf(sign.text), asker: sign.by ?? "" };
    case "idle":
      // Who has been told that it is done knows that it waits.
      if (before !== undefined && before.state !== "working") return undefined;
      return { state: "waiting", title, message: messageOf(sign.text) };
    case "stopped":
      return { state: "done", title, message: messageOf(sign.text) };
    case "failed":
      return { state: "failed", title, message: messageOf(sign.text) };
    case "ended":
      if (before?.state !== "working" && before?.state !== "waiting") return undefined;
      return { state: "done", title, message: "The session has ended." };
    case "nothing":
      return undefined;
  }
}

/** A sub-agent matters only if it waits for a person; what others do meanwhile is no answer to it. */
function mayGoOn(before: Memory | undefined, by: string | undefined): boolean {
  const asker = before?.asker ?? "";
  return asker === (by ?? "") && (by === undefined || before?.asker !== undefined);
}

/** The first line of a prompt, or the name of a folder. */
function titleOf(text: string): string {
  const line = text.split("\n").map(plainLine).find(Boolean) ?? "";
  const name = /^(\/|[A-Za-z]:\\)\S*$/.test(line) ? line.split(/[/\\]/).findLast(Boolean) : undefined;
  return cutToBytes(name ?? line, maxTitleBytes);
}

const messageOf = (text: string): string => cutToBytes(plain(text).trim(), maxMessageBytes);
