// Who can read the metrics: a client with the token, and without one, programs on this machine.
import { createHash, timingSafeEqual } from "node:crypto";
import { isLocalCaller, type Caller } from "../../accounts/rules/one-time-codes.ts";

/** `hidden`: without a token in the configuration nobody elsewhere learns that there is such a page. */
export type MetricsAccess = "allowed" | "refused" | "hidden";

export function checkMetricsAccess(
  caller: Caller & { authorization: string | undefined },
  token: string | undefined,
): MetricsAccess {
  if (isLocalCaller(caller)) return "allowed";
  if (token === undefined) return "hidden";
  const given = /^Bearer +(.+)$/i.exec(caller.authorization ?? "")?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(token)) ? "allowed" : "refused";
}

const digest = (text: string) => createHash("sha256").update(text).digest();
