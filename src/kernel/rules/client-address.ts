// Where a request comes from: the socket's address, or behind a proxy that is trusted what its header says; and what
// counts as one network, for limits.

/** A block of addresses: those that share its first `bits` bits. */
export interface Range {
  version: 4 | 6;
  value: bigint;
  bits: number;
}

export interface Proxy {
  /** In lower case. */
  header: string;
  origins: readonly Range[];
}

interface Address {
  version: 4 | 6;
  value: bigint;
}

const width = { 4: 32, 6: 128 } as const;

/** `10.0.0.0/8`, `::1/128`, or a single address; undefined for what is none. */
export function parseRange(text: string): Range | undefined {
  const [, name = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const address = parseAddress(name);
  if (address === undefined) return undefined;
  const maxBits = width[address.version];
  const wanted = bits === undefined ? maxBits : Number(bits);
  return wanted > maxBits ? undefined : { ...address, bits: wanted };
}

export function isWithin(address: Address, { version, value, bits }: Range): boolean {
  const rest = BigInt(width[version] - bits);
  return address.version === version && address.value >> rest === value >> rest;
}

/** An IPv4-mapped IPv6 address is the IPv4 address. */
export function parseAddress(text: string): Address | undefined {
  const plain = text.trim().replace(/%.*$/, "");
  const four = parseFour(plain);
  if (four !== undefined) return { version: 4, value: four };
  const six = parseSix(plain);
  if (six === undefined) return undefined;
  return six >> 32n === 0xffffn ? { version: 4, value: six & 0xffffffffn } : { version: 6, value: six };
}

function parseFour(text: string): bigint | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

/** RFC 4291, 2.2. */
function parseSix(text: string): bigint | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const four = tail === null ? undefined : parseFour(tail[2]!);
  if (tail !== null && four === undefined) return undefined;
  const whole =
    four === undefined ? text : `${tail![1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`;
  const halves = whole.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], rest = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - rest.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...rest];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

/**
 * The address of the client: of a list of hops the last that is no proxy of ours, for whatever stands before it anybody
 * may have written. Without a trusted proxy the header means nothing.
 */
export function clientAddressOf(
  socket: string | null,
  proxy: Proxy | undefined,
  header: (name: string) => string | null,
): string | null {
  if (socket === null || proxy === undefined || !isTrusted(socket, proxy)) return socket;
  let last = socket;
  for (const hop of (header(proxy.header) ?? "").split(",").toReversed()) {
    const name = withoutPort(hop.trim());
    if (parseAddress(name) === undefined) return last;
    last = name;
    if (!isTrusted(name, proxy)) return name;
  }
  return last;
}

export function isTrusted(name: string, { origins }: Proxy): boolean {
  const address = parseAddress(name);
  return address !== undefined && origins.some((range) => isWithin(address, range));
}

const withoutPort = (hop: string) =>
  /^\[([^\]]*)\](:\d+)?$/.exec(hop)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(hop)?.[1] ?? hop;

/** What counts as one network: an IPv4 address, the /64 of an IPv6 one (a home or a machine has all of it). */
export function clientNetwork(address: string | null): string {
  const parsed = parseAddress(address ?? "");
  if (parsed === undefined) return address ?? "";
  return parsed.version === 4 ? parsed.value.toString() : `${(parsed.value >> 64n).toString(16)}/64`;
}
