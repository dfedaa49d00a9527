// Reads, writes and checks tar archives (POSIX ustar; pax and GNU long names are read) of templates: plain files and folders with
// relative paths that stay inside. The same files always give the same bytes.

export type TarEntry =
  | { kind: "folder"; path: string }
  | { kind: "file"; path: string; executable: boolean; content: Uint8Array };

export interface TarLimits {
  entries: number;
  /** Bytes of all files together. */
  size: number;
}

/** The archive is invalid; the message says why. */
export class TarError extends Error {}

const block = 512;
const checksumAt = 148;
const checksumEnd = 156;
const decoder = new TextDecoder("utf-8", { fatal: false });

export function readTar(bytes: Uint8Array, limits: TarLimits): TarEntry[] {
  const entries = new Map<string, TarEntry>();
  let said: { path?: string; size?: number } = {};
  let total = 0;
  let count = 0;
  if (bytes.length % block !== 0) throw new TarError("Not a tar archive, or its end is missing.");
  for (let at = 0; at + block <= bytes.length;) {
    const header = bytes.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) break;
    checkSum(header, at);
    const type = String.fromCharCode(header[156]!);
    const isNote = type === "x" || type === "g" || type === "L" || type === "K";
    const size = isNote ? number(header, 124, 12) : (said.size ?? number(header, 124, 12));
    const start = at + block;
    if (start + size > bytes.length) throw new TarError("The archive ends in the middle of a file.");
    const content = bytes.subarray(start, start + size);
    at = start + Math.ceil(size / block) * block;
    count += 1;
    if (count > limits.entries) throw new TarError(`The archive has more than ${limits.entries} entries.`);
    if (isNote) {
      if (type === "x") Object.assign(said, readPax(content));
      if (type === "L") said.path = cText(content);
      continue;
    }
    const path = safePath(said.path ?? headerPath(header));
    said = {};
    total += size;
    if (total > limits.size) throw new TarError(`The files are larger than ${limits.size} bytes together.`);
    // The folder itself (`./`) is there already.
    if (path !== "") add(entries, entryOf(type, path, header, content));
  }
  return [...entries.values()];
}

function entryOf(type: string, path: string, header: Uint8Array, content: Uint8Array): TarEntry {
  if (type === "5") return { kind: "folder", path };
  if (type === "0" || type === "\0") {
    return { kind: "file", path, executable: (number(header, 100, 8) & 0o100) !== 0, content };
  }
  const kind = type === "1" || type === "2" ? "a link" : "neither a file nor a folder";
  throw new TarError(`"${path}" is ${kind}; a template holds plain files and folders only.`);
}

/** The later one of two files counts, as with tar itself; a file where a folder should be is refused. */
function add(entries: Map<string, TarEntry>, entry: TarEntry): void {
  const before = entries.get(entry.path);
  if (before !== undefined && before.kind !== entry.kind)
    throw new TarError(`"${entry.path}" is a file and a folder.`);
  const parts = entry.path.split("/");
  for (let length = 1; length < parts.length; length += 1) {
    const parent = parts.slice(0, length).join("/");
    if (entries.get(parent)?.kind === "file") throw new TarError(`"${parent}" is a file and a folder.`);
    if (!entries.has(parent)) entries.set(parent, { kind: "folder", path: parent });
  }
  entries.set(entry.path, entry);
}

/** Relative, without `..`, with parts that every file system takes. */
function safePath(path: string): string {
  const parts = path.split("/").filter((part, at) => part !== "." && (part !== "" || at === 0));
  const isBad = (part: string) => part === ".." || part.includes("\0") || part.includes("\\");
  if (path.startsWith("/") || parts.some(isBad))
    throw new TarError(`The path ${JSON.stringify(path)} is outside the template's folder.`);
  if (parts.some((part) => new TextEncoder().encode(part).length > 255) || parts.length > 64)
    throw new TarError(`The path ${JSON.stringify(path.slice(0, 60))}… is too long.`);
  return parts.filter((part) => part !== "").join("/");
}

function headerPath(header: Uint8Array): string {
  const name = cText(header.subarray(0, 100));
  const isUstar = decoder.decode(header.subarray(257, 263)) === "ustar\0";
  const prefix = isUstar ? cText(header.subarray(345, 500)) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

function cText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end === -1 ? bytes : bytes.subarray(0, end));
}

/** Octal digits; sizes that need more than those are far beyond what a template may have. */
function number(header: Uint8Array, start: number, length: number): number {
  const text = cText(header.subarray(start, start + length)).trim();
  if (!/^[0-7]*$/.test(text)) throw new TarError("The archive has a header that can't be read.");
  return text === "" ? 0 : Number.parseInt(text, 8);
}

