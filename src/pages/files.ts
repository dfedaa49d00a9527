// Files that need no session: styles, scripts and icons of `public/`, and security.txt (RFC 9116). Browsers keep a file for
// good under an address with its version; under another one, as a page of an earlier release has it, they revalidate.
import { createHash } from "node:crypto";
import { Hono } from "hono";
import type { Ctx, Env } from "../http/endpoint.ts";
import { notFound } from "../kernel/errors.ts";

/** Plain names only: nothing encoded, no folder up, nothing hidden. */
const plainName = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.(css|js|svg|png|webmanifest)$/;

export const files = new Hono<Env>()
  .get("/assets/:version{[0-9a-f]{12}}/:name", async (c) => {
    const { assetsVersion } = c.get("deps");
    const response = await respondWithFile(c, c.req.path.split("/")[3]!);
    if (c.req.param("version") === assetsVersion)
      response.headers.set("cache-control", "public, max-age=31536000, immutable");
    return response;
  })
  .get("/assets/:name", (c) => respondWithFile(c, c.req.path.slice("/assets/".length)))
  .get("/favicon.ico", (c) => respondWithFile(c, "icon.png"));

async function respondWithFile(c: Ctx, name: string): Promise<Response> {
  const file = plainName.test(name) ? await c.get("deps").assets(name) : null;
  if (file === null) throw notFound("File");
  const content = await file.arrayBuffer();
  const etag = `"${createHash("sha256").update(new Uint8Array(content)).digest("base64url").slice(0, 22)}"`;
  const headers = { etag, "cache-control": "no-cache" };
  if (c.req.header("if-none-match")?.includes(etag)) return c.body(null, 304, headers);
  return c.body(content, 200, { ...headers, "content-type": file.headers.get("content-type")! });
}

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
