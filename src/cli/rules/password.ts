// A password that nobody has to think of.

// Without letters and digits that look alike.
const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** Four groups of five, from random bytes (at least 64): about 116 bits. */
export function passwordFrom(random: Uint8Array): string {
  // Bytes beyond the last whole alphabet would make some characters likelier.
  const usable = [...random].filter((byte) => byte < 256 - (256 % alphabet.length));
  if (usable.length < 20) throw new RangeError("too few random bytes");
  const characters = usable.slice(0, 20).map((byte) => alphabet[byte % alphabet.length]!);
  return [0, 5, 10, 15].map((start) => characters.slice(start, start + 5).join("")).join("-");
}
