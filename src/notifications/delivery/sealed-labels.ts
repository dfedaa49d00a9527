// Labels that nobody but dispatch may read: sealed for the message that they belong to when an event is planned, opened when
// it is sent. What enqueues a passcode calls the first, delivery the second.
import type { Deps } from "../../kernel/deps.ts";
import { seal, unseal } from "../../kernel/crypto.ts";
import type { PreparedEvent } from "../outbox/prepare-event.ts";

const purpose = "notification labels";

/** The plan with these labels in each message that is to be sent; the event itself has none of them. */
export async function sealLabels(
  deps: Pick<Deps, "keysFor">,
  plan: PreparedEvent,
  labels: Record<string, string>,
): Promise<PreparedEvent> {
  const plain = new TextEncoder().encode(JSON.stringify(labels));
  const messages = await Promise.all(
    plan.rows.messages.map(async (message) => {
      if (message.dueAt == null) return message;
      const sealed = await seal(deps, { purpose, bound: message.id }, plain);
      return { ...message, sealedLabels: Buffer.from(sealed).toString("base64") };
    }),
  );
  return { ...plan, rows: { ...plan.rows, messages } };
}

/** Undefined when they can't be opened: the key was changed, or they are another message's. */
export async function openLabels(
  deps: Pick<Deps, "keysFor">,
  message: { id: string; sealedLabels: string | null },
): Promise<Record<string, string> | undefined> {
  if (message.sealedLabels === null) return {};
  const sealed = new Uint8Array(Buffer.from(message.sealedLabels, "base64"));
  const plain = await unseal(deps, { purpose, bound: message.id }, sealed);
  return plain && (JSON.parse(new TextDecoder().decode(plain)) as Record<string, string>);
}
