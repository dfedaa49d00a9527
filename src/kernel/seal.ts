// Sealing what only this deployment may read: AES-GCM under a key of the purpose, bound to the thing that it belongs to.
import type { Deps } from "./deps.ts";

export interface SealFor {
  purpose: string;
  /** The id of what it belongs to: nowhere else can it be opened. */
  bound: string;
}

const ivLength = 12;

/** The random part in front, 12 bytes. */
export async function seal(
  { keysFor }: Pick<Deps, "keysFor">,
  { purpose, bound }: SealFor,
  plain: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> {
  const iv = crypto.getRandomValues(new Uint8Array(ivLength));
  const key = await importKey(keysFor(purpose)[0], "encrypt");
  const sealed = await crypto.subtle.encrypt(parameters(iv, bound), key, plain);
  const whole = new Uint8Array(ivLength + sealed.byteLength);
  whole.set(iv);
  whole.set(new Uint8Array(sealed), ivLength);
  return whole;
}

/** Tries the key in force, then the one before; undefined when neither opens it. */
export async function unseal(
  { keysFor }: Pick<Deps, "keysFor">,
  { purpose, bound }: SealFor,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const iv = sealed.slice(0, ivLength);
  for (const bytes of keysFor(purpose)) {
    const key = await importKey(bytes, "decrypt");
    try {
      const rest = sealed.subarray(ivLength);
      return new Uint8Array(await crypto.subtle.decrypt(parameters(iv, bound), key, rest));
    } catch {
      // Sealed with the other key, or damaged: the next one tells.
    }
  }
  return undefined;
}

const importKey = (bytes: Uint8Array, use: "encrypt" | "decrypt") =>
  crypto.subtle.importKey("raw", new Uint8Array(bytes), "AES-GCM", false, [use]);

const parameters = (iv: Uint8Array<ArrayBuffer>, bound: string) => ({
  name: "AES-GCM",
  iv,
  additionalData: new TextEncoder().encode(bound),
});
