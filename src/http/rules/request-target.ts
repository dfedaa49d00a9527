// Where a request goes: a path of ours and a host, each by itself. Every way in (HTTP, upgrade, Worker) asks here, so
// that no path is ever read as another host.

export type RequestTarget = { ok: true; url: string } | { ok: false; problem: string };

/** A name, an IPv4 address or a bracketed IPv6 address, and a port (RFC 9110 §7.2). */
const hostForm = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253})|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

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
