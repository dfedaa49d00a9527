// What the facts about messages, receivers, people and the running server mean to an operator.
import { fail, ok, warn, type Finding } from "../../../kernel/rules/finding.ts";
import { timeWords } from "./finding.ts";

export interface FailingMessages {
  method: string;
  status: "temporary_failure" | "permanent_failure";
  count: number;
  /** Milliseconds since the latest of them. */
  age: number;
  /** What the latest try brought back. */
  answer: string | null;
}

export const judgeGone = (check: string, receiver: string): Finding =>
  fail(
    check,
    `${receiver} has answered 410 Gone: it is switched off and gets nothing more.`,
    "Set another address, or, once it is back, send belfry notifications test: one that it accepts switches it on again.",
  );

/** What is given up is a failure for a day; then it is history. */
export function judgeFailing(
  check: string,
  failing: readonly FailingMessages[],
  adviceFor: (answer: string) => string,
): Finding[] {
  return failing.map(({ status, count, age, answer }) => {
    const messages = count === 1 ? "1 message" : `${count} messages`;
    const fate = status === "temporary_failure" ? "did not get through yet" : "given up within a day";
    return fail(
      check,
      `${messages} ${fate}; ${timeWords(age)} ago: ${answer ?? "nothing came back"}`,
      adviceFor(answer ?? ""),
    );
  });
}

export interface OutboxFacts {
  /** Messages that wait, of all methods, and for how long the oldest has, in milliseconds. */
  waiting: number;
  oldest: number;
  isPaused: boolean;
}

const stuckAfter = 300_000;

export function judgeOutbox({ waiting, oldest, isPaused }: OutboxFacts): Finding {
  const words = `${waiting === 1 ? "1 message waits" : `${waiting} messages wait`}, the oldest for ${timeWords(oldest)}`;
  if (isPaused)
    return warn(
      "messages",
      `Notifications are held back for everybody${waiting === 0 ? "" : `; ${words}`}.`,
      "Let them go with: belfry notifications resume",
    );
  if (waiting === 0) return ok("messages", "none waits");
  return oldest > stuckAfter
    ? fail("messages", words, "See which and why: belfry notifications list --all")
    : ok("messages", words);
}

export interface PeopleFacts {
  users: number;
  owners: number;
  templateAdmins: number;
  accessUrl: string;
}

export function judgePeople({ users, owners, templateAdmins, accessUrl }: PeopleFacts): Finding {
  if (users === 0)
    return warn(
      "people",
      "Nobody has an account yet.",
      `Open ${accessUrl} and make the first user; from elsewhere with the set-up code that the start printed.`,
    );
  if (owners === 0)
    return fail(
      "people",
      "There is no active owner: nobody can administer Belfry.",
      "Restore a backup from before: belfry admin restore FILE",
    );
  if (templateAdmins === 0)
    return warn(
      "people",
      `${users} ${users === 1 ? "account" : "accounts"}, but nobody is template admin: the owners are told what template admins should be.`,
      "Give somebody the role: belfry users roles NAME template-admin",
    );
  return ok("people", `${users} ${users === 1 ? "account" : "accounts"}, ${owners} of them owner`);
}

export interface ServerFacts {
  accessUrl: string;
  /** What it says of itself; null when nothing answers there. */
  deploymentId: string | null;
  /** Of the database; null when it can't be read. */
  expectedId: string | null;
  problems: string[];
}

export function judgeServer({ accessUrl, deploymentId, expectedId, problems }: ServerFacts): Finding {
  if (deploymentId === null)
    return warn(
      "server",
      `No Belfry answers at ${accessUrl}, where links in messages lead.`,
      "Start it (belfry serve), or set BELFRY_ACCESS_URL to the address that people use.",
    );
  if (expectedId !== null && deploymentId !== expectedId)
    return fail(
      "server",
      `At ${accessUrl} another Belfry answers, with another database.`,
      "Check BELFRY_ACCESS_URL and BELFRY_DATABASE_URL: one of them is another deployment's.",
    );
  if (problems.length > 0)
    return fail(
      "server",
      `${accessUrl} is not ready: ${problems.join(" ")}`,
      "See the findings above, and its log.",
    );
  return ok("server", `${accessUrl} is ready`);
}
