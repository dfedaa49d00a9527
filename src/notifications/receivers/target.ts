// The address, headers and secrets of a receiver, which are stored together, encrypted.
import type { Deps } from "../../kernel/deps.ts";
import { seal, unseal } from "../../kernel/crypto.ts";
import type { ReceiverTarget } from "./rules/message.ts";

const purpose = "notification receivers";

export async function sealTarget(
  deps: Pick<Deps, "keysFor">,
  id: string,
  { address, headers, secrets }: ReceiverTarget,
): Promise<string> {
  const plain = new TextEncoder().encode(JSON.stringify({ address, headers, secrets }));
  return Buffer.from(await seal(deps, { purpose, bound: id }, plain)).toString("base64");
}

interface SealedReceiver {
  id: string;
  sealedTarget: string;
  previousUntil: number | null;
  template: string | null;
}

/** With the secrets that are in force; undefined when it can't be unsealed: the key was changed. */
export async function openTarget(
  deps: Pick<Deps, "keysFor" | "now">,
  { id, sealedTarget, previousUntil, template }: SealedReceiver,
): Promise<ReceiverTarget | undefined> {
  const sealed = new Uint8Array(Buffer.from(sealedTarget, "base64"));
  const plain = await unseal(deps, { purpose, bound: id }, sealed);
  if (plain === undefined) return undefined;
  const sealedPart = JSON.parse(new TextDecoder().decode(plain)) as ReceiverTarget;
  const target = { ...sealedPart, template };
  const isExchanging = previousUntil !== null && previousUntil > deps.now();
  return isExchanging ? target : { ...target, secrets: target.secrets.slice(0, 1) };
}

/** `whsec_` and 32 random bytes in base64, as Standard Webhooks has it. */
export const newSigningSecret = (): string =>
  `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64")}`;
