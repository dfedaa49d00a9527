// Keys for each purpose, derived from one root (HKDF, RFC 5869): none of them tells anything of another.
import { hkdfSync } from "node:crypto";

/** The key of a purpose, 32 bytes, the one in force first; after it, while keys are exchanged, the one before. */
export type KeysFor = (purpose: string) => readonly [Uint8Array, ...Uint8Array[]];

export function createKeys(root: string, previous?: string): KeysFor {
  const derived = new Map<string, ReturnType<KeysFor>>();
  const derive = (secret: string, purpose: string) =>
    new Uint8Array(hkdfSync("sha256", Buffer.from(secret, "base64"), "belfry", purpose, 32));
  return (purpose) => {
    const known = derived.get(purpose);
    if (known !== undefined) return known;
    const keys: ReturnType<KeysFor> = [
      derive(root, purpose),
      ...(previous === undefined ? [] : [derive(previous, purpose)]),
    ];
    derived.set(purpose, keys);
    return keys;
  };
}
