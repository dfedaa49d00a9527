// Last decision on a message: when it is sent.
import { digestTime } from "../../digest/rules/schedule.ts";
import { ruleReasons, type RuleDecision } from "../../routing/rules/decision.ts";
import { isAlwaysOn, isOnlyByMail } from "../../kinds/kinds.ts";
import { quietUntil } from "../../preferences/rules/quiet-hours.ts";
import type { PlanChannel, PlanOptions, PlanReceiver, Recipient, Timing } from "./plan.ts";
import type { Reason } from "./reasons.ts";

/** Messages are sent in the order of their due time: this puts passcodes first. */
const passcodeHeadStartMs = 86_400_000;

/** A shorter pause of a receiver is only the spacing of its messages. */
const minPauseMs = 5_000;

type Clocked = Pick<PlanOptions, "isPaused" | "notBefore" | "now">;

/**
 * To a person. What a local channel delivers at once is delivered by the write of its event. What waits for something else
 * waits for the end of quiet hours when it is claimed.
 */
export function whenForPerson(
  recipient: Recipient,
  channel: Pick<PlanChannel, "isLocal">,
  { template, ...options }: Clocked & Pick<PlanOptions, "template">,
): Timing {
  const reasons = waits(options);
  if (channel.isLocal && reasons.length === 0) return { status: "sent", dueAt: null, reasons };
  const { now, notBefore = -Infinity } = options;
  const quiet = channel.isLocal || reasons.length > 0 ? now : quietUntil(recipient, template, now);
  if (quiet > now) return { status: "pending", dueAt: quiet, reasons: ["quiet_hours"] };
  const dueAt = Math.max(isOnlyByMail(template.id) ? now - passcodeHeadStartMs : now, notBefore);
  return { status: "pending", dueAt, reasons };
}

/** An email that waits for its recipient's digest; undefined: it goes on its own. */
export function digestForPerson(
  recipient: Recipient,
  { id }: Pick<PlanChannel, "id">,
  { digest }: Pick<RuleDecision, "digest">,
  { template, now, notBefore = -Infinity }: Pick<PlanOptions, "template" | "now" | "notBefore">,
): Timing | undefined {
  if (id !== "smtp" || isAlwaysOn(template.id) || isOnlyByMail(template.id)) return undefined;
  const at = digestTime(recipient, digest?.value, Math.max(now, notBefore));
  if (at === undefined) return undefined;
  const byRule: Reason[] = digest === undefined ? [] : [ruleReasons.digest(digest)];
  return { status: "pending", dueAt: at, reasons: [...byRule, "digest"] };
}

/** To a receiver: not before its pause is over. */
export function whenForReceiver({ resumeAt }: Pick<PlanReceiver, "resumeAt">, options: Clocked): Timing {
  const { now, notBefore = -Infinity } = options;
  const pausedUntil = resumeAt > now + minPauseMs ? resumeAt : now;
  return { status: "pending", dueAt: Math.max(pausedUntil, notBefore), reasons: waits(options) };
}

const waits = ({ isPaused, notBefore = -Infinity, now }: Clocked): Reason[] => [
  ...(isPaused ? (["paused"] as const) : []),
  ...(notBefore > now ? (["held_back"] as const) : []),
];
