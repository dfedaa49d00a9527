// Where to report a vulnerability of this deployment (RFC 9116), once its operator has said where.
import { Hono } from "hono";
import type { Env } from "../http/endpoint.ts";
import { notFound } from "../kernel/errors.ts";

const path = "/.well-known/security.txt";
/** Days: a reader may rely on it for so long (the RFC recommends less than a year). */
const validity = 180;
const day = 86_400_000;

export const securityTxt = new Hono<Env>().get(path, (c) => {
  const { config, now } = c.get("deps");
  if (config.securityContact === undefined) throw notFound("Security contact");
  // The same all day long.
  const expires = new Date((Math.floor(now() / day) + validity) * day).toISOString();
  const lines = [
    `Contact: ${config.securityContact}`,
    `Expires: ${expires}`,
    "Preferred-Languages: en",
    `Canonical: ${config.accessUrl}${path}`,
  ];
  return c.text(`${lines.join("\n")}\n`);
});
