// Whom a refusal is about: replies as common servers and providers give them.
import { describe, expect, test } from "vitest";
import {
  classifyReply,
  type FailureSubject,
  type MailStage,
} from "../../../src/notifications/channels/mail/rules/mail-reply.ts";

type Case = [
  stage: MailStage,
  reply: string,
  about: FailureSubject,
  kind: "temporary" | "permanent",
  hint?: RegExp,
];

const from = /BELFRY_EMAIL_FROM/;
const logIn = /BELFRY_EMAIL_AUTH_USERNAME/;
const limit = /sending limit/;

const cases: Record<string, Case[]> = {
  Postfix: [
    [
      "recipient",
      "550 5.1.1 <x@a.example>: Recipient address rejected: User unknown in local recipient table",
      "recipient",
      "permanent",
    ],
    ["recipient", "554 5.7.1 <x@a.example>: Relay access denied", "account", "temporary", logIn],
    ["recipient", "454 4.7.1 <x@a.example>: Relay access denied", "account", "temporary", logIn],
    [
      "recipient",
      "553 5.7.1 <belfry@a.example>: Sender address rejected: not owned by user ada",
      "sender",
      "temporary",
      from,
    ],
    [
      "recipient",
      "550 5.1.8 <belfry@a.example>: Sender address rejected: Domain not found",
      "sender",
      "temporary",
      from,
    ],
    [
      "recipient",
      "550 5.1.0 <belfry@a.example>: Sender address rejected: User unknown",
      "sender",
      "temporary",
      from,
    ],
    [
      "recipient",
      "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname",
      "server",
      "temporary",
      /BELFRY_EMAIL_HELLO/,
    ],
    [
      "recipient",
      "450 4.7.1 <x@a.example>: Recipient address rejected: Greylisted",
      "recipient",
      "temporary",
    ],
    [
      "recipient",
      "450 4.1.2 <x@a.example>: Recipient address rejected: Domain not found",
      "recipient",
      "temporary",
    ],
    ["sender", "552 5.3.4 Message size exceeds fixed limit", "message", "permanent"],
    ["sender", "530 5.7.0 Must issue a STARTTLS command first", "account", "temporary", /STARTTLS/],
    [
      "recipient",
      "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
      "server",
      "temporary",
    ],
    ["data", "503 5.5.1 Error: need RCPT command", "server", "temporary"],
    ["message", "452 4.3.1 Insufficient system storage", "server", "temporary"],
  ],
  Exim: [
    ["recipient", "550 Unrouteable address", "recipient", "permanent"],
    ["recipient", "550 relay not permitted", "account", "temporary", logIn],
    [
      "recipient",
      "550 Verification failed for <belfry@a.example> No Such User Here Sender verify failed",
      "sender",
      "temporary",
      from,
    ],
  ],
  qmail: [
    [
      "recipient",
      "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
      "account",
      "temporary",
      logIn,
    ],
  ],
  Exchange: [
    [
      "recipient",
      "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
      "recipient",
      "permanent",
    ],
    [
      "recipient",
      "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
      "recipient",
      "permanent",
    ],
    [
      "recipient",
      "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
      "account",
      "temporary",
      logIn,
    ],
    ["sender", "530 5.7.57 Client not authenticated to send mail", "account", "temporary", logIn],
    [
      "message",
      "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
      "sender",
      "temporary",
      from,
    ],
    [
      "message",
      "554 5.2.252 SendAsDenied; ada@a.example not allowed to send as belfry@a.example",
      "sender",
      "temporary",
      from,
    ],
    [
      "message",
      "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
      "sender",
      "temporary",
      from,
    ],
    ["sender", "550 5.1.8 Access denied, bad outbound sender AS(42004)", "sender", "temporary", from],
    [
      "recipient",
      "550 5.7.708 Access denied, traffic not accepted from this IP",
      "account",
      "temporary",
      from,
    ],
    ["message", "554 5.2.2 mailbox full", "recipient", "permanent"],
    [
      "message",
      "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient",
      "message",
      "permanent",
    ],
    [
      "login",
      "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled",
      "account",
      "temporary",
      logIn,
    ],
    ["greeting", "451 4.7.500 Server busy. Please try again later", "server", "temporary"],
  ],
  Gmail: [
    [
      "message",
      "550 5.4.5 Daily user sending limit exceeded. For more information on Gmail",
      "account",
      "temporary",
      limit,
    ],
    [
      "recipient",
      "550 5.1.1 The email account that you tried to reach does not exist.",
      "recipient",
      "permanent",
    ],
    [
      "recipient",
      "550 5.2.1 The email account that you tried to reach is disabled.",
      "recipient",
      "permanent",
    ],
    [
      "recipient",
      "552 5.2.2 The recipient's inbox is out of storage space and over quota",
      "recipient",
      "permanent",
    ],
    [
      "recipient",
      "450 4.2.1 The user you are trying to contact is receiving mail too quickly",
      "recipient",
      "temporary",
    ],
    ["sender", "530 5.5.1 Authentication Required. Learn more at", "account", "temporary", logIn],
    ["login", "534 5.7.9 Application-specific password required.", "account", "temporary", /app password/],
    [
      "message",
      "550 5.7.26 This mail has been blocked because the sender is unauthenticated.",
      "sender",
      "temporary",
      from,
    ],
    [
      "message",
      "552 5.7.0 This message was blocked because its content presents a potential security issue",
      "account",
      "temporary",
    ],
    ["recipient", "421 4.7.0 Try again later, closing connection.", "account", "temporary"],
    ["recipient", "550 5.7.1 Invalid credentials for relay [192.0.2.1]", "account", "temporary", logIn],
  ],
  SES: [
    [
      "message",
      "554 Message rejected: Email address is not verified. The following identities failed the check",
      "sender",
      "temporary",
      from,
    ],
    ["message", "454 Throttling failure: Daily message quota exceeded.", "account", "temporary", limit],
    ["message", "454 Throttling failure: Maximum sending rate exceeded.", "account", "temporary", limit],
    ["sender", "501 Invalid MAIL FROM address provided", "sender", "temporary", from],
    ["login", "535 Authentication Credentials Invalid", "account", "temporary", logIn],
  ],
  SendGrid: [
    [
      "message",
      "550 The from address does not match a verified Sender Identity. Mail cannot be sent",
      "sender",
      "temporary",
      from,
    ],
    ["sender", "550 Unauthenticated senders not allowed", "account", "temporary", logIn],
    ["login", "451 Authentication failed: Maximum credits exceeded", "account", "temporary", limit],
  ],
  Mailgun: [
    ["recipient", "550 5.7.1 Relaying denied", "account", "temporary", logIn],
    [
      "message",
      "421 Domain sandbox.example is not allowed to send: Sandbox subdomains are for test purposes only",
      "server",
      "temporary",
    ],
  ],
  Proofpoint: [
    ["recipient", "550 5.1.1 User Unknown", "recipient", "permanent"],
    ["message", "554 Sending address not accepted due to spam filter", "sender", "temporary", from],
    ["recipient", "550 5.7.0 Local Policy Violation", "account", "temporary"],
    ["recipient", "571 Delivery not authorized, message refused", "server", "temporary"],
  ],
  smtp2go: [
    [
      "message",
      "550 From header sender domain not verified (a.example). You must verify the sender",
      "sender",
      "temporary",
      from,
    ],
    ["recipient", "550 Account exceeded its monthly sending quota", "account", "temporary", limit],
  ],
  "bare codes": [
    ["recipient", "550 no", "recipient", "permanent"],
    ["recipient", "551 User not local", "recipient", "permanent"],
    ["recipient", "552 Mailbox quota exceeded", "recipient", "permanent"],
    ["recipient", "553 mailbox name not allowed", "recipient", "permanent"],
    ["recipient", "556 Domain does not accept mail", "recipient", "permanent"],
    ["recipient", "503 bad sequence", "server", "temporary"],
    ["recipient", "451 local error", "server", "temporary"],
    ["sender", "550 no", "sender", "temporary", from],
    ["sender", "552 too large", "message", "permanent"],
    ["data", "554 no valid recipients", "content", "permanent"],
    ["message", "550 spam", "content", "permanent"],
    ["message", "552 too large", "message", "permanent"],
    ["message", "554 5.6.0 malformed", "message", "permanent"],
    ["hello", "550 not with that name", "server", "temporary"],
    ["reset", "500 what?", "server", "temporary"],
    ["login", "538 encryption required", "account", "temporary", /STARTTLS/],
    ["login", "454 later", "account", "temporary"],
  ],
  "enhanced codes of each subject": [
    ["message", "550 5.1.7 no", "sender", "temporary"],
    ["message", "550 5.1.8 no", "sender", "temporary"],
    ["message", "550 5.1.3 no", "recipient", "permanent"],
    ["message", "550 5.2.252 no", "sender", "temporary"],
    ["message", "552 5.2.3 no", "message", "permanent"],
    ["message", "550 5.2.1 no", "recipient", "permanent"],
    ["message", "552 5.3.4 no", "message", "permanent"],
    ["message", "550 5.3.2 no", "server", "temporary"],
    ["message", "451 4.4.5 no", "account", "temporary"],
    ["message", "550 5.4.1 no", "server", "temporary"],
    ["recipient", "550 5.4.1 no", "recipient", "permanent"],
    ["recipient", "550 5.4.4 no", "recipient", "permanent"],
    ["recipient", "550 5.4.310 no", "recipient", "permanent"],
    ["recipient", "450 4.4.2 no", "server", "temporary"],
    ["message", "550 5.5.2 no", "server", "temporary"],
    ["message", "550 5.9.1 no", "content", "permanent"],
  ],
  "codes that disagree": [
    // The class: temporary wins, whichever says it.
    ["recipient", "550 4.1.1 user unknown", "recipient", "temporary"],
    ["recipient", "450 5.1.1 user unknown", "recipient", "temporary"],
    // The subject: the enhanced code is the more precise one.
    ["recipient", "552 5.7.1 denied", "account", "temporary"],
    ["recipient", "501 5.1.3 Bad recipient address syntax", "recipient", "permanent"],
    ["sender", "550 5.1.1 unknown", "sender", "temporary", from],
    ["message", "550 5.5.0 what?", "content", "permanent"],
  ],
};

describe.each(Object.entries(cases))("%s", (_server, rows) => {
  test.each(rows)("at %s: %s", (stage, reply, about, kind, hint) => {
    const verdict = classifyReply(stage, { code: Number(reply.slice(0, 3)), text: reply.slice(4) });
    expect(verdict).toMatchObject({ about, kind });
    if (hint !== undefined) expect(verdict.hint).toMatch(hint);
    if (kind === "permanent") expect(verdict.hint).toBeUndefined();
  });
});
