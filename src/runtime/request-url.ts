// A request's URL on Node, made by the same function for plain requests and for upgrades.
import type { IncomingMessage } from "node:http";
import { parseRequestTarget, type RequestTarget } from "../http/rules/headers.ts";

export function targetOf({
  url = "",
  rawHeaders,
}: Pick<IncomingMessage, "url" | "rawHeaders">): RequestTarget {
  const hosts: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length === 4 && name.toLowerCase() === "host") hosts.push(rawHeaders[at + 1]!);
  }
  return parseRequestTarget(url, hosts);
}

/** Before the application has seen the request: there is nothing that it could be about. */
export const refuseTarget = (problem: string): Response =>
  Response.json(
    { message: problem },
    {
      status: 400,
      headers: { "content-security-policy": "default-src 'none'", "x-content-type-options": "nosniff" },
    },
  );
