// Writes a tar in the ustar form (POSIX.1): the same files make the same bytes, whoever owns them and whenever they
// were touched. `belfry templates push` sends one.

const block = 512;
const longestName = 100;
const longestPrefix = 155;
/** Nothing larger can be told in eleven octal digits. */
const largest = 8 ** 11 - 1;

export interface TarFile {
  /** With forward slashes, relative. */
  path: string;
  content: Uint8Array;
  executable: boolean;
}

/** Throws for a path that the form has no room for. */
export function writeTar(files: readonly TarFile[]): Uint8Array<ArrayBuffer> {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const size = sorted.reduce((sum, { content }) => sum + block + roundUp(content.length), 2 * block);
  const tar = new Uint8Array(size);
  let at = 0;
  for (const file of sorted) {
    tar.set(headerOf(file), at);
    tar.set(file.content, at + block);
    at += block + roundUp(file.content.length);
  }
  return tar;
}

const roundUp = (length: number) => Math.ceil(length / block) * block;

function headerOf({ path, content, executable }: TarFile): Uint8Array {
  const names = splitPath(path);
  if (names === undefined || content.length > largest) throw new TarPathError(path);
  const header = new Uint8Array(block);
  const put = (text: string, position: number) => header.set(new TextEncoder().encode(text), position);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  put(names.name, 0);
  put(octal(executable ? 0o755 : 0o644, 7), 100);
  put(octal(0, 7), 108);
  put(octal(0, 7), 116);
  put(octal(content.length, 11), 124);
  put(octal(0, 11), 136);
  put("        ", 148);
  put("0", 156);
  put("ustar\u000000", 257);
  put(octal(0, 7), 329);
  put(octal(0, 7), 337);
  put(names.prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
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

const bytesIn = (text: string) => new TextEncoder().encode(text).length;

/** A path longer than 100 bytes is cut at a slash into a prefix and a name. */
function splitPath(path: string): { name: string; prefix: string } | undefined {
  if (bytesIn(path) <= longestName) return { name: path, prefix: "" };
  for (let cut = path.indexOf("/"); cut !== -1; cut = path.indexOf("/", cut + 1)) {
    const [prefix, name] = [path.slice(0, cut), path.slice(cut + 1)];
    if (name !== "" && bytesIn(name) <= longestName && bytesIn(prefix) <= longestPrefix)
      return { name, prefix };
  }
  return undefined;
}
