// Whether the mail server takes mail from us, by a session without a message, and what its failures mean to an operator.
import { fail, ok, warn } from "../../../kernel/rules/finding.ts";
import type { ProbeContext, ProbeResult } from "../channel.ts";
import { withAsciiDomain } from "./rules/mailbox.ts";
import type { MailSettings } from "./settings.ts";
import { MailFailure } from "./smtp/failure.ts";

/** Milliseconds. */
const probeTimeout = 10_000;

export async function probeMail(
  settings: MailSettings | undefined,
  { mail }: ProbeContext,
): Promise<ProbeResult> {
  if (settings === undefined || mail === null) {
    const words = "It is not set up: nobody who forgets their password gets a code for a new one.";
    const advice =
      "Set BELFRY_EMAIL_SMARTHOST and BELFRY_EMAIL_FROM; until then: belfry admin reset-password EMAIL";
    return { findings: [warn("email", words, advice)] };
  }
  const { address } = settings.from;
  try {
    const words = await mail.trySender(withAsciiDomain(address), AbortSignal.timeout(probeTimeout));
    const message = `${mail.place} answers and lets Belfry in; to mail from ${address} it says: ${words}`;
    return { findings: [ok("email", message)] };
  } catch (error) {
    if (!(error instanceof MailFailure)) throw error;
    return { findings: [fail("email", `${mail.place}: ${error.message}`, mailAdvice(error.message))] };
  }
}

export function mailAdvice(answer: string): string {
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
