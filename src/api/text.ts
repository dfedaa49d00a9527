// Lets a route that takes JSON take plain text too, so that `curl -d "All green"` is enough, or nothing at all.
import type { MiddlewareHandler } from "hono";
import type { Env } from "./http.ts";

/** `convert` makes the JSON body from the text and the query. What `curl -d` calls a form is text as well. */
export function textAsJson(
  convert: (body: string, query: Record<string, string>) => unknown,
): MiddlewareHandler<Env> {
  return async (c, next) => {
    const type = c.req.header("content-type") ?? "text/plain";
    if (/^(text\/plain|application\/x-www-form-urlencoded)\b/i.test(type) && c.req.raw.body !== null) {
      const body = await c.req.text();
      const headers = new Headers(c.req.raw.headers);
      headers.set("content-type", "application/json");
      const converted = JSON.stringify(convert(body, c.req.query()));
      c.req.raw = new Request(c.req.raw.url, { method: c.req.method, headers, body: converted });
      c.req.bodyCache = {};
    }
    await next();
  };
}

/** No body at all is an empty object, whatever it is announced as. */
export const emptyAsJson: MiddlewareHandler<Env> = async (c, next) => {
  if ((await c.req.text()) === "") {
    const headers = new Headers(c.req.raw.headers);
    headers.set("content-type", "application/json");
    c.req.raw = new Request(c.req.raw.url, { method: c.req.method, headers, body: "{}" });
    c.req.bodyCache = {};
  }
  await next();
};
