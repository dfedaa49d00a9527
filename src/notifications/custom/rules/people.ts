// The people of a custom notification as a rule of its event, and the turns of what they get besides the inbox.
import type { SiteRole } from "../../../../db/schema.ts";
import type { OutboxRows } from "../../../kernel/ports.ts";
import type { Reason } from "../../outbox/rules/reasons.ts";
import type { RecipientRule } from "../../outbox/rules/recipients.ts";

export interface PersonWithReasons {
  userId: string;
  /** JSON array of reason codes. */
  why: string;
}

/** As if each of them had been chosen for these reasons. */
export function ruleFor(people: readonly PersonWithReasons[]): RecipientRule {
  const named: string[] = [];
  const roles = new Set<SiteRole>();
  const others: { id: string; why: Reason }[] = [];
  for (const { userId: id, why } of people) {
    for (const reason of JSON.parse(why) as Reason[]) {
      if (reason === "named") named.push(id);
      else if (reason.startsWith("role_")) roles.add(reason.slice("role_".length) as SiteRole);
      else others.push({ id, why: reason });
    }
  }
  return { named, roles: [...roles], ...(others.length === 0 ? {} : { people: others }) };
}

const waitsForTurn = "waits_for_turn" satisfies Reason;

/** Messages whose turn comes later are due then. `turnOf`: epoch milliseconds for a user; the inbox and receivers have none. */
export const inTurn = (
  messages: OutboxRows["messages"],
  turnOf: (userId: string) => number | undefined,
  now: number,
): OutboxRows["messages"] =>
  messages.map((message) => {
    const turn = turnOf(message.userId);
    if (message.status !== "pending" || message.method === "inbox" || turn === undefined || turn <= now)
      return message;
    const reasons = JSON.stringify([...(JSON.parse(message.reasons) as string[]), waitsForTurn]);
    return { ...message, dueAt: Math.max(turn, message.dueAt ?? 0), reasons };
  });
