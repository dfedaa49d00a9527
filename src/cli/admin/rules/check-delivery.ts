// What the facts about mail, the webhook, the messages, the people and the running server mean to an operator.
import { fail, type Finding, ok, warn } from "../../../kernel/rules/finding.ts";
import { timeWords } from "./finding.ts";

export interface FailingMessages {
  method: "inbox" | "webhook" | "smtp";
  status: "temporary_failure" | "permanent_failure";
  count: number;
  /** Milliseconds since the latest of them. */
  age: number;
  /** What the latest try brought back. */
  answer: string | null;
}

export interface MailFacts {
  /** `host:port`; null when mail is not set up. */
  place: string | null;
  /** The sender's address. */
  from: string;
  /** What the server said to the sender in a session that was opened now; null when it was not asked. */
  answer: string | null;
  /** Why that session failed; null when it went well. */
  problem: string | null;
  failing: FailingMessages[];
}

export function judgeMail({ place, from, answer, problem, failing }: MailFacts): Finding[] {
  if (place === null) {
    return [
      warn(
        "mail",
        "It is not set up: nobody who forgets their password gets a code for a new one.",
        "Set BELFRY_EMAIL_SMARTHOST and BELFRY_EMAIL_FROM; until then: belfry admin reset-password EMAIL",
      ),
    ];
  }
  const session =
    problem === null
      ? ok(
          "mail",
          `${place} answers and lets Belfry in${answer === null ? "" : `; to mail from ${from} it says: ${answer}`}`,
        )
      : fail("mail", `${place}: ${problem}`, mailAdvice(problem));
  return [
    session,
    ...judgeFailing(
      "mail",
      failing.filter(({ method }) => method === "smtp"),
      mailAdvice,
    ),
  ];
}

function mailAdvice(answer: string): string {
  if (/check BELFRY_EMAIL_FROM/.test(answer))
    return "Set BELFRY_EMAIL_FROM to an address that the account may send from, or verify that address at the provider.";
  if (/\b53[045]\b|authentication|AUTH/.test(answer))
    return "Check BELFRY_EMAIL_AUTH_USERNAME and BELFRY_EMAIL_AUTH_PASSWORD; some providers want an app password.";
  if (/refused|no connection|no such host|no way|dropped|looked up/.test(answer))
    return "Is the mail server up, and reached from here? Check BELFRY_EMAIL_SMARTHOST (host and port) and the firewall.";
  if (/certificate|TLS/i.test(answer))
    return "Check BELFRY_EMAIL_TLS_STARTTLS, BELFRY_EMAIL_FORCE_TLS and the certificate's name and authority.";
  return "Look into the mail server's log; then send one more: belfry notifications test --wait";
}

export interface WebhookFacts {
  /** Its host; null when there is none. */
  host: string | null;
  isSigned: boolean;
  /** It has answered 410 Gone. */
  isGone: boolean;
  /** Of a HEAD request now. */
  reached: { ok: true; status: number; milliseconds: number } | { ok: false; problem: string } | null;
  failing: FailingMessages[];
}

/** Milliseconds after which an answer counts as slow. */
const slow = 2_000;

export function judgeWebhook({ host, isSigned, isGone, reached, failing }: WebhookFacts): Finding[] {
  if (host === null) return [ok("webhook", "not set up (BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT)")];
  const failures = judgeFailing(
    "webhook",
    failing.filter(({ method }) => method === "webhook"),
    webhookAdvice,
  );
  if (isGone) {
    const words = `${host} has answered 410 Gone: it is switched off and gets nothing more.`;
    const advice =
      "Set another address, or, once it is back, send belfry notifications test: one that it accepts switches it on again.";
    return [fail("webhook", words, advice), ...failures];
  }
  return [...judgeReached(host, reached), ...failures, ...judgeSigning(host, isSigned)];
}

function judgeReached(host: string, reached: WebhookFacts["reached"]): Finding[] {
  if (reached === null) return [];
  if (!reached.ok) {
    const advice = "Is the receiver up, and reached from here? Check BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT.";
    return [fail("webhook", `${host}: ${reached.problem}`, advice)];
  }
  const { status, milliseconds } = reached;
  const words = `${host} answers (${status} to HEAD) in ${milliseconds} ms`;
  if (status >= 500) return [warn("webhook", words, webhookAdvice(`answered ${status}`))];
  if (milliseconds > slow) return [warn("webhook", words, webhookAdvice("no answer in time"))];
  return [ok("webhook", words)];
}

const judgeSigning = (host: string, isSigned: boolean): Finding[] =>
  isSigned
    ? []
    : [
        warn(
          "webhook",
          `What ${host} gets is not signed: it can't tell Belfry from others.`,
          'Set BELFRY_NOTIFICATIONS_WEBHOOK_SECRET="whsec_$(openssl rand -base64 32)", and check it there.',
        ),
      ];

function webhookAdvice(answer: string): string {
  if (/no answer in time/.test(answer))
    return "The receiver is slow. It should answer first and work afterwards; it has BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT.";
  if (/answered 5\d\d/.test(answer)) return "The receiver itself fails: its own log says why.";
  if (/answered 4(01|03)/.test(answer))
    return "The receiver doesn't let Belfry in: check BELFRY_NOTIFICATIONS_WEBHOOK_SECRET, and the name and password in BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT.";
  if (/answered (3\d\d|404|405|410)/.test(answer))
    return "The address is not the right one: check BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT.";
  return "Is the receiver up, and reached from here? Check BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT.";
}

/** What is given up is a failure for a day; then it is history. */
function judgeFailing(
  check: string,
  failing: FailingMessages[],
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
