// A request's URL on Node, made by the same function for plain requests and for upgrades.
import type { IncomingMessage } from "node:http";
import { parseRequestTarget, type RequestTarget } from "../http/rules/headers.ts";

export function targetOf({
  url = "",
  rawHeaders,
}: Pick<IncomingMessage, "url" | "rawHeaders">): RequestTarget {
  const hosts = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]!.toLowerCase() === "host");
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
