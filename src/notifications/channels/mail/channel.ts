// Mail: one message to one person by SMTP, as text and as HTML.
import { defineChannel, type OutgoingMessage } from "../channel.ts";
import { composeMail, sendMail, type MailMessage } from "./mail.ts";
import { mailAdvice, probeMail } from "./probe.ts";
import { mailVariables, toMailSettings, type MailSettings } from "./settings.ts";
import { hostPort } from "./smtp/connection.ts";

export const mail = defineChannel({
  id: "smtp",
  label: "Email",
  isLocal: false,

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
      const detail = "mail can't be sent from here";
      return Promise.resolve({ kind: "permanent", detail, reason: "not_configured" });
    }
    const time = Math.min(timeout, (message.expiresAt ?? Infinity) - now());
    return sendMail(pool, { from, accessUrl }, toMailMessage(message), { now, timeout: time });
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
  kind: message.template,
  unsubscribeUrl: message.unsubscribeUrl,
  oneClick: true,
});
