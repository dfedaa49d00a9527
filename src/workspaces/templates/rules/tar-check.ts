// Whether bytes are a tar, as far as one look at its first header tells. Uploads of templates' folders are checked.

const block = 512;
const checksumAt = 148;
const checksumEnd = 156;

/** Answers what is wrong, in words. */
export function problemWithTar(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "is empty; send a tar";
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "is compressed; send the tar itself, without gzip";
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return "is a zip; send a tar";
  if (bytes.length % block !== 0) return "is no tar, or is cut off: a tar consists of blocks of 512 bytes";
  const header = bytes.subarray(0, block);
  if (header.every((byte) => byte === 0)) return "has no files";
  const told = parseInt(new TextDecoder().decode(header.subarray(checksumAt, checksumEnd)).trim(), 8);
  return told === checksumOf(header) ? undefined : "is no tar";
}

/** The sum of a header's bytes, those of the sum itself taken as blanks (POSIX.1, ustar). */
export function checksumOf(header: Uint8Array): number {
  return header.reduce(
    (sum, byte, index) => sum + (index >= checksumAt && index < checksumEnd ? 0x20 : byte),
    0,
  );
}
