// Makes tar archives for tests: right ones, and any kind of wrong ones.

export interface TarPart {
  path: string;
  content?: string | Uint8Array;
  /** As in the header: `0` a file, `5` a folder, `1` and `2` links. */
  type?: string;
  mode?: number;
  prefix?: string;
}

export function makeTar(parts: TarPart[]): Uint8Array {
  const blocks = parts.flatMap((part) => {
    const content = Buffer.from((part.content ?? "") as string);
    return [header(part, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return new Uint8Array(Buffer.concat([...blocks, Buffer.alloc(1_024)]));
}

function header({ path, type = "0", mode = 0o644, prefix = "" }: TarPart, size: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, "0");
  block.write(path, 0, 100);
  block.write(octal(mode, 8), 100);
  block.write(octal(size, 12), 124);
  block.write("        ", 148);
  block.write(type, 156);
  block.write("ustar\x0000", 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)}\0 `, 148);
  return block;
}

/** A record of a pax header; its length counts itself. */
export function pax(name: string, value: string): string {
  const rest = ` ${name}=${value}\n`;
  const size = Buffer.byteLength(rest);
  const digits = String(size + String(size).length).length;
  return `${size + digits}${rest}`;
}
