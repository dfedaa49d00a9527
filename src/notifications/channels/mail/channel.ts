// The email channel: one message to one recipient by SMTP, as text and as HTML, and a check of the mail server.
import type { Action } from "../../../../db/schema.ts";
import type { MailPool } from "../../../kernel/ports.ts";
import { fail, ok, warn } from "../../../kernel/rules/finding.ts";
import {
  defineChannel,
  type Outcome,
  type OutgoingMessage,
  type ProbeContext,
  type ProbeResult,
} from "../channel.ts";
import { kindTitle } from "../../kinds/kinds.ts";
import { renderMail, type MailContent } from "./content.ts";
import { isAddress, withAsciiDomain, type Mailbox } from "./rules/mailbox.ts";
import { mailVariables, toMailSettings, type MailSettings } from "./settings.ts";
import { hostPort, MailFailure } from "./smtp/connection.ts";
import { buildMail } from "./smtp/message.ts";
import type { Envelope } from "./smtp/transmit.ts";

export const mail = defineChannel({
  id: "smtp",
  label: "Email",
  isLocal: false,
  canBeAdded: true,

  variables: mailVariables,
  needs: ["BELFRY_EMAIL_SMARTHOST", "BELFRY_EMAIL_FROM"],
  toSettings: toMailSettings,
  isOn: () => true,
  timeout: ({ timeout }) => timeout,

  receiver: (settings: MailSettings) => hostPort(settings),
  traits: ({ tls, startTls, from }) => [
    tls || startTls ? "encrypted" : "not encrypted",
    `from ${from.address}`,
  ],
  destination: (email) => (email === undefined ? "by email" : `by email to ${email}`),
  unreachable: ({ email }) => (email === "" ? "no_address" : undefined),

  payload: (message, { from }, { accessUrl, now }) =>
    composeMail({ from, accessUrl }, toMailMessage(message), now()).message,
  send: (message, { from, timeout }, context) => {
    const { mail: pool, accessUrl, now } = context;
    if (pool === null) {
      const detail = "email is not available in this process";
      return Promise.resolve({ kind: "permanent", detail, reason: "not_configured" });
    }
    const timeoutMs = Math.min(timeout, (message.expiresAt ?? Infinity) - now());
    return sendMail(pool, { from, accessUrl }, toMailMessage(message), { now, timeoutMs });
  },
  probe: probeMail,
  advice: mailAdvice,
});

const toMailMessage = (message: OutgoingMessage): MailMessage => ({
  id: message.id,
  to: { name: message.recipient.name, address: message.recipient.email },
  title: message.title,
  body: message.body,
  actions: message.actions,
  kind: { name: kindTitle(message.template.id, message.template.name) },
  reasons: message.reasons,
  unsubscribeUrl: message.unsubscribeUrl,
  oneClick: true,
});

export interface MailSender {
  from: Mailbox;
  /** Without a trailing slash. */
  accessUrl: string;
}

export interface MailMessage {
  id: string;
  to: Mailbox;
  /** Markdown, both. */
  title: string;
  body: string;
  actions: readonly Action[];
  kind: MailContent["kind"];
  reasons: readonly string[];
  /** The page that disables this kind; null for kinds that can't be disabled. */
  unsubscribeUrl: string | null;
  /** Whether a POST to that page unsubscribes (RFC 8058); the header says so only if it is https. */
  oneClick: boolean;
}

export interface MailClock {
  now: () => number;
  /** For the whole attempt, waiting for a free connection included. */
  timeoutMs: number;
}

/** The mail as it is transmitted, with its envelope. `now` in epoch milliseconds. */
export function composeMail(sender: MailSender, message: MailMessage, now: number): Envelope {
  const from = { ...sender.from, address: withAsciiDomain(sender.from.address) };
  const to = { ...message.to, address: withAsciiDomain(message.to.address) };
  const { subject, text, html } = renderMail({
    name: message.to.name,
    title: message.title,
    body: message.body,
    actions: message.actions,
    baseUrl: sender.accessUrl,
    kind: message.kind,
    reasons: message.reasons,
    unsubscribeUrl: message.unsubscribeUrl,
    year: new Date(now).getUTCFullYear(),
  });
  const mail = buildMail({
    from,
    to,
    subject,
    text,
    html,
    date: now,
    id: message.id,
    host: new URL(sender.accessUrl).hostname,
    unsubscribe:
      message.unsubscribeUrl === null
        ? undefined
        : { url: message.unsubscribeUrl, oneClick: message.oneClick },
  });
  return { from: from.address, to: to.address, message: mail };
}

/** One attempt. A refusal of this recipient or message is final; everything else is retried. */
export async function sendMail(
  pool: MailPool,
  sender: MailSender,
  message: MailMessage,
  clock: MailClock,
): Promise<Outcome> {
  if (!isAddress(message.to.address)) {
    return {
      kind: "permanent",
      detail: "the user's email address is invalid",
      reason: "no_address",
    };
  }
  // `AbortSignal.timeout` would be kept until its time, long after a mail that was sent.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), clock.timeoutMs);
  try {
    const response = await pool.send(composeMail(sender, message, clock.now()), late.signal);
    return { kind: "sent", detail: `${pool.hostPort} ${response}` };
  } catch (error) {
    if (!(error instanceof MailFailure)) throw error;
    const { kind, about } = error;
    const reason =
      kind === "permanent" && about === "recipient" ? ({ reason: "recipient_refused" } as const) : {};
    return { kind, about, detail: `${pool.hostPort} ${error.message}`, ...reason };
  } finally {
    clearTimeout(timer);
  }
}

const probeTimeoutMs = 10_000;

/** A session without a message. */
export async function probeMail(
  settings: MailSettings | undefined,
  { mail }: ProbeContext,
): Promise<ProbeResult> {
  if (settings === undefined || mail === null) {
    const problem = "not configured: users who forget their password can't reset it";
    const advice =
      "Set BELFRY_EMAIL_SMARTHOST and BELFRY_EMAIL_FROM. Until then, reset passwords with: belfry admin reset-password EMAIL";
    return { findings: [warn("email", problem, advice)] };
  }
  const { address } = settings.from;
  try {
    const response = await mail.trySender(withAsciiDomain(address), AbortSignal.timeout(probeTimeoutMs));
    const message = `${mail.hostPort} accepts mail from ${address}: ${response}`;
    return { findings: [ok("email", message)] };
  } catch (error) {
    if (!(error instanceof MailFailure)) throw error;
    return { findings: [fail("email", `${mail.hostPort}: ${error.message}`, mailAdvice(error.message))] };
  }
}

/** What to do about a failure. */
export function mailAdvice(answer: string): string {
  if (/check BELFRY_EMAIL_FROM/.test(answer))
    return "Set BELFRY_EMAIL_FROM to an address that the account is allowed to send from, or verify that address with the provider.";
  if (/\b53[045]\b|authentication|AUTH/.test(answer))
    return "Check BELFRY_EMAIL_AUTH_USERNAME and BELFRY_EMAIL_AUTH_PASSWORD; some providers require an app password.";
  if (/refused|timed out|unknown host|unreachable|dropped|looked up/.test(answer))
    return "Check that the mail server is running and reachable from here, and check BELFRY_EMAIL_SMARTHOST (host and port) and the firewall.";
  if (/certificate|TLS/i.test(answer))
    return "Check BELFRY_EMAIL_TLS_STARTTLS, BELFRY_EMAIL_FORCE_TLS and the certificate's name and authority.";
  return "Look for the cause in the mail server's log, then test again: belfry notifications test --wait";
}
