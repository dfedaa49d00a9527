// A response to a POST, as much of it as has arrived (RFC 9112): its status and headers, and whether the connection can be
// used again. What can't be read besides the status costs the connection, never the response. Pure.

export interface Head {
  status: number;
  /** Names are in lower case; several values of a name are joined. */
  headers: ReadonlyMap<string, string>;
  /** Where the body begins. */
  length: number;
  /** Milliseconds for which the server keeps the connection once the body has ended; 0: it doesn't. */
  keepMs: number;
}

/** With the 1xx before it. */
const maxHeadLength = 16_384;

/** The final response; 1xx before it are skipped, except 101, after which the connection is no longer HTTP. */
export function parseHead(text: string): Head | "incomplete" | "invalid" {
  for (let start = 0; ;) {
    const head = parseOne(text, start);
    if (typeof head === "string" || head.status >= 200 || head.status === 101) return head;
    start = head.length;
  }
}

function parseOne(text: string, start: number): Head | "incomplete" | "invalid" {
  const begun = text.slice(start, start + "HTTP/1.".length);
  if (!"HTTP/1.".startsWith(begun)) return "invalid";
  const end = text.indexOf("\r\n\r\n", start);
  if (end < 0) return text.length > maxHeadLength ? "invalid" : "incomplete";
  const [first = "", ...lines] = text.slice(start, end).split("\r\n");
  const [, version, status] = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?$/s.exec(first) ?? [];
  if (status === undefined) return "invalid";
  const headers = new Map<string, string>();
  let isClear = true;
  for (const line of lines) {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? [];
    if (name === undefined) isClear = false;
    else addHeader(headers, name.toLowerCase(), value!.trimEnd());
  }
  const keepMs = isClear ? keptFor(headers, version === "1") : 0;
  return { status: Number(status), headers, length: end + 4, keepMs };
}

const addHeader = (headers: Map<string, string>, name: string, value: string): void => {
  const before = headers.get(name);
  headers.set(name, before === undefined ? value : `${before}, ${value}`);
};

/** Longer than most receivers keep one: a connection that ends just as it is used again is replaced, and costs time. */
const maxKeepMs = 10_000;
/** A server counts its timeout from an earlier moment than we do. */
const marginMs = 1_000;

function keptFor(headers: ReadonlyMap<string, string>, isDefault: boolean): number {
  const options = (headers.get("connection") ?? "").toLowerCase().split(/[ \t]*,[ \t]*/);
  if (options.includes("close") || !(isDefault || options.includes("keep-alive"))) return 0;
  const seconds = /\btimeout=(\d{1,6})\b/i.exec(headers.get("keep-alive") ?? "")?.[1];
  if (seconds === undefined) return maxKeepMs;
  return Math.max(0, Math.min(maxKeepMs, Number(seconds) * 1_000 - marginMs));
}

/** Where the body ends; "unknown" if only the end of the connection says so, or if the response contradicts itself. */
export function bodyEnd({ status, headers, length }: Head, text: string): number | "incomplete" | "unknown" {
  const coding = headers.get("transfer-encoding");
  const size = headers.get("content-length");
  if (status === 101) return "unknown";
  if (status === 204 || status === 304)
    return coding === undefined && (size ?? "0") === "0" ? length : "unknown";
  if (coding !== undefined)
    return size === undefined && coding.toLowerCase() === "chunked" ? chunkedEnd(text, length) : "unknown";
  if (size === undefined || !/^\d{1,15}$/.test(size)) return "unknown";
  const end = length + Number(size);
  return text.length < end ? "incomplete" : end;
}

/** Lines of sizes, each followed by as many bytes; the last size is 0, and after it trailers and an empty line. */
function chunkedEnd(text: string, start: number): number | "incomplete" | "unknown" {
  for (let at = start; ;) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return "incomplete";
    const [, digits] = /^([\da-f]{1,8})[ \t]*(?:;.*)?$/i.exec(text.slice(at, lineEnd)) ?? [];
    if (digits === undefined) return "unknown";
    const size = parseInt(digits, 16);
    if (size === 0) {
      const end = text.indexOf("\r\n\r\n", lineEnd);
      return end < 0 ? "incomplete" : end + 4;
    }
    at = lineEnd + 2 + size + 2;
    if (text.length < at) return "incomplete";
    if (text.slice(at - 2, at) !== "\r\n") return "unknown";
  }
}
