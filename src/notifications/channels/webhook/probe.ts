// Whether the webhook's receiver is there, by a HEAD request, and what its failures mean to an operator.
import { fail, ok, warn, type Finding } from "../../../kernel/rules/finding.ts";
import type { Reached } from "../../../kernel/ports.ts";
import type { ProbeContext, ProbeResult } from "../channel.ts";
import type { WebhookSettings } from "./settings.ts";

/** Milliseconds. */
const probeTimeout = 5_000;
/** Milliseconds after which an answer counts as slow. */
const slow = 2_000;

export async function probeWebhook(
  settings: WebhookSettings | undefined,
  { reach }: ProbeContext,
): Promise<ProbeResult> {
  if (settings === undefined)
    return { findings: [ok("webhook", "not set up (BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT)")] };
  const { endpoint, authorization, secret } = settings;
  const { host } = new URL(endpoint);
  const reached = await reach(endpoint, probeTimeout, authorization);
  return {
    findings: [judgeReached(host, reached), ...(secret === undefined ? [notSigned(host)] : [])],
    // A receiver's clock is told in whole seconds.
    ...(reached.ok && reached.date !== null ? { receiverTime: reached.date + 500 } : {}),
  };
}

export function judgeReached(host: string, reached: Reached): Finding {
  if (!reached.ok) return fail("webhook", `${host}: ${reached.problem}`, unreached);
  const { status, milliseconds } = reached;
  const words = `${host} answers (${status} to HEAD) in ${milliseconds} ms`;
  if (status >= 500) return warn("webhook", words, webhookAdvice(`answered ${status}`));
  if (milliseconds > slow) return warn("webhook", words, webhookAdvice("no answer in time"));
  return ok("webhook", words);
}

const notSigned = (host: string): Finding =>
  warn(
    "webhook",
    `What ${host} gets is not signed: it can't tell Belfry from others.`,
    'Set BELFRY_NOTIFICATIONS_WEBHOOK_SECRET="whsec_$(openssl rand -base64 32)", and check it there.',
  );

const unreached = "Is the receiver up, and reached from here? Check BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT.";

export function webhookAdvice(answer: string): string {
  if (/no answer in time/.test(answer))
    return "The receiver is slow. It should answer first and work afterwards; it has BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT.";
  if (/answered 5\d\d/.test(answer)) return "The receiver itself fails: its own log says why.";
  if (/answered 4(01|03)/.test(answer))
    return "The receiver doesn't let Belfry in: check BELFRY_NOTIFICATIONS_WEBHOOK_SECRET, and the name and password in BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT.";
  if (/answered (3\d\d|404|405|410)/.test(answer))
    return "The address is not the right one: check BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT.";
  return unreached;
}
