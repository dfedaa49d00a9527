// Keys of HMACs. Node validates a key of bytes each time, which takes six times as long as the hash; an object is validated once.
import { createSecretKey, type KeyObject } from "node:crypto";

const objects = new WeakMap<Uint8Array, KeyObject>();

/** The same object for the same bytes (by identity): keys are derived once in a process and don't change. */
export function hmacKey(bytes: Uint8Array): KeyObject {
  const object = objects.get(bytes) ?? createSecretKey(bytes);
  objects.set(bytes, object);
  return object;
}
