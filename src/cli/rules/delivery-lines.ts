// Deliveries as lines for a terminal: one line each for the log and for a test, and all details of one.
import { type Question, reasonWords } from "../../notifications/outbox/rules/reasons.ts";
import { shortId } from "./names.ts";
import { plainLine } from "./text.ts";
import { ageWords, durationWords } from "./time.ts";

export interface ShownMessage {
  id: string;
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

export type ToldMessage = ShownMessage & { attempts: ShownAttempt[] };

/** Words of the command line for the API's statuses. */
export const statusNames = {
  waiting: "pending",
  sending: "leased",
  sent: "sent",
  retrying: "temporary_failure",
  failed: "permanent_failure",
  "not-sent": "inhibited",
} as const;
export type Status = (typeof statusNames)[keyof typeof statusNames];

/** Takes the API's own words too. */
export function readStatus(text: string): Status | undefined {
  const statuses = Object.entries(statusNames);
  return statuses.find(([name, status]) => name === text || status === text)?.[1];
}

export const statusWord = (status: string): string =>
  Object.entries(statusNames).find(([, known]) => known === status)?.[0] ?? status;

export const logHeadings = ["WHEN", "STATUS", "WAY", "USER", "NOTIFICATION", "ID", "WHAT CAME BACK"];

export const logRow = (message: ShownMessage, now: number): string[] => [
  ageWords(message.created_at, now),
  statusWord(message.status),
  message.method,
  message.user.username,
  message.template.name,
  shortId(message.id),
  message.status === "inhibited" ? answersTo("not", message).join("; ") : answerOf(message),
];

/** Mail says in its answers where it went, which stands beside them already. */
function answerOf({ target, last_answer: answer }: Pick<ShownMessage, "target" | "last_answer">): string {
  if (answer === null) return "";
  return target !== null && answer.startsWith(`${target} `) ? answer.slice(target.length + 1) : answer;
}

const answersTo = (question: Question, { reasons }: ShownMessage): string[] =>
  reasons
    .map(reasonWords)
    .filter((reason) => reason.question === question)
    .map(({ words }) => words);

const placeOf = ({ method, target }: ShownMessage) => [method, target].filter(Boolean).join(" ");

/** Milliseconds as long as they say more than seconds. */
const took = (milliseconds: number) =>
  milliseconds < 1_000 ? `${milliseconds} ms` : durationWords(milliseconds);

/** No more comes of it, or what comes later can't be waited for. */
export const isOver = ({ status, attempt_count }: ShownMessage): boolean =>
  !["pending", "leased", "temporary_failure"].includes(status) ||
  (status === "temporary_failure" && attempt_count > 0);

/** `webhook hooks.example.com  sent, answered 204 after 35 ms` */
export function resultLine(message: ToldMessage): string {
  return plainLine(placeOf(message)) + "  " + plainLine(resultWords(message));
}

function resultWords(message: ToldMessage): string {
  const last = message.attempts.at(-1);
  const time = last?.duration_ms == null ? undefined : took(last.duration_ms);
  const answer = answerOf(message);
  if (message.status === "inhibited") return `not sent: ${answersTo("not", message).join("; ")}`;
  if (message.status === "sent") {
    if (message.method === "inbox" || answer === "") return "sent";
    return `sent, ${answer}${time === undefined ? "" : ` after ${time}`}`;
  }
  const next =
    message.next_try_at === null
      ? undefined
      : `next try in ${durationWords(Date.parse(message.next_try_at) - Date.parse(message.updated_at))}`;
  const notes = [time === undefined ? undefined : `after ${time}`, next].filter((note) => note !== undefined);
  return `${answer === "" ? "failed" : answer}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}

export interface StoryOptions {
  paused: boolean;
  /** The name of whoever made it: a user's, or that of a part of Belfry. */
  madeBy: string;
  now: number;
  bold: (text: string) => string;
}

const endings: Record<string, string> = {
  pending: "it waits to be sent",
  leased: "it is being sent",
  sent: "it was sent",
  temporary_failure: "it has failed and is tried again",
  permanent_failure: "it has failed for good",
  inhibited: "it was not sent",
};

/** Why it went to this person by this way, or why not; each try; and what comes next. */
export function storyLines(message: ToldMessage, options: StoryOptions): string[] {
  const { user, template, status } = message;
  const heading = `${template.name} to ${user.username} by ${placeOf(message)}: ${endings[status] ?? status}`;
  const section = (title: string, lines: string[]) =>
    lines.length === 0 ? [] : ["", options.bold(title), ...lines.map((line) => `  ${plainLine(line)}`)];
  const sentences = (question: Question) => answersTo(question, message).map((words) => `${words}.`);
  return [
    options.bold(plainLine(heading)),
    plainLine(
      `Made ${timeWords(message.created_at)} by ${options.madeBy} from version ${template.version} of its text`,
    ),
    `Message ${message.id}`,
    ...section(`Why ${plainLine(user.username)}?`, sentences("who")),
    ...section(`Why by ${message.method}?`, sentences("way")),
    ...section(status === "inhibited" ? "Why not?" : "What stood in the way?", sentences("not")),
    ...section("Tries", tryLines(message)),
    ...section("What now?", nextLines(message, options)),
  ];
}

function tryLines(message: ToldMessage): string[] {
  if (message.attempts.length === 0 && message.status === "sent")
    return ["None was needed: it lay in the inbox at once."];
  return message.attempts.map(({ number, started_at, duration_ms, outcome, answer }) => {
    const isGoingOn =
      outcome === "started" && message.status === "leased" && number === message.attempt_count;
    const words = isGoingOn
      ? "under way"
      : outcome === "started"
        ? "cut off before it ended"
        : answerOf({ target: message.target, last_answer: answer });
    const time = duration_ms === null ? "" : `, ${took(duration_ms)}`;
    return `${number}. ${timeWords(started_at)}${time}: ${outcome === "sent" ? "sent, " : ""}${words}`;
  });
}

function nextLines(message: ToldMessage, { paused, now }: StoryOptions): string[] {
  const { status, next_try_at: next } = message;
  if (status === "permanent_failure")
    return [`To send it once more: belfry notifications retry ${shortId(message.id)}`];
  if (next === null) return [];
  if (status === "leased") return ["A try is under way. If it is cut off, the next one comes by itself."];
  if (paused) return ["Notifications are paused. To let them out: belfry notifications resume"];
  const wait = Date.parse(next) - now;
  if (wait <= 0) return ["It goes out at the next pass."];
  if (status === "pending")
    return [`It goes out at ${timeWords(next)}, in ${durationWords(wait)}, if it still holds then.`];
  return [`The next try comes at ${timeWords(next)}, in ${durationWords(wait)}.`];
}

/** `2026-11-21 10:00:00 UTC` */
export const timeWords = (time: string): string =>
  `${new Date(time).toISOString().slice(0, 19).replace("T", " ")} UTC`;
