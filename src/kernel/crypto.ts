// Ids (UUIDs of version 7), random text, a key for each purpose (HKDF, RFC 5869), and sealing: only this deployment can open
// what it has sealed.
import { hkdfSync } from "node:crypto";

/** Makes UUIDv7s that increase even when the clock stands still or goes back (the 12 bits after the time count). */
export function createNewId(now: () => number): () => string {
  let lastTime = -1;
  let counter = 0;
  let prefix = "";
  const random = createRandomBytes(10);
  return () => {
    const bytes = random();
    const time = Math.max(now(), lastTime);
    const isFull = time === lastTime && counter === 0xfff;
    if (isFull) counter = 0;
    else counter = time === lastTime ? counter + 1 : (bytes[0]! & 0x07) * 256 + bytes[1]!;
    if (isFull || time > lastTime) {
      lastTime = isFull ? time + 1 : time;
      const hex = lastTime.toString(16).padStart(12, "0");
      prefix = `${hex.slice(0, 8)}-${hex.slice(8)}`;
    }
    let id = `${prefix}-${hexOf[0x70 | (counter >> 8)]}${hexOf[counter & 0xff]}-${hexOf[0x80 | (bytes[2]! & 0x3f)]}${hexOf[bytes[3]!]}-`;
    for (let at = 4; at < 10; at += 1) id += hexOf[bytes[at]!];
    return id;
  };
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** So many at a time: asking for a few bytes costs as much as asking for a thousand. */
const portions = 64;

/** Random bytes, each given out once. */
function createRandomBytes(size: number): () => Uint8Array {
  let pool = new Uint8Array(0);
  let used = 0;
  return () => {
    if (used === pool.length) {
      pool = crypto.getRandomValues(new Uint8Array(size * portions));
      used = 0;
    }
    return pool.subarray(used, (used += size));
  };
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** `length` characters of letters and digits, each equally likely. */
export function randomText(length: number): string {
  const letters: string[] = [];
  while (letters.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      // 248 is the largest multiple of 62 in a byte: beyond it letters would not be equally likely.
      if (byte < 248 && letters.length < length) letters.push(alphabet[byte % 62]!);
    }
  }
  return letters.join("");
}

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

export interface SealFor {
  purpose: string;
  /** The id of what it belongs to: nowhere else can it be opened. */
  bound: string;
}

const ivLength = 12;

/** The random part in front, 12 bytes. */
export async function seal(
  { keysFor }: { keysFor: KeysFor },
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
  { keysFor }: { keysFor: KeysFor },
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
      // Sealed with another key, or damaged: try the next key.
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
