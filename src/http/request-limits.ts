// How many requests a caller may send a minute: a user by the key, everybody else by the network.
import { ApiError } from "../kernel/errors.ts";
import { clientNetwork } from "../kernel/rules/client-address.ts";
import { windowMs } from "../kernel/rules/limits.ts";
import type { Ctx } from "./context.ts";
import { hasAgentToken } from "./credentials.ts";
import { hasProvisionerKey } from "./provisioner-auth.ts";

/** After the key's signature is checked, before anything is read. Throws 429. Fields of draft-ietf-httpapi-ratelimit-headers-10. */
export function limitRequests(c: Ctx, caller = callerOf(c)): void {
  const { process, now } = c.get("deps");
  if (process.requests === null || caller === undefined || !c.req.path.startsWith("/api/")) return;
  const { isAllowed, left, seconds } = process.requests.take(caller, now());
  const headers = {
    "ratelimit-policy": `"api";q=${process.requests.max};w=${windowMs / 1_000}`,
    ratelimit: `"api";r=${left};t=${seconds}`,
  };
  if (!isAllowed)
    throw new ApiError(429, `Too many requests: ${process.requests.max} a minute are allowed.`, {
      detail: `Try again in ${seconds} seconds. BELFRY_API_RATE_LIMIT changes the limit.`,
      headers: { ...headers, "retry-after": String(seconds) },
    });
  if (c.req.header("upgrade") === undefined)
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
}

/** Who has no valid key. */
export const networkOf = (c: Ctx): string => `from ${clientNetwork(c.get("deps").clientAddress)}`;

function callerOf(c: Ctx): string | undefined {
  const { access } = c.get("endpoint");
  if (access === "anyone") return networkOf(c);
  const isPerson =
    access === "session" ||
    (access === "session-or-provisioner" && !hasProvisionerKey(c)) ||
    (access === "session-or-agent" && !hasAgentToken(c));
  // Not by the id alone: who knows that could use up what its owner may.
  return isPerson ? c.get("credential").secretHash : undefined;
}
