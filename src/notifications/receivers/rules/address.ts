// Where receivers may be: not on this machine, nor in a network that only this machine can reach. What an address says is
// checked when it is given, what its name leads to when it is connected to.
import { isWithin, parseAddress, parseRange } from "../../../kernel/rules/client-address.ts";

/** IANA's special-purpose registries: whatever isn't reachable by everybody. */
const special = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "100::/64",
  "2001::/23",
  "2001:db8::/32",
  // 6to4 and the metadata service of one cloud carry other addresses.
  "2002::/16",
  "3fff::/20",
].map((text) => parseRange(text)!);
/** Global unicast; all else of IPv6 is local, multicast, mapped, translated (NAT64) or reserved. */
const globalSix = parseRange("2000::/3")!;

/** Of an IP address as text; false for what is none. */
export function isPublicAddress(text: string): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  if (address.version === 6 && !isWithin(address, globalSix)) return false;
  return !special.some((range) => isWithin(address, range));
}

/** Names that lead to this machine or its network, whatever a name server says. */
const privateName = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|home\.arpa|localdomain)$/;

/** The host of a URL without brackets and final dots. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.+$/, "");

/** Why a host isn't public by what it says itself; a name can still lead to a private address. */
export function hostProblem(url: URL): string | undefined {
  const host = hostOf(url);
  if (parseAddress(host) !== undefined)
    return isPublicAddress(host) ? undefined : `leads to ${host}, which is not a public address`;
  if (privateName.test(host) || !host.includes(".")) return `leads to ${host}, a name of a private network`;
  return undefined;
}

const maxLength = 2_000;
export const allowPrivateVariable = "BELFRY_NOTIFICATIONS_RECEIVERS_ALLOW_PRIVATE";

/** What is wrong with an address, without repeating it: it may be a secret. */
export function addressProblem(text: string, isPrivateAllowed: boolean): string | undefined {
  if (text.length > maxLength) return `must have at most ${maxLength} characters`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || /[\s\p{Cc}]/u.test(text))
    return "must be a URL like https://hooks.example.com/belfry";
  if (url.username !== "" || url.password !== "")
    return "must not contain a user name or password; use the header Authorization";
  if (url.hash !== "") return "must not contain a fragment (#…)";
  if (isPrivateAllowed) return undefined;
  const hint = `${allowPrivateVariable}=true on the server allows it`;
  if (url.protocol !== "https:") return `must begin with https:// (${hint})`;
  const problem = hostProblem(url);
  return problem === undefined ? undefined : `${problem} (${hint})`;
}