function checkSum(header: Uint8Array, at: number): void {
  if (Number.parseInt(cText(header.subarray(checksumAt, checksumEnd)), 8) !== checksumOf(header))
    throw new TarError(at === 0 ? "Not a tar archive." : "The archive is damaged.");
}

/** Records `LENGTH NAME=VALUE\n`; only these two names matter here. */
function readPax(content: Uint8Array): { path?: string; size?: number } {
  const said: { path?: string; size?: number } = {};
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(32, at);
    const length = space === -1 ? Number.NaN : Number(decoder.decode(content.subarray(at, space)));
    if (!Number.isInteger(length) || length <= space - at || at + length > content.length)
      throw new TarError("The archive has a header that can't be read.");
    const record = decoder.decode(content.subarray(space + 1, at + length - 1));
    const equals = record.indexOf("=");
    const [name, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (name === "path") said.path = value;
    if (name === "size") said.size = Number(value);
    at += length;
  }
  if (said.size !== undefined && !(Number.isSafeInteger(said.size) && said.size >= 0))
    throw new TarError("The archive has a header that can't be read.");
  return said;
}

/** The sum of a header's bytes; the field of the sum itself counts as blanks (POSIX.1, ustar). */
export function checksumOf(header: Uint8Array): number {
  return header.reduce(
    (sum, byte, index) => sum + (index >= checksumAt && index < checksumEnd ? 0x20 : byte),
    0,
  );
}

/** What is wrong with an uploaded archive, as far as its first header shows; undefined if nothing is. */
export function validateTar(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "is empty; send a tar";
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "is compressed; send the tar itself, without gzip";
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return "is a zip; send a tar";
  if (bytes.length % block !== 0)
    return "is not a tar archive, or is cut off: a tar archive consists of blocks of 512 bytes";
  const header = bytes.subarray(0, block);
  if (header.every((byte) => byte === 0)) return "has no files";
  const checksum = parseInt(decoder.decode(header.subarray(checksumAt, checksumEnd)).trim(), 8);
  return checksum === checksumOf(header) ? undefined : "is not a tar archive";
}

const maxNameBytes = 100;
const maxPrefixBytes = 155;
/** The largest size that eleven octal digits can express. */
const maxContentBytes = 8 ** 11 - 1;

export interface TarFile {
  /** With forward slashes, relative. */
  path: string;
  content: Uint8Array;
  executable: boolean;
}

/** Throws for a path that is too long for the format. */
export function writeTar(files: readonly TarFile[]): Uint8Array<ArrayBuffer> {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const size = sorted.reduce((sum, { content }) => sum + block + roundUp(content.length), 2 * block);
  const tar = new Uint8Array(size);
  let at = 0;
  for (const file of sorted) {
    tar.set(headerFor(file), at);
    tar.set(file.content, at + block);
    at += block + roundUp(file.content.length);
  }
  return tar;
}

const roundUp = (length: number) => Math.ceil(length / block) * block;

function headerFor({ path, content, executable }: TarFile): Uint8Array {
  const names = splitPath(path);
  if (names === undefined || content.length > maxContentBytes) throw new TarPathError(path);
  const header = new Uint8Array(block);
  const put = (text: string, position: number) => header.set(new TextEncoder().encode(text), position);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  put(names.name, 0);
  put(octal(executable ? 0o755 : 0o644, 7), 100);
  put(octal(0, 7), 108);
  put(octal(0, 7), 116);
  put(octal(content.length, 11), 124);
  put(octal(0, 11), 136);
  put("0", 156);
  put("ustar\u000000", 257);
  put(octal(0, 7), 329);
  put(octal(0, 7), 337);
  put(names.prefix, 345);
  put(`${checksumOf(header).toString(8).padStart(6, "0")}\0 `, checksumAt);
  return header;
}

export class TarPathError extends Error {
  override readonly name = "TarPathError";
  readonly path: string;
  constructor(path: string) {
    super(`${path}: the path is too long`);
    this.path = path;
  }
}

const byteCount = (text: string) => new TextEncoder().encode(text).length;

/** A path longer than 100 bytes is cut at a slash into a prefix and a name. */
function splitPath(path: string): { name: string; prefix: string } | undefined {
  if (byteCount(path) <= maxNameBytes) return { name: path, prefix: "" };
  for (let cut = path.indexOf("/"); cut !== -1; cut = path.indexOf("/", cut + 1)) {
    const [prefix, name] = [path.slice(0, cut), path.slice(cut + 1)];
    if (name !== "" && byteCount(name) <= maxNameBytes && byteCount(prefix) <= maxPrefixBytes)
      return { name, prefix };
  }
  return undefined;
}
