// Identifiers: UUIDs of version 7 (RFC 9562) in increasing order within a process, and random keys.

/** Makes UUIDv7s that increase even when the clock stands still or goes back (the 12 bits after the time count). */
export function createNewId(now: () => number): () => string {
  let lastTime = 0;
  let counter = 0;
  return () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const time = Math.max(now(), lastTime);
    counter = time === lastTime ? counter + 1 : (bytes[6]! & 0x07) * 256 + bytes[7]!;
    lastTime = time;
    if (counter > 0xfff) {
      lastTime += 1;
      counter = 0;
    }
    for (let byte = 0; byte < 6; byte += 1) bytes[byte] = Math.floor(lastTime / 2 ** (8 * (5 - byte))) & 0xff;
    bytes[6] = 0x70 | (counter >> 8);
    bytes[7] = counter & 0xff;
    bytes[8] = 0x80 | (bytes[8]! & 0x3f);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
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
