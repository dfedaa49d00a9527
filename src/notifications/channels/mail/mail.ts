// The mail channel: one message to one person by SMTP, as text and as HTML.
import type { Action } from "../../../../db/schema.ts";
import { isAddress, withAsciiDomain, type Mailbox } from "./rules/mailbox.ts";
import type { Outcome } from "../channel.ts";
import { renderMail, type MailContent } from "./content.ts";
import { MailFailure } from "./smtp/failure.ts";
import { buildMail } from "./smtp/message.ts";
import type { MailPool } from "../../../kernel/ports.ts";
import type { Envelope } from "./smtp/transmit.ts";

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
  /** The page that disables this kind; null for kinds that can't be disabled (a passcode). */
  unsubscribeUrl: string | null;
  /** Whether a POST to that address is enough (RFC 8058); it goes into the header only where it is https. */
  oneClick: boolean;
}

export interface MailClock {
  now: () => number;
  /** Milliseconds for the whole try, waiting for a free connection included. */
  timeout: number;
}

/** The mail as it goes over the wire, and from whom to whom. `now` in epoch milliseconds. */
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

/** One attempt. What the server says against this recipient or message is final; everything else is retried. */
export async function sendMail(
  pool: MailPool,
  sender: MailSender,
  message: MailMessage,
  clock: MailClock,
): Promise<Outcome> {
  if (!isAddress(message.to.address)) {
    return {
      kind: "permanent",
      detail: "the user's mail address is none that mail can go to",
      reason: "no_address",
    };
  }
  try {
    const words = await pool.send(
      composeMail(sender, message, clock.now()),
      AbortSignal.timeout(clock.timeout),
    );
    return { kind: "sent", detail: `${pool.place} ${words}` };
  } catch (error) {
    if (!(error instanceof MailFailure)) throw error;
    const { kind, about } = error;
    const reason =
      kind === "permanent" && about === "recipient" ? ({ reason: "recipient_refused" } as const) : {};
    return { kind, about, detail: `${pool.place} ${error.message}`, ...reason };
  }
}
