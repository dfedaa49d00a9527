// Deliveries as lines for a terminal: one line each for the log and for a test, and all details of one.
import { type Question, describeReason } from "../../notifications/outbox/rules/reasons.ts";
import { shortId } from "./names.ts";
import { plainLine } from "./text.ts";
import { formatAge, formatDuration } from "./time.ts";

export interface ShownMessage {
  id: string;
  event_id: string;
  template: { name: string; version: number };
  user: { id: string; username: string };
  method: string;
  target: string | null;
  status: string;
  reasons: string[];
  attempt_count: number;
  last_answer: string | null;
  next_try_at: string | null;
  created_by: string;
  created_at: string;
  updated_at: string;
}

export interface ShownAttempt {
  number: number;
  started_at: string;
  duration_ms: number | null;
  outcome: string;
  answer: string | null;
}

export type MessageDetails = ShownMessage & { attempts: ShownAttempt[] };

/** The statuses of the API by their names on the command line. */
export const statusNames = {
  pending: "pending",
  sending: "leased",
  sent: "sent",
  retrying: "temporary_failure",
  failed: "permanent_failure",
  "not-sent": "inhibited",
} as const;
export type Status = (typeof statusNames)[keyof typeof statusNames];

/** Accepts the API's own names too. */
export function readStatus(text: string): Status | undefined {
  const statuses = Object.entries(statusNames);
  return statuses.find(([name, status]) => name === text || status === text)?.[1];
}

export const statusName = (status: string): string =>
  Object.entries(statusNames).find(([, known]) => known === status)?.[0] ?? status;

export const logHeadings = ["CREATED", "STATUS", "CHANNEL", "USER", "NOTIFICATION", "ID", "RESPONSE"];

export const logRow = (message: ShownMessage, now: number): string[] => [
  formatAge(message.created_at, now),
  statusName(message.status),
  message.method === "receiver" ? channelOf(message) : message.method,
  message.user.username,
  message.template.name,
  shortId(message.id),
  message.status === "inhibited" ? reasonsFor("not", message).join("; ") : answerOf(message),
];

/** A mail server's response begins with the target, which is shown already. */
function answerOf({ target, last_answer: answer }: Pick<ShownMessage, "target" | "last_answer">): string {
  if (answer === null) return "";
  return target !== null && answer.startsWith(`${target} `) ? answer.slice(target.length + 1) : answer;
}

const reasonsFor = (question: Question, { reasons }: ShownMessage): string[] =>
  reasons
    .map(describeReason)
    .filter((reason) => reason.question === question)
    .map(({ text }) => text);

const channelOf = ({ method, target }: ShownMessage) => [method, target].filter(Boolean).join(" ");

const formatAttemptTime = (milliseconds: number) =>
  milliseconds < 1_000 ? `${milliseconds} ms` : formatDuration(milliseconds);

/** Whether there is a result. A retry is not awaited: it comes too late. */
export const isOver = ({ status, attempt_count }: ShownMessage): boolean =>
  !["pending", "leased", "temporary_failure"].includes(status) ||
  (status === "temporary_failure" && attempt_count > 0);

/** `webhook hooks.example.com  sent: answered 204 (35 ms)` */
export function resultLine(message: MessageDetails): string {
  return plainLine(channelOf(message)) + "  " + plainLine(describeResult(message));
}

function describeResult(message: MessageDetails): string {
  if (message.status === "inhibited") return `not sent: ${reasonsFor("not", message).join("; ")}`;
  const isSent = message.status === "sent";
  const answer = answerOf(message);
  const result = [isSent ? "sent" : "failed", answer].filter((part) => part !== "").join(": ");
  const last = message.attempts.at(-1);
  const isTimed = last?.duration_ms != null && message.method !== "inbox" && (!isSent || answer !== "");
  const next =
    isSent || message.next_try_at === null
      ? undefined
      : `next attempt in ${formatDuration(Date.parse(message.next_try_at) - Date.parse(message.updated_at))}`;
  const notes = [isTimed ? formatAttemptTime(last.duration_ms!) : undefined, next].filter(
    (note) => note !== undefined,
  );
  return notes.length === 0 ? result : `${result} (${notes.join(", ")})`;
}

export interface DetailOptions {
  paused: boolean;
  /** A username, or the component of Belfry. */
  createdBy: string;
  now: number;
  bold: (text: string) => string;
}

const outcomes: Record<string, string> = {
  pending: "pending",
  leased: "sending",
  sent: "sent",
  temporary_failure: "failed, will be retried",
  permanent_failure: "failed permanently",
  inhibited: "not sent",
};

const notTitles: Partial<Record<string, string>> = { inhibited: "Why not sent", sent: "Notes" };

/** Why this recipient and this channel, or why not; every attempt; and what comes next. */
export function detailLines(message: MessageDetails, options: DetailOptions): string[] {
  const { user, template, status } = message;
  const heading = `${template.name} to ${user.username}, ${channelOf(message)}: ${outcomes[status] ?? status}`;
  const section = (title: string, lines: string[]) =>
    lines.length === 0 ? [] : ["", options.bold(title), ...lines.map((line) => `  ${plainLine(line)}`)];
  const reasons = (question: Question) => reasonsFor(question, message).map((reason) => `${reason}.`);
  return [
    options.bold(plainLine(heading)),
    plainLine(
      `Created ${formatTime(message.created_at)} by ${options.createdBy}, template version ${template.version}`,
    ),
    `Delivery ${message.id}, event ${message.event_id}`,
    ...section("Why this recipient", reasons("who")),
    ...section("Why this channel", reasons("channel")),
    ...section(notTitles[status] ?? "Problems", reasons("not")),
    ...section("Attempts", attemptLines(message)),
    ...section("Next step", nextLines(message, options)),
  ];
}

function attemptLines(message: MessageDetails): string[] {
  if (message.attempts.length === 0 && message.status === "sent")
    return ["None needed: it was written to the inbox directly."];
  return message.attempts.map(({ number, started_at, duration_ms, outcome, answer }) => {
    const isRunning =
      outcome === "started" && message.status === "leased" && number === message.attempt_count;
    const result = isRunning
      ? "in progress"
      : outcome === "started"
        ? "interrupted"
        : answerOf({ target: message.target, last_answer: answer });
    const time = duration_ms === null ? "" : `, ${formatAttemptTime(duration_ms)}`;
    return `${number}. ${formatTime(started_at)}${time}: ${outcome === "sent" ? "sent, " : ""}${result}`;
  });
}

function nextLines(message: MessageDetails, { paused, now }: DetailOptions): string[] {
  const { status, next_try_at: next } = message;
  if (status === "permanent_failure")
    return [`Send it again: belfry notifications retry ${shortId(message.id)}`];
  if (next === null) return [];
  if (status === "leased") return ["An attempt is in progress. If it is interrupted, Belfry retries."];
  if (paused) return ["Notifications are paused. Resume: belfry notifications resume"];
  const wait = Date.parse(next) - now;
  if (wait <= 0) return ["It is sent with the next run."];
  if (status === "pending")
    return [`Delayed until ${formatTime(next)}, in ${formatDuration(wait)}; sent then unless withdrawn.`];
  return [`Next attempt at ${formatTime(next)}, in ${formatDuration(wait)}.`];
}

/** `2026-11-21 10:00:00 UTC` */
export const formatTime = (time: string): string =>
  `${new Date(time).toISOString().slice(0, 19).replace("T", " ")} UTC`;
