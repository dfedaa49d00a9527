// Labels that nobody can read before a message is sent, such as one-time passcodes: they are sealed in its row.
import type { Deps } from "../../kernel/deps.ts";
import { seal, unseal } from "../../kernel/crypto.ts";
import type { PreparedEvent } from "./prepare-event.ts";

const sealPurpose = "notification labels";

/** The event with these labels sealed in each message that will be sent: nobody can read them before delivery. */
export async function sealLabels(
  deps: Pick<Deps, "keysFor">,
  event: PreparedEvent,
  labels: Record<string, string>,
): Promise<PreparedEvent> {
  const plain = new TextEncoder().encode(JSON.stringify(labels));
  const messages = await Promise.all(
    event.rows.messages.map(async (message) => {
      if (message.dueAt == null) return message;
      const sealed = await seal(deps, { purpose: sealPurpose, bound: message.id }, plain);
      return { ...message, sealedLabels: Buffer.from(sealed).toString("base64") };
    }),
  );
  return { ...event, rows: { ...event.rows, messages } };
}

/** Undefined when they can't be unsealed: the key was changed, or they belong to another message. */
export async function unsealLabels(
  deps: Pick<Deps, "keysFor">,
  message: { id: string; sealedLabels: string | null },
): Promise<Record<string, string> | undefined> {
  if (message.sealedLabels === null) return {};
  const sealed = new Uint8Array(Buffer.from(message.sealedLabels, "base64"));
  const plain = await unseal(deps, { purpose: sealPurpose, bound: message.id }, sealed);
  return plain && (JSON.parse(new TextDecoder().decode(plain)) as Record<string, string>);
}
