// The checks of delivery: failing and pending messages, receivers, and users.
import { fail, ok, warn, type Finding } from "../../../kernel/rules/finding.ts";
import { formatPeriod } from "./finding.ts";

export interface FailingMessages {
  method: string;
  status: "temporary_failure" | "permanent_failure";
  count: number;
  /** Milliseconds since the latest of them. */
  age: number;
  /** The response to the latest attempt. */
  answer: string | null;
}

export const checkGone = (check: string, receiver: string): Finding =>
  fail(
    check,
    `${receiver} answered 410 Gone: it is disabled.`,
    "Set another address. If it is back, run belfry notifications test: a test that it accepts enables it again.",
  );

/** A permanent failure is reported for a day. */
export function checkFailing(
  check: string,
  failing: readonly FailingMessages[],
  adviceFor: (answer: string) => string,
): Finding[] {
  return failing.map(({ status, count, age, answer }) => {
    const messages = count === 1 ? "1 message" : `${count} messages`;
    const outcome =
      status === "temporary_failure" ? "failed and will be retried" : "failed permanently within a day";
    return fail(
      check,
      `${messages} ${outcome}; latest ${formatPeriod(age)} ago: ${answer ?? "no response"}`,
      adviceFor(answer ?? ""),
    );
  });
}

export interface ReceiverFacts {
  name: string;
  isFailing: boolean;
  /** The response of the latest failure. */
  answer: string | null;
  /** What it answered when Belfry disabled it. */
  disabledBecause: string | null;
}

/** Of the receivers that owners manage: each that gets nothing. */
export function checkReceivers(receivers: readonly ReceiverFacts[]): Finding[] {
  const findings = receivers.flatMap(({ name, isFailing, answer, disabledBecause }) => {
    if (disabledBecause !== null)
      return [
        fail(
          "receivers",
          `${name} is disabled: it ${disabledBecause}`,
          `Give it its new address: belfry receivers update ${name} --address URL --enable`,
        ),
      ];
    if (!isFailing) return [];
    return [
      fail(
        "receivers",
        `${name} is failing: ${answer ?? "no response"}`,
        `Test it: belfry receivers test ${name}. Once it accepts a test, it gets what waits.`,
      ),
    ];
  });
  if (findings.length > 0 || receivers.length === 0) return findings;
  return [ok("receivers", receivers.length === 1 ? "1 works" : `${receivers.length} work`)];
}

export interface OutboxFacts {
  /** Pending messages of all channels. */
  waiting: number;
  /** Milliseconds since the oldest is due. */
  oldest: number;
  isPaused: boolean;
}

const stuckAfterMs = 300_000;

export function checkOutbox({ waiting, oldest, isPaused }: OutboxFacts): Finding {
  const message = `${waiting === 1 ? "1 message" : `${waiting} messages`} pending, the oldest for ${formatPeriod(oldest)}`;
  if (isPaused)
    return warn(
      "messages",
      `Notifications are paused${waiting === 0 ? "" : `; ${message}`}.`,
      "Resume: belfry notifications resume",
    );
  if (waiting === 0) return ok("messages", "none pending");
  return oldest > stuckAfterMs
    ? fail("messages", message, "List them with their responses: belfry notifications list --all")
    : ok("messages", message);
}

export interface PeopleFacts {
  users: number;
  owners: number;
  templateAdmins: number;
  accessUrl: string;
}

export function checkPeople({ users, owners, templateAdmins, accessUrl }: PeopleFacts): Finding {
  if (users === 0)
    return warn(
      "people",
      "No users yet.",
      `Open ${accessUrl} and create the first user; from another machine this needs the setup code that the server, or \`npm run db:migrate\`, printed.`,
    );
  if (owners === 0)
    return fail(
      "people",
      "No active owner: nobody can administer Belfry.",
      "Restore an earlier backup: belfry admin restore FILE",
    );
  if (templateAdmins === 0)
    return warn(
      "people",
      `${users} ${users === 1 ? "user" : "users"}, no template admin: owners get the notifications for template admins.`,
      "Assign the role: belfry users roles NAME template-admin",
    );
  return ok(
    "people",
    `${users} ${users === 1 ? "user" : "users"}, ${owners} ${owners === 1 ? "owner" : "owners"}`,
  );
}
