// What a request's headers and target say: credentials, Idempotency-Key, charset, origin, host and path.

/** RFC 6750. */
export const bearerToken = (authorization: string | undefined): string | undefined =>
  /^Bearer\s+(.+)$/i.exec(authorization ?? "")?.[1];

/** RFC 7617. */
export function basicPassword(authorization: string | undefined): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? "")?.[1];
  try {
    return encoded && /^[^:]*:(.*)$/s.exec(atob(encoded))?.[1];
  } catch {
    return undefined;
  }
}

const maxKeyLength = 255;

/** Undefined for what is no key. */
export function parseIdempotencyKey(header: string): string | undefined {
  const text = header.trim();
  const key = text.startsWith('"') ? unquoted(text) : text;
  return key !== undefined && /^[\x20-\x7E]+$/.test(key) && key.length <= maxKeyLength ? key : undefined;
}

function unquoted(text: string): string | undefined {
  const match = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text);
  return match?.[1]!.replaceAll(/\\(["\\])/g, "$1");
}

export type Decoded = { ok: true; text: string } | { ok: false; status: 400 | 415; problem: string };

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** UTF-8 where no charset is named. */
export function decodeText(bytes: Uint8Array, contentType: string): Decoded {
  const charset = (/;\s*charset="?([^\s";]+)/i.exec(contentType)?.[1] ?? "utf-8").toLowerCase();
  let decoder: TextDecoder;
  try {
    decoder = charset === "utf-8" ? utf8 : new TextDecoder(byMark(bytes, charset), { fatal: true });
  } catch {
    return { ok: false, status: 415, problem: `charset: "${charset}" is unknown, use UTF-8` };
  }
  try {
    return { ok: true, text: decoder.decode(bytes) };
  } catch {
    return { ok: false, status: 400, problem: `is not valid ${charset}: set the charset in Content-Type` };
  }
}

/** Of UTF-16 the byte order mark says which one it is (RFC 2781). */
const byMark = (bytes: Uint8Array, charset: string): string =>
  charset === "utf-16" && bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : charset;

export interface OriginHeaders {
  /** What the request carries; null when absent. */
  secFetchSite: string | null;
  origin: string | null;
  /** Scheme and host that the request was sent to. */
  requestOrigin: string;
  /** The configured access URL. */
  accessUrl: string;
}

/**
 * `Sec-Fetch-Site` decides where the browser sends it: behind a proxy that asks for no referrer, a
 * form of our own carries `Origin: null`. Browsers without it (Safari before 16.4, and any over plain http) are known by
 * `Origin`. With neither it is no browser, and no cookie was sent by surprise.
 */
export function isOwnOrigin({ secFetchSite, origin, requestOrigin, accessUrl }: OriginHeaders): boolean {
  if (secFetchSite !== null) return secFetchSite === "same-origin" || secFetchSite === "none";
  if (origin === null) return true;
  const given = originOf(origin);
  return given !== undefined && [requestOrigin, accessUrl].some((own) => originOf(own) === given);
}

/** Without the port where it is the scheme's own; undefined for `null` and for what is no URL. */
function originOf(text: string): string | undefined {
  const origin = URL.canParse(text) ? new URL(text).origin : "null";
  return origin === "null" ? undefined : origin;
}

export type RequestTarget = { ok: true; url: string } | { ok: false; problem: string };

/** A name, an IPv4 address or a bracketed IPv6 address, and a port (RFC 9110 §7.2). */
const hostForm = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253})|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/** What a URL parser leaves as it is: nothing encoded, no empty segment, no dot at the beginning of one. */
const plainTarget = /^(?:\/[\w~-][\w.~-]*)+(?:\?[\w.~&=-]*)?$/;
/** A host name in lower case or an IPv4 address, with a port: every URL parser takes it. */
const plainHost =
  /^(?:(?:(?!xn--)[a-z0-9-]+\.)*(?!xn--)[a-z][a-z0-9-]*|(?:(?:[1-9]?\d|1\d\d)\.){3}(?:[1-9]?\d|1\d\d))(?::(?:\d{1,4}|[1-5]\d{4}))?$/;

/**
 * `target` as it stands in the request line, `hosts` the values of all its Host headers. Takes the origin-form only
 * (RFC 9112 §3.2.1): a path, and no `//`, backslash, fragment, blank or control character that a browser or a URL
 * parser would read as something else.
 */
export function parseRequestTarget(
  target: string,
  hosts: readonly string[],
  scheme: "http" | "https" = "http",
): RequestTarget {
  if (hosts.length > 1) return refused("Host: sent several times, must be sent once");
  const host = hosts[0] ?? "";
  if (!hostForm.test(host))
    return refused("Host: invalid, must be a host name or address with an optional port");
  if (plainHost.test(host) && plainTarget.test(target))
    return { ok: true, url: `${scheme}://${host}${target}` };
  const [path = "", ...query] = target.split("?");
  if (!path.startsWith("/")) return refused("request target: must be a path that begins with /");
  if (path.startsWith("//") || path.includes("\\"))
    return refused("request target: must begin with a single / and contain no backslash");
  if (/[^!-~\u0080-\uffff]|#/.test(target))
    return refused("request target: contains a blank, a control character or #");
  const search = query.length === 0 ? "" : `?${query.join("?")}`;
  const url = `${scheme}://${host}${path}${search}`;
  // Dot segments may leave two slashes at the beginning: `/.//host`.
  if (!URL.canParse(url) || new URL(url).pathname.startsWith("//")) return refused("request target: invalid");
  return { ok: true, url };
}

const refused = (problem: string): RequestTarget => ({ ok: false, problem });
